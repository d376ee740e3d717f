// The queue page of an editor who has 5,000 open tasks, by every filter and in every order, while tasks change under 50
// clients: first with what is open alone, then with a million tasks in the system. Each client asks four times a second,
// as fast as a hand can change a filter, and waits from the moment that it meant to ask (`p99_ms`); then all of them ask
// without a pause, which says how many pages a second there can be (`ours`) and how long they queue then
// (`saturated_p99_ms`). The peer is the raw limit in the same run, without a pause too: the first page of one order read
// from Redis and written to the socket.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BusClient, connectBus, encodeEntry, Journal, type Entry } from '@tongsheng/bus';
import { subjects, type Person, type RegistryCommand, type RepostEvent } from '@tongsheng/contracts';
import { createRedis } from '@tongsheng/projections';
import { hashA, queueing, service, signIn, startSystem } from '@tongsheng/test/support';
import { keys } from '../../infra/projections/src/projection.ts';
import { GenerationStore, PositionMoved } from '../../infra/projections/src/store.ts';
import { reposts } from '../../services/gateway/src/views/reposts.ts';
import { endOnSignal, percentile, pipelined, report, rounded, say } from './measure.ts';
import type { Raw } from './raw-queue.ts';

const tasks = 1_000_000;
const sites = 500;
const mine = 10;
const openOfMine = 500;
const openOfOthers = 30;
const clients = 50;
const secondsOfEach = 2;
const questionsPerSecond = 4;
const changesPerSecond = 20;

await using system = await startSystem({ services: ['registry'], samples: false });
endOnSignal(system);
const bus = await connectBus({ url: system.servers.nats.url, name: 'bench' });
const redis = createRedis(system.servers.redis.url, console.error);
await redis.connect();
const now = Date.now();
const instant = (ms: number) => new Date(ms).toISOString();
const minute = 60_000;

// Our editor works for ten sites of the five hundred.
const editor = (
  await new Journal(bus, 'bench').read({ aggregate: 'person', site: 'registry', id: 'editor' })
).events.at(-1)!;
const { type: _registered, ...person } = editor as { type: string } & Person;
await new BusClient(bus).command('registry', {
  type: 'person.register',
  id: 'bench/editor',
  at: instant(now),
  actor: service,
  person: { ...person, sites: Array.from({ length: mine }, (_, i) => `site-${i}`) },
} as RegistryCommand);

const taxes = [
  '增值税',
  '企业所得税',
  '个人所得税',
  '消费税',
  '车船税',
  '房产税',
  '契税',
  '印花税',
  '资源税',
  '环境保护税',
];
const kinds = ['policy', 'interpretation', 'notice', 'news'] as const;
const priorities = ['normal', 'normal', 'high', 'low'] as const;
const { type: _type, id: _id, at: _at, actor: _actor, ...sample } = queueing();

/** A task as the log has it, some ten minutes to a day old; what is closed has gone the whole way. */
function story(i: number, site: string, isOpen: boolean): RepostEvent[] {
  const key = { taskId: `t${i}`, site };
  const startsAt = now - ((i * 37) % 1_500) * minute;
  const at = instant(startsAt + minute);
  const version = { version: 1, contentHash: hashA, title: `国家税务总局关于${taxes[i % 10]}第${i}号事项的公告` };
  const [by, byName] = [`editor-${i % 7}`, '李编辑'];
  const queued: RepostEvent = {
    ...sample,
    ...key,
    ...version,
    type: 'repost.queued',
    itemId: `item-${i}`,
    sourceId: `source-${i % 40}`,
    sourceName: `第${i % 40}号上级网站`,
    documentNumber: i % 3 === 0 ? `税总发〔2026〕${i}号` : null,
    column: `第${i % 12}栏目`,
    kind: kinds[i % 4]!,
    priority: priorities[(i >> 2) % 4]!,
    firstSeenAt: at,
    startsAt: instant(startsAt),
    dueAt: instant(startsAt + 720 * minute),
  };
  if (isOpen) return i % 5 > 0 ? [queued] : [queued, { type: 'repost.claimed', ...key, by, byName, claimedAt: at }];
  const url = `https://tax.example/${key.taskId}`;
  const evidence = { status: 200, pageHash: hashA, bytes: 9_000, checks: [{ name: 'title' as const, ok: true }] };
  return [
    queued,
    { type: 'repost.approved', ...key, ...version, by, byName, approvedAt: at },
    { type: 'repost.published', ...key, url, publicPosition: i + 1, publishedAt: at },
    { type: 'repost.verified', ...key, url, evidence, verifiedAt: at },
  ];
}

