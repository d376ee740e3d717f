// A million pending deadlines: how fast they are inserted, what they cost in Redis, how long it takes to load them from
// the log, and how late 10,000 more fire that fall due within one minute. The peer is BullMQ's delayed jobs, as many, on
// the same Redis through the same client.
import { connectBus, encodeEntry, ensureStreams, type Entry } from '@tongsheng/bus';
import { subjects, type RepostEvent } from '@tongsheng/contracts';
import { createRedis, ProjectionReader, ProjectionRunner } from '@tongsheng/projections';
import { queueing, startServers } from '@tongsheng/test/support';
import { Queue, type ConnectionOptions } from 'bullmq';
import { GenerationStore } from '../../infra/projections/src/store.ts';
import { firingsOf, deadlines, momentOf } from '../../services/clock/src/deadlines.ts';
import { Ticker } from '../../services/clock/src/ticker.ts';
import { endOnSignal, median, percentile, pipelined, report, rounded, say, timed } from './measure.ts';

const count = 1_000_000;
const dueSoon = 10_000;
const rounds = 3;
const perCall = 1_000;
const minuteMs = 60_000;
const limitMs = 12 * 60 * minuteMs;

await using servers = await startServers();
endOnSignal(servers);
const redisUrl = servers.redis.url;
const redis = createRedis(redisUrl, console.error);
await redis.connect();
const used = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
const batchOf = <T>(batch: number, make: (i: number) => T): T[] =>
  Array.from({ length: perCall }, (_, i) => make(batch * perCall + i));

const { id: _id, at: _at, actor, type: _type, ...facts } = queueing();

/** A task half of whose time, the first moment that is told, is gone at `half`. */
function queued(i: number, half: number): Extract<RepostEvent, { type: 'repost.queued' }> {
  return queuedWithin(i, instant(half - limitMs / 2), instant(half + limitMs / 2));
}
function queuedWithin(i: number, startsAt: string, dueAt: string): Extract<RepostEvent, { type: 'repost.queued' }> {
  return { ...facts, taskId: `task-${i}`, site: `site-${i % 500}`, startsAt, dueAt, type: 'repost.queued' };
}

const instant = (ms: number) => new Date(ms).toISOString();
const far = Date.now() + limitMs;

/** Inserts as the read model does: the row, its place in the set and the position in one step a batch. */
async function insertOurs(): Promise<void> {
  const store = new GenerationStore(redis, deadlines, 'v1-1', true);
  const [startsAt, dueAt] = [instant(far - limitMs / 2), instant(far + limitMs / 2)];
  const entry = (i: number): Entry => {
    const event = queuedWithin(i, startsAt, dueAt);
    const { site, taskId: id } = event;
    return { position: i + 1, subject: '', aggregate: 'repost', site, id, envelope, events: [event], hash: '' };
  };
  for (let batch = 0, at = 0; batch < count / perCall; batch++) at = await store.apply(batchOf(batch, entry), at);
}
const envelope: Entry['envelope'] = {
  id: 'bench',
  source: '/tongsheng/bench',
  type: 'repost.queued',
  time: instant(far),
  actor,
  eventVersion: 1,
  previousHash: '',
};

/** Inserts in bulk, four calls at once: more at once, or more in a call, is no faster. */
async function insertTheirs(): Promise<void> {
  const connection = createRedis(redisUrl, console.error);
  await connection.connect();
  const queue = new Queue('deadlines', { connection: connection as unknown as ConnectionOptions });
  await pipelined(count / perCall, 4, (batch) =>
    queue.addBulk(
      batchOf(batch, (i) => {
        const data = { site: `site-${i % 500}`, taskId: `task-${i}`, startsAt: far, dueAt: far + limitMs, told: [] };
        return { name: 'due', data, opts: { delay: limitMs + i, jobId: `task-${i}` } };
      }),
    ),
  );
  await queue.close();
  connection.destroy();
}

