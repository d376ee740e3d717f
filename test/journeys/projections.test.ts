import { carryOut, connectBus, ensureStreams, Journal, LiveTable, type Bus } from '@tongsheng/bus';
import {
  buildPast,
  createRedis,
  memoryTroubles,
  defineProjection,
  dropPast,
  ProjectionReader,
  ProjectionRunner,
  watchChanges,
  type Change,
  type Redis,
} from '@tongsheng/projections';
import { failure, minutesLater, startServers, until, type Servers } from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trouble } from '../support/trouble.ts';

type Count = { sourceId: string; failures: number };

const counts = defineProjection({
  name: 'counts',
  version: 1,
  follows: ['poll'],
  keyOf: (event) => event.sourceId,
  apply: (row: Count | null, event): Count => ({ sourceId: event.sourceId, failures: (row?.failures ?? 0) + 1 }),
  sets: ({ failures }) => ({ all: failures }),
});

let servers: Servers;
let bus: Bus;
let journal: Journal;
let redis: Redis;
let reader: ProjectionReader<'poll', Count>;

const open = (projection = counts) =>
  new ProjectionRunner({ bus, redisUrl: servers.redis.url, projection, onUnreadable: () => {}, onError: () => {} });

beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus);
  journal = new Journal(bus, 'test');
  redis = createRedis(servers.redis.url, () => {});
  await redis.connect();
  reader = new ProjectionReader(redis, counts);
  for (let i = 0; i < 30; i++) await carryOut(journal, trouble, failure(`f${i}`, `s${i % 3}`));
});
afterAll(async () => {
  redis.destroy();
  await bus.close();
  await servers[Symbol.asyncDispose]();
});

it('is refused while it is being built, and then whole', async () => {
  await expect(reader.get('s0')).rejects.toMatchObject({ code: 'stale_view' });
  await using runner = { it: open(), [Symbol.asyncDispose]: () => runner.it.stop() };
  await runner.it.start();
  expect(await reader.list('all')).toHaveLength(3);
  expect(await reader.get('s0')).toEqual({ sourceId: 's0', failures: 10 });
});

it('goes on where it stood after a restart, with two processes at once, and applies each entry once', async () => {
  const [one, two] = [open(), open()];
  await Promise.all([one.start(), two.start()]);
  let last = 0;
  for (let i = 0; i < 60; i++) last = (await carryOut(journal, trouble, failure(`both-${i}`, `s${i % 3}`))).position;
  await Promise.all([one.reach(last), two.reach(last)]);
  expect(await reader.get('s1')).toEqual({ sourceId: 's1', failures: 30 });
  await Promise.all([one.stop(), two.stop()]);
});

it('comes back by itself after FLUSHALL, and never shows half of itself', async () => {
  const runner = open();
  await runner.start();
  await redis.flushAll();
  const rows = await until(() => reader.list('all'));
  expect(rows.reduce((sum, { failures }) => sum + failures, 0)).toBe(90);
  const { position } = await carryOut(journal, trouble, failure('after-flush', 's0'));
  await runner.reach(position);
  expect(await reader.get('s0')).toEqual({ sourceId: 's0', failures: 31 });
  await runner.stop();
});

it('builds a new version beside the old one and swaps it in, telling who watches', async () => {
  const old = open();
  await old.start();
  const changes: Change[] = [];
  const watch = await watchChanges(
    servers.redis.url,
    ['counts'],
    (_, change) => changes.push(change),
    () => {},
  );
  const doubled = open({
    ...counts,
    version: 2,
    apply: (row, event) => ({ sourceId: event.sourceId, failures: (row?.failures ?? 0) + 2 }),
  });
  await doubled.start();
  expect((await reader.get('s1'))?.failures).toBe(60);
  await until(() => expect(changes).toContainEqual(expect.objectContaining({ rebuilt: true })));
  expect(await redis.keys('p:{counts}:v1-*')).toEqual([]);
  await Promise.all([old.stop(), doubled.stop(), watch.stop()]);
});