/** Puts tasks into the read model by its own fold and its own writer, as if the log had been read so far. */
async function put(stories: RepostEvent[][], isFirst: boolean): Promise<void> {
  const store = new GenerationStore(redis, reposts, generation, true);
  for (let i = 0; i < stories.length; i += 1_000) {
    for (let written = false; !written;) {
      const position = await store.position();
      const entries = stories
        .slice(i, i + 1_000)
        .map((events) => ({ aggregate: 'repost', position: Math.max(position, 1), events }) as unknown as Entry);
      // The gateway may write a change at the same moment.
      written = await store.apply(entries, position).then(
        () => true,
        (error: unknown) => {
          if (error instanceof PositionMoved) return false;
          throw error;
        },
      );
    }
  }
  if (isFirst) await redis.set(keys.live(reposts.name), generation);
}
const generation = `v${reposts.version}-1`;
const open = Array.from({ length: sites }, (_, site) => (site < mine ? openOfMine : openOfOthers)).flatMap(
  (count, site) => Array.from({ length: count }, () => `site-${site}`),
);
say(`writing ${open.length} open tasks`);
await put(
  open.map((site, i) => story(i, site, true)),
  true,
);
await system.start('gateway');

const agent = new Agent({ keepAlive: true, maxSockets: clients });
const cookies = await Promise.all(
  Array.from({ length: clients }, async () => (await signIn(system.consoleUrl, 'editor')).cookie),
);
/** Reads an answer to its end. */
const ask = (url: string, cookie: string): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    get(url, { agent, headers: { cookie } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => void parts.push(part));
      response.on('end', () => {
        const body = Buffer.concat(parts);
        if (response.statusCode === 200) resolve(body);
        else reject(new Error(`${url}: ${response.statusCode} ${body.toString()}`));
      });
    }).on('error', reject);
  });
const page = (query: string) => `${system.consoleUrl}/api/reposts?${query}`;
const seen = (body: Buffer) => JSON.parse(body.toString()) as { total: number; next: string | null };

const { next } = seen(await ask(page('sort=title'), cookies[0]!));
const questions: Record<string, string> = {
  ...Object.fromEntries(['due', 'seen', 'priority', 'source', 'title'].map((sort) => [`sort ${sort}`, `sort=${sort}`])),
  'sort due reversed': 'sort=due&reverse=true',
  'sort title, a later page': `sort=title&after=${next}`,
  site: 'site=site-3',
  source: 'source=source-7',
  column: `column=${encodeURIComponent('第5栏目')}&sort=seen`,
  kind: 'kind=policy&sort=source',
  priority: 'priority=high',
  urgent: 'clock=urgent',
  overdue: 'clock=overdue&sort=title',
  'claimed by me': 'claimed=me',
  'claimed by nobody': 'claimed=nobody&sort=priority',
  'words of the title': `q=${encodeURIComponent('所得税 公告')}`,
  'a number, none found': `q=${encodeURIComponent('税总发[2026]99999号')}`,
  'several at once': `q=${encodeURIComponent('所得税')}&kind=notice&clock=overdue&claimed=nobody&sort=title&reverse=true`,
};
const total = seen(await ask(page('limit=1'), cookies[0]!)).total;
if (total !== mine * openOfMine) throw new Error(`the editor has ${total} tasks`);

type Load = (urlOf: (client: number, i: number) => string, seconds: number) => Promise<number[]>;
/** Fifty clients, each with its next question as soon as it has its answer. */
const withoutPause: Load = async (urlOf, seconds) => {
  const times: number[] = [];
  const end = performance.now() + seconds * 1_000;
  await Promise.all(
    cookies.map(async (cookie, client) => {
      for (let i = 0; performance.now() < end; i++) {
        const begun = performance.now();
        await ask(urlOf(client, i), cookie);
        times.push(performance.now() - begun);
      }
    }),
  );
  return times;
};
/** Fifty clients, each with so many questions a second, however long the answers take. */
const atAHandsPace: Load = async (urlOf, seconds) => {
  const pauseMs = 1_000 / questionsPerSecond;
  const start = performance.now();
  const each = cookies.flatMap((cookie, client) =>
    Array.from({ length: seconds * questionsPerSecond }, async (_, i) => {
      const meant = start + (i + client / clients) * pauseMs;
      await wait(meant - performance.now());
      await ask(urlOf(client, i), cookie);
      return performance.now() - meant;
    }),
  );
  return Promise.all(each);
};

