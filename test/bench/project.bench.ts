// A rebuild from 200,000 events against a bare loop over the same stream: ordered read, JSON.parse, one HSET and one ZADD
// an event, MULTI of 500.
import { connectBus, encodeEntry, ensureStreams, followStream } from '@tongsheng/bus';
import { streams, subjects, type AggregateName, type RepostEvent } from '@tongsheng/contracts';
import { createRedis, ProjectionRunner, type Projection } from '@tongsheng/projections';
import { queueing, startServers } from '@tongsheng/test/support';
import { deadlines } from '../../services/clock/src/deadlines.ts';
import { reposts } from '../../services/gateway/src/views/reposts.ts';
import { endOnSignal, heldDuring, median, pipelined, report, rounded, say, timed } from './measure.ts';

const count = 200_000;
const rounds = 3;

await using servers = await startServers();
endOnSignal(servers);
const bus = await connectBus({ url: servers.nats.url, name: 'bench' });
await ensureStreams(bus);
const redisUrl = servers.redis.url;
const redis = createRedis(redisUrl, console.error);
await redis.connect();

say(`appending ${count} events`);
await pipelined(count, 512, (i) => {
  const { id, at, actor, type: _type, ...facts } = queueing(`task-${i}`, i % 2 ? 'province' : 'city');
  const event: RepostEvent = { ...facts, type: 'repost.queued' };
  const { body, headers } = encodeEntry('bench', { id, at, actor }, [event], '');
  return bus.js.publish(subjects.event('repost', facts.site, facts.taskId), body, { msgID: id, headers });
});

async function rebuild<A extends AggregateName, Row>(projection: Projection<A, Row>): Promise<void> {
  const runner = new ProjectionRunner({
    bus,
    redisUrl,
    projection,
    onUnreadable: console.error,
    onError: console.error,
  });
  await runner.start();
  await runner.stop();
}

async function bare(): Promise<void> {
  let multi = redis.multi();
  let held = 0;
  const flush = async () => {
    await multi.exec();
    multi = redis.multi();
    held = 0;
  };
  const following = await followStream(bus, {
    stream: streams.journal,
    subject: subjects.events('repost'),
    from: 1,
    onFailure: console.error,
    async onMessage({ data }) {
      const text = new TextDecoder().decode(data);
      const event = JSON.parse(text) as RepostEvent & { dueAt: string };
      const key = `${event.site}/${event.taskId}`;
      multi.hSet('bare:rows', key, text);
      multi.zAdd('bare:open', { value: key, score: Date.parse(event.dueAt) });
      if (++held === 500) await flush();
    },
  });
  await following.caughtUp;
  await flush();
  await following.stop();
}

const rates = { ours: [] as number[], bare: [] as number[], reposts: [] as number[] };
const rate = async (work: () => Promise<void>): Promise<number> => {
  await redis.flushAll();
  return count / ((await timed(work)) / 1_000);
};
await rate(() => rebuild(deadlines));
for (let round = 0; round < rounds; round++) {
  // Alternating, and who begins alternates too.
  const first = round % 2 === 0;
  if (first) rates.ours.push(await rate(() => rebuild(deadlines)));
  rates.bare.push(await rate(bare));
  if (!first) rates.ours.push(await rate(() => rebuild(deadlines)));
  rates.reposts.push(await rate(() => rebuild(reposts)));
  say(
    `round ${round}: bare ${Math.round(rates.bare.at(-1)!)}/s, deadlines ${Math.round(rates.ours.at(-1)!)}/s, reposts ${Math.round(rates.reposts.at(-1)!)}/s`,
  );
}
await redis.flushAll();
const looks = await heldDuring(() => rebuild(reposts));
const mostOf = (held: number[]) => Math.round(Math.max(...held) / 2 ** 20);
redis.destroy();
await bus.close();
const [mine, peer] = [median(rates.ours), median(rates.bare)];
report({
  bench: 'project',
  ours: Math.round(mine),
  peer: Math.round(peer),
  ratio: rounded(mine / peer),
  unit: 'events/s',
  events: count,
  reposts_view: Math.round(median(rates.reposts)),
  // Bounded: the most of the whole rebuild is about the most of its first quarter.
  held_mb: mostOf(looks),
  held_first_quarter_mb: mostOf(looks.slice(0, Math.ceil(looks.length / 4))),
});