const rates = { ours: [] as number[], theirs: [] as number[] };
const bytes = { ours: 0, theirs: 0 };
const insert = async (side: keyof typeof rates, work: () => Promise<void>): Promise<void> => {
  await redis.flushAll();
  const empty = await used();
  rates[side].push(count / ((await timed(work)) / 1_000));
  bytes[side] = (await used()) - empty;
};
for (let round = 0; round < rounds; round++) {
  // Alternating, and who begins alternates too.
  if (round % 2 === 0) await insert('ours', insertOurs);
  await insert('theirs', insertTheirs);
  if (round % 2 === 1) await insert('ours', insertOurs);
  say(`round ${round}: ours ${Math.round(rates.ours.at(-1)!)}/s, BullMQ ${Math.round(rates.theirs.at(-1)!)}/s`);
}
await redis.flushAll();

say(`appending ${count} tasks to the log`);
const bus = await connectBus({ url: servers.nats.url, name: 'bench' });
await ensureStreams(bus);
const publish = (event: RepostEvent, id: string, at: string) => {
  const { body, headers } = encodeEntry('bench', { id, at, actor }, [event], '');
  return bus.js.publish(subjects.event('repost', event.site, event.taskId), body, { headers });
};
const append = (i: number, half: number) => {
  const event = queued(i, half);
  return publish(event, `bench/${i}`, event.startsAt);
};
await pipelined(count, 512, (i) => append(i, far + i));

const lateness: number[] = [];
const done = Promise.withResolvers<void>();
const reader = new ProjectionReader(redis, deadlines);
const ticker = new Ticker({
  due: async (max, limit) => firingsOf(await reader.list('next', { max, limit })),
  now: () => Date.now(),
  async fire({ deadline, share, moment }) {
    const now = performance.timeOrigin + performance.now();
    lateness.push(now - momentOf(deadline, share));
    if (lateness.length === dueSoon) done.resolve();
    // As `reposts` answers the command: the warning is in the log, and the read model moves on.
    const { site, id: taskId } = deadline;
    const [fellDueAt, warnedAt] = [instant(moment), instant(now)];
    await publish({ type: 'repost.warned', site, taskId, share, fellDueAt, warnedAt }, `warn/${taskId}`, warnedAt);
  },
  onError: console.error,
});
const runner = new ProjectionRunner({
  bus,
  redisUrl,
  projection: deadlines,
  onUnreadable: (error) => console.error(error),
  onError: console.error,
  onApplied: () => ticking && ticker.look(),
});
let ticking = false;
const loadMs = await timed(() => runner.start());
say(`loaded in ${Math.round(loadMs)} ms`);

const minute = Date.now() + 10_000;
let last = 0;
await pipelined(dueSoon, 512, async (i) => {
  const { seq } = await append(count + i, minute + Math.floor((i * minuteMs) / dueSoon));
  last = Math.max(last, seq);
});
await runner.reach(last, minute - Date.now());
say(`${dueSoon} fall due within the next minute`);
ticking = true;
ticker.look();
await done.promise;
await ticker.stop();
await runner.stop();
redis.destroy();
await bus.close();

const [ours, peer] = [median(rates.ours), median(rates.theirs)];
report({
  bench: 'timers',
  ours: Math.round(ours),
  peer: Math.round(peer),
  ratio: rounded(ours / peer),
  unit: 'inserts/s',
  load_s: rounded(loadMs / 1_000, 1),
  memory_mb: Math.round(bytes.ours / 2 ** 20),
  peer_memory_mb: Math.round(bytes.theirs / 2 ** 20),
  memory_ratio: rounded(bytes.theirs / bytes.ours),
  lateness_p50_ms: rounded(percentile(lateness, 0.5), 1),
  lateness_p99_ms: rounded(percentile(lateness, 0.99), 1),
  lateness_max_ms: rounded(Math.max(...lateness), 1),
  fired: lateness.length,
});
