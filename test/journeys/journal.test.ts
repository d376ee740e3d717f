import { carryOut, asFront, connectBus, ensureStreams, Journal, UnfitServer, type Bus } from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { failure, startServers, until, type Servers } from '@tongsheng/test/support';
import { headers } from 'nats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trouble } from '../support/trouble.ts';

let servers: Servers;
let bus: Bus;
let journal: Journal;

beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus);
  journal = new Journal(bus, 'test');
});
afterAll(async () => {
  await bus.close();
  await servers[Symbol.asyncDispose]();
});

const past = (id: string) => journal.read({ aggregate: 'poll', site: 'test', id });

describe('the journal', () => {
  it('stores a command said twice once, and answers with the first receipt', async () => {
    const first = await carryOut(journal, trouble, failure('one', 'twice'));
    const second = await carryOut(journal, trouble, failure('one', 'twice'));
    expect(first.changed).toBe(true);
    expect(second).toEqual({ position: first.position, changed: false });
    expect((await past('twice')).entries).toHaveLength(1);
  });

  it('lets every one of sixteen writers at one aggregate in, one after the other', async () => {
    const commands = Array.from({ length: 16 }, (_, i) => failure(`race-${i}`, 'race'));
    const receipts = await Promise.all(commands.map((command) => carryOut(journal, trouble, command)));
    expect(new Set(receipts.map(({ position }) => position)).size).toBe(16);
    expect((await past('race')).events).toHaveLength(16);
  });

  it('chains each entry to the one before it by hash', async () => {
    const { entries } = await past('race');
    for (const [i, entry] of entries.entries()) {
      expect(entry.envelope.previousHash).toBe(i === 0 ? '' : entries[i - 1]!.hash);
    }
  });

  it('carries Chinese names in headers and gives them back', async () => {
    const actor = { kind: 'person' as const, id: 'wang', name: '王 某 100%"' };
    await carryOut(journal, trouble, { ...failure('named', 'named'), actor });
    expect((await past('named')).entries[0]!.envelope.actor).toEqual(actor);
  });

  it('refuses a command id that was used for another aggregate', async () => {
    await carryOut(journal, trouble, failure('shared', 'here'));
    await expect(carryOut(journal, trouble, failure('shared', 'there'))).rejects.toThrow('was used for');
  });

  it('keeps every acknowledged decision through kill -9 of the server', async () => {
    const said = Array.from({ length: 200 }, (_, i) => failure(`kill-${i}`, `kill-${i % 20}`));
    const kept = Promise.allSettled(said.map((command) => carryOut(journal, trouble, command)));
    await servers.restartNats();
    const acknowledged = (await kept).filter(({ status }) => status === 'fulfilled').length;
    // Whatever was not acknowledged is said again, under the same id.
    await until(() => Promise.all(said.map((command) => carryOut(journal, trouble, command))), 30_000);
    const counts = await Promise.all(
      Array.from({ length: 20 }, async (_, i) => (await past(`kill-${i}`)).events.length),
    );
    expect(counts).toEqual(Array.from({ length: 20 }, () => 10));
    expect(acknowledged).toBeLessThanOrEqual(200);
  });

  it('refuses to run on a stream that was changed so that it could forget', async () => {
    const { config } = await bus.jsm.streams.info(streams.journal);
    await bus.jsm.streams.update(streams.journal, { ...config, max_msgs: 1_000_000 });
    await expect(ensureStreams(bus)).rejects.toThrow(UnfitServer);
    await bus.jsm.streams.update(streams.journal, { ...config, max_msgs: -1 });
    await ensureStreams(bus);
  });

  it('is told at once where nobody stores, and by its code what the server refuses', async () => {
    const empty = () => ({ headers: headers() });
    await expect(bus.publish('nowhere.at.all', new Uint8Array(), empty())).rejects.toMatchObject({ code: '503' });
    const taken = { ...empty(), expect: { lastSubjectSequence: 999_999 } };
    await expect(bus.publish('ev.poll.test.refused', new Uint8Array(), taken)).rejects.toMatchObject({
      api_error: { err_code: 10071 },
    });
  });
  it('denies deleting and purging to everyone', async () => {
    await expect(bus.jsm.streams.purge(streams.journal)).rejects.toThrow();
    await expect(bus.jsm.streams.deleteMessage(streams.journal, 1)).rejects.toThrow();
  });
});

describe('the portal’s user', () => {
  it('can read PUBLIC, and neither the journal nor anyone’s inbox', async () => {
    const portal = await connectBus({ url: servers.nats.urlOf('portal'), name: 'portal', ...asFront });
    await expect(portal.jsm.streams.info(streams.public)).resolves.toBeDefined();
    await expect(portal.jsm.streams.info(streams.journal)).rejects.toThrow();
    await expect(portal.js.publish('pub.province.repost.x', 'x', { timeout: 500 })).rejects.toThrow();
    await portal.nc.close();
  });

  it('and nobody connects without a name', async () => {
    const anonymous = `nats://127.0.0.1:${servers.nats.port}`;
    await expect(connectBus({ url: anonymous, name: 'nobody' })).rejects.toThrow(/[Aa]uthorization/);
  });
});