it('tells who watches to read again after a break, and says when everything was heard', async () => {
  const runner = open();
  await runner.start();
  const changes: Change[] = [];
  const heard = (_: string, change: Change) => void changes.push(change);
  const watch = await watchChanges(servers.redis.url, ['counts'], heard, () => {});
  const { position } = await carryOut(journal, trouble, failure('watched', 's2'));
  await runner.reach(position);
  await watch.settled();
  expect(changes).toContainEqual(expect.objectContaining({ key: 's2', position }));
  await redis.sendCommand(['CLIENT', 'KILL', 'TYPE', 'pubsub']);
  await until(() => expect(changes.at(-1)).toMatchObject({ rebuilt: true }));
  await Promise.all([runner.stop(), watch.stop()]);
});

describe('rows that leave', () => {
  const ledger = (name: string) =>
    defineProjection({
      ...counts,
      name,
      sheets: ({ sourceId, failures }: Count) => ({ [sourceId.slice(0, 2)]: { [sourceId]: String(failures) } }),
      leaves: { at: () => Date.parse(minutesLater(10)), begins: () => false },
    });
  const model = ledger('ledger');
  const fail = async (source: string, minutes: number) =>
    (
      await carryOut(journal, trouble, {
        ...failure(`leave-${source}-${minutes}`, source),
        at: minutesLater(minutes),
      })
    ).position;
  const read = async (projection = model) => {
    const reader = new ProjectionReader(redis, projection);
    const changed = await reader.changedSheets(null);
    const sheets = await reader.sheets(changed, changed.names);
    return { ...changed, lines: Object.fromEntries(sheets.flat()), rows: await reader.rows(['la', 'lb']) };
  };

  it('are gone from Redis and still counted; what comes for them is read from the log', async () => {
    const runner = open(model);
    await runner.start();
    await fail('la', 0);
    await runner.reach(await fail('lb', 1));
    const kept = await read();
    expect(kept.rows).toEqual([
      { sourceId: 'la', failures: 1 },
      { sourceId: 'lb', failures: 1 },
    ]);
    await runner.reach(await fail('lc', 11));
    const left = await read();
    expect(left.rows).toEqual([null, null]);
    expect(left.lines).toMatchObject({ la: '1', lb: '1', lc: '1' });
    await runner.reach(await fail('la', 12));
    const later = await read();
    expect(later.lines).toMatchObject({ la: '2', lb: '1', lc: '1' });
    const changed = await new ProjectionReader(redis, model).changedSheets(left);
    expect(changed).toMatchObject({ afresh: false, names: ['la'] });
    await runner.stop();
  });

  it('stand in a model of the past as they stood, which is there until it is dropped', async () => {
    const now = await read();
    const until = now.position - 1;
    const past = ledger('ledger-past');
    const progress: number[] = [];
    await buildPast({
      bus,
      redisUrl: servers.redis.url,
      projection: past,
      until,
      onProgress: (position) => progress.push(position),
      onUnreadable: () => {},
      onError: () => {},
    });
    expect(await read(past)).toMatchObject({ position: until, lines: { ...now.lines, la: '1' } });
    expect(progress.at(-1)).toBe(until);
    await dropPast(redis, past.name);
    expect(await redis.keys('p:{ledger-past}:*')).toEqual([]);
  });
});

it('says which settings of Redis cost memory, and what to set', async () => {
  expect(await memoryTroubles(redis)).toEqual([]);
  for (const [name, bound] of [
    ['hash-max-listpack-entries', '512'],
    ['hash-max-listpack-value', '160'],
  ] as const) {
    await redis.configSet(name, String(Number(bound) - 1));
    const troubles = await memoryTroubles(redis);
    await redis.configSet(name, bound);
    expect(troubles).toEqual([expect.stringContaining(`with ${name} ${bound} in redis.conf`)]);
  }
  expect(await redis.exists('p:probe')).toBe(0);
});

it('a table has all that was registered before it was asked to be fresh, by however many at once', async () => {
  const table = await LiveTable.open(bus, 'poll', (error) => expect.unreachable(String(error)));
  for (let i = 0; i < 20; i++) {
    await carryOut(journal, trouble, failure(`fresh-${i}`, `fresh${i}`));
    const asked = [table.fresh(), table.fresh(), table.fresh()];
    for (const each of asked) {
      await each;
      expect(table.get(`fresh${i}`)).toMatchObject({ sourceId: `fresh${i}` });
    }
  }
  await table.close();
});
