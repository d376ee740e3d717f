import { carryOut, connectBus, ensureStreams, Journal, type Bus } from '@tongsheng/bus';
import {
  createRedis,
  defineProjection,
  ProjectionReader,
  ProjectionRunner,
  watchChanges,
  type Change,
  type Redis,
} from '@tongsheng/projections';
import { failure, startServers, until, type Servers } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