let changes = 0;
/** Editors take tasks in hand and put them back, through the log. */
async function change(): Promise<void> {
  const i = (changes * 13) % (mine * openOfMine);
  const key = { taskId: `t${i}`, site: `site-${Math.floor(i / openOfMine)}` };
  const who = { by: 'editor', byName: '李编辑' };
  const at = instant(Date.now());
  const event: RepostEvent =
    changes % 2 === 0
      ? { type: 'repost.claimed', ...key, ...who, claimedAt: at }
      : { type: 'repost.claim_released', ...key, ...who, releasedAt: at };
  const id = `change-${++changes}`;
  const { body, headers } = encodeEntry('bench', { id, at, actor: service }, [event], '');
  await bus.js.publish(subjects.event('repost', key.site, key.taskId), body, { msgID: id, headers });
}

const memoryOf = (field: string) =>
  Number(new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync(`/proc/${system.pidOf('gateway')}/status`, 'utf8'))?.[1]) /
  1_024;
const redisMb = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]) / 2 ** 20;

type Measured = { p50: number; p99: number; perSecond: number; worst: number; times: number[] };
async function measure(load: Load): Promise<Measured> {
  const changing = setInterval(() => void change(), 1_000 / changesPerSecond);
  const all: number[] = [];
  let worst = 0;
  for (const [name, query] of Object.entries(questions)) {
    const times = await load(() => page(query), secondsOfEach);
    const p99 = percentile(times, 0.99);
    worst = Math.max(worst, p99);
    all.push(...times);
    say(
      `  ${name.padEnd(26)} p50 ${rounded(percentile(times, 0.5), 1)} ms, p99 ${rounded(p99, 1)} ms, ${Math.round(times.length / secondsOfEach)}/s`,
    );
  }
  clearInterval(changing);
  const seconds = Object.keys(questions).length * secondsOfEach;
  return { p50: percentile(all, 0.5), p99: percentile(all, 0.99), perSecond: all.length / seconds, worst, times: all };
}

await withoutPause((client, i) => page(Object.values(questions)[(client + i) % 5]!), 2);
say(`${open.length} open tasks, nothing else:`);
const alone = await measure(atAHandsPace);
const aloneMb = memoryOf('VmRSS');

say(`writing ${tasks - open.length} closed tasks`);
for (let from = open.length; from < tasks; from += 20_000) {
  const count = Math.min(20_000, tasks - from);
  await put(
    Array.from({ length: count }, (_, i) => story(from + i, `site-${(from + i) % sites}`, false)),
    false,
  );
}
say(`${tasks} tasks, ${total} of them open and ours:`);
const full = await measure(atAHandsPace);
const closedTimes = await atAHandsPace(() => page('state=closed'), secondsOfEach);
say('without a pause:');
const saturated = await measure(withoutPause);
const closedWords: number[] = [];
await pipelined(20, 1, async (i) => {
  const begun = performance.now();
  await ask(page(`state=closed&q=${encodeURIComponent('车船税')}&site=site-${i % mine}`), cookies[0]!);
  closedWords.push(performance.now() - begun);
});

const where: Raw = {
  url: system.servers.redis.url,
  rows: keys.rows(reposts.name, generation),
  set: keys.set(reposts.name, generation, 'open'),
};
const raw = fork(join(import.meta.dirname, 'raw-queue.ts'), [JSON.stringify(where)], { stdio: 'inherit' });
const [{ port }] = (await once(raw, 'message')) as [{ port: number }];
await withoutPause(() => `http://127.0.0.1:${port}/`, 1);
const peer = await withoutPause(() => `http://127.0.0.1:${port}/`, secondsOfEach * 3);
raw.kill();
const mostMb = memoryOf('VmHWM');
const redisHeld = await redisMb();
redis.destroy();
agent.destroy();
await bus.close();

const peerPerSecond = peer.length / (secondsOfEach * 3);
report({
  bench: 'queue',
  ours: Math.round(saturated.perSecond),
  peer: Math.round(peerPerSecond),
  ratio: rounded(saturated.perSecond / peerPerSecond),
  unit: 'pages/s',
  peerName: 'ZRANGE + HMGET of one order over bare HTTP',
  clients,
  p50_ms: rounded(full.p50, 1),
  p99_ms: rounded(full.p99, 1),
  worst_filter_p99_ms: rounded(full.worst, 1),
  alone_p99_ms: rounded(alone.p99, 1),
  saturated_p50_ms: rounded(saturated.p50, 1),
  saturated_p99_ms: rounded(saturated.p99, 1),
  peer_p50_ms: rounded(percentile(peer, 0.5), 1),
  peer_p99_ms: rounded(percentile(peer, 0.99), 1),
  closed_p99_ms: rounded(percentile(closedTimes, 0.99), 1),
  closed_words_p50_ms: rounded(percentile(closedWords, 0.5), 1),
  gateway_mb: Math.round(mostMb),
  gateway_alone_mb: Math.round(aloneMb),
  redis_mb: Math.round(redisHeld),
});
