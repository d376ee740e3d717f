// There is no room left, for the log or on the disk under it: nobody is told that something is done which is not, nothing good is
// buried, and when there is room again everything goes on where it was.
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  carryOut,
  connectBus,
  consume,
  countDeadLetters,
  ensureStreams,
  Journal,
  LogFull,
  type Bus,
} from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { makeStreams } from '@tongsheng/local';
import { failure, readLog, signIn, startServers, startSystem, until, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canMount, makeDisk } from '../support/disk.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { trouble } from '../support/trouble.ts';

describe('a log whose fuse has blown', () => {
  let system: System;
  let bus: Bus;
  let journal: Journal;
  const acknowledged = new Map<string, number>();

  const decide = async (id: string, detail = '满'.repeat(400)) => {
    const report = { ...failure(id, `source-${id}`), detail };
    acknowledged.set(id, (await carryOut(journal, trouble, report)).position);
  };

  beforeAll(async () => {
    system = await startSystem({ services: ['registry', 'gateway'], samples: false });
    bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
    journal = new Journal(bus, 'test');
    await signIn(system.consoleUrl, 'admin');
    const { state } = await bus.jsm.streams.info(streams.journal);
    await bus.jsm.streams.update(streams.journal, { max_bytes: state.bytes + 200_000 });
  });
  afterAll(async () => {
    await bus?.close();
    await system?.[Symbol.asyncDispose]();
  });

  it('refuses every decision by its name, tells people what to do, buries nothing, and goes on when it is given more', async () => {
    const admin = await signIn(system.consoleUrl, 'admin');
    const full = async (beginning: string, detail?: string) => {
      for (let n = 0; n < 10_000; n++) await decide(`${beginning}${n}`, detail);
    };
    await expect(full('d')).rejects.toThrow(LogFull);
    // To the last bit: what is smaller found room a little longer.
    await expect(full('small', '')).rejects.toThrow(LogFull);

    const site = {
      siteId: 'town',
      name: '某镇税务所'.repeat(30),
      level: 'city',
      speaksFor: [],
      baseUrl: 'https://town.example',
    };
    const register = () => admin.command({ type: 'site.register', site }, 'register-the-town');
    expect(await register()).toMatchObject({
      status: 507,
      body: { code: 'log_full', message: expect.stringContaining('存储空间已满') },
    });

    // What follows from what is there can't be written either: it waits, however often it is tried.
    const tries: boolean[] = [];
    const reaction = await consume(bus, {
      durable: 'test-while-full',
      aggregate: 'poll',
      backoff: [1],
      parallel: 1,
      now: () => new Date().toISOString(),
      onFailure: ({ dead }) => void tries.push(dead),
      handle: async ({ id }) => void (id.startsWith('source-d') && (await decide(`after-${id}`))),
    });
    await until(() => expect(tries.length).toBeGreaterThan(2));

    await makeStreams(system.servers.nats.url, { maxBytes: 600 * 2 ** 20 });
    for (const name of [streams.journal, streams.public])
      expect((await bus.jsm.streams.info(name)).config.max_bytes).toBe(600 * 2 ** 20);
    expect(await register()).toMatchObject({ status: 202 });
    await until(() => expect([...acknowledged.keys()].some((id) => id.startsWith('after-'))).toBe(true));
    await reaction.stop();

    expect(tries).not.toContain(true);
    expect(await countDeadLetters(bus)).toBe(0);
    const places = new Map((await readLog(bus)).map(({ envelope, position }) => [envelope.id, position]));
    for (const [id, position] of acknowledged) expect(places.get(id)).toBe(position);
    expect(places.get('admin/register-the-town')).toBeDefined();
    // Told to be smaller, it would have to forget: it stays as it is.
    await makeStreams(system.servers.nats.url, { maxBytes: 2 ** 20 });
    expect((await bus.jsm.streams.info(streams.journal)).config.max_bytes).toBe(600 * 2 ** 20);
  });
});

it.skipIf(!canMount)('a disk that others have filled: what was acknowledged is there, and goes on', async () => {
  await using disk = makeDisk(await mkdtemp(join(tmpdir(), 'tongsheng-disk-')), 512);
  await using servers = await startServers({}, disk.path);
  const bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus, { maxBytes: 16 * 2 ** 20 });
  const load = new SteadyLoad(bus, 200);
  await load.more(200);
  await disk.fill(64 * 1_024);
  // nats-server 2.9 stands still, and needs to be killed; later ones refuse.
  await until(() => expect(load.troubles.size).toBeGreaterThan(0));
  disk.clear();
  await servers.restartNats();
  await load.more(200);
  await load.stop();
  expect(await load.broken(bus)).toEqual([]);
  await bus.close();
});
