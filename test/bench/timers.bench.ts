// A million pending deadlines: what they cost in Redis, how fast they are loaded, and how late 10,000 of them fire that
// fall due within one minute. The peer is BullMQ's delayed jobs, as many, on the same Redis.
import { encodeEntry, connectBus, ensureStreams } from '@tongsheng/bus';
import { subjects, type RepostEvent } from '@tongsheng/contracts';
import { createRedis, ProjectionRunner } from '@tongsheng/projections';
import { queueing, startServers } from '@tongsheng/test/support';
import { Queue } from 'bullmq';
import { deadlines, momentOf } from '../../services/clock/src/deadlines.ts';
import { Ticker } from '../../services/clock/src/ticker.ts';
import { endOnSignal, percentile, pipelined, report, rounded, say, timed } from './measure.ts';

const count = 1_000_000;
const dueSoon = 10_000;
const minuteMs = 60_000;
const limitMs = 12 * 60 * minuteMs;

await using servers = await startServers();
endOnSignal(servers);
const bus = await connectBus({ url: servers.nats.url, name: 'bench' });
await ensureStreams(bus);
const redisUrl = servers.redis.url;
const redis = createRedis(redisUrl, console.error);
await redis.connect();
const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);

/** Half of the time of `dueSoon` tasks is gone within the minute after `from`; the others' is hours away. */
function event(i: number, from: number): RepostEvent {
  const { id: _id, at: _at, actor: _actor, type: _type, ...facts } = queueing(`task-${i}`, `site-${i % 500}`);
  const half = i < dueSoon ? from + Math.floor((i * minuteMs) / dueSoon) : from + 3 * 60 * minuteMs + i;
  const startsAt = new Date(half - limitMs / 2).toISOString();
  const dueAt = new Date(half + limitMs / 2).toISOString();
  return { ...facts, startsAt, dueAt, type: 'repost.queued' };
}

// Appending and loading take their time; the minute begins after that.
const from = Date.now() + 240_000;
say(`appending ${count} tasks`);
const actor = { kind: 'service' as const, id: 'bench' };
await pipelined(count, 512, (i) => {
  const queued = event(i, from);
  if (queued.type !== 'repost.queued') throw new Error('unreachable');
  const command = { id: `bench/${i}`, at: queued.startsAt, actor };
  const { body, headers } = encodeEntry('bench', command, [queued], '');
  return bus.js.publish(subjects.event('repost', queued.site, queued.taskId), body, { headers });
});

const empty = await used();
const runner = new ProjectionRunner({
  bus,
  redisUrl,
  projection: deadlines,
  onUnreadable: (error) => console.error(error),
  onError: console.error,
});
const loadMs = await timed(() => runner.start());
const ourBytes = (await used()) - empty;
say(`loaded in ${Math.round(loadMs)} ms, ${Math.round(ourBytes / 2 ** 20)} MB`);
if (Date.now() > from) throw new Error('the minute began before all was loaded; nothing can be measured');

const lateness: number[] = [];
const done = Promise.withResolvers<void>();
const ticker = new Ticker({
  redis,
  now: () => Date.now(),
  async fire({ deadline, share }) {
    lateness.push(performance.timeOrigin + performance.now() - momentOf(deadline, share));
    if (lateness.length === dueSoon) done.resolve();
  },
  onError: console.error,
});
say(`waiting ${Math.round((from - Date.now()) / 1_000)} s for the minute to begin`);
ticker.look();
await done.promise;
await ticker.stop();
await runner.stop();
await redis.flushAll();

say('the same number of delayed jobs in BullMQ');
const emptyAgain = await used();
const { hostname, port } = new URL(redisUrl);
const queue = new Queue('deadlines', { connection: { host: hostname, port: Number(port) } });
const perCall = 1_000;
const bullMs = await timed(() =>
  pipelined(count / perCall, 4, (batch) =>
    queue.addBulk(
      Array.from({ length: perCall }, (_, i) => {
        const n = batch * perCall + i;
        const data = { site: `site-${n % 500}`, taskId: `task-${n}`, startsAt: from, dueAt: from + limitMs, told: [] };
        return { name: 'due', data, opts: { delay: limitMs + n, jobId: `task-${n}` } };
      }),
    ),
  ),
);
const bullBytes = (await used()) - emptyAgain;
await queue.close();
redis.destroy();
await bus.close();

const [ours, peer] = [count / (loadMs / 1_000), count / (bullMs / 1_000)];
report({
  bench: 'timers',
  ours: Math.round(ours),
  peer: Math.round(peer),
  ratio: rounded(ours / peer),
  unit: 'inserts/s',
  load_s: rounded(loadMs / 1_000, 1),
  memory_mb: Math.round(ourBytes / 2 ** 20),
  peer_memory_mb: Math.round(bullBytes / 2 ** 20),
  memory_ratio: rounded(bullBytes / ourBytes),
  lateness_p50_ms: rounded(percentile(lateness, 0.5), 1),
  lateness_p99_ms: rounded(percentile(lateness, 0.99), 1),
  lateness_max_ms: rounded(Math.max(...lateness), 1),
  fired: lateness.length,
});
