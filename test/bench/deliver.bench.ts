// 200 releases to 100 channels each, by webhook to one partner, the whole path: attempt and answer in the log, signature, call, read model of
// the board. The peers run in the same run against the same partner with as many calls at once: bare undici POSTs of the
// same bodies, and BullMQ jobs that make the same POST. Then 200 releases a second: from the commit of the signature to the
// partner's yes in the log. Then the same of two releases a second to 97 channels, in turns with three ill ones among them and
// without: these are paused then, and what they had under way is waited for. Whether it makes a difference is told by the turns'
// own difference among those that are alone.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { BusClient, carryOut, connectBus, encodeEntry, followStream, Journal } from '@tongsheng/bus';
import {
  streams,
  subjects,
  type Channel,
  type DeliveryEvent,
  type RegistryCommand,
  type ReleaseEvent,
} from '@tongsheng/contracts';
import { hashA, service, signIn, startSystem, until } from '@tongsheng/test/support';
import { createRedis } from '@tongsheng/projections';
import { Queue, Worker, type ConnectionOptions } from 'bullmq';
import { Agent, request } from 'undici';
import { registrations } from '../../services/registry/src/registration.ts';
import type { SinkSaid } from './deliver-sink.ts';
import { cpuMsOf, endOnSignal, median, percentile, pipelined, report, rounded, say, timed } from './measure.ts';

const channels = 100;
const releases = Number(process.env['DELIVER_RELEASES'] ?? 200);
const count = channels * releases;
const rounds = Number(process.env['DELIVER_ROUNDS'] ?? 3);
/** A lane each channel, and one call at a time in it. */
const depth = channels;
const paced = { perSecond: 200, seconds: 15 };
const among = { well: 97, ill: ['hangs', 'fails', 'rests'], releases: 12, everyMs: 500, turns: 4 };
const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
const site = 'province';

const sink = fork(join(import.meta.dirname, 'deliver-sink.ts'), [], {
  execArgv: ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'],
});
const { port } = (await once(sink, 'message'))[0] as Extract<SinkSaid, { port: number }>;
const url = `http://127.0.0.1:${port}/hook`;

await using system = await startSystem({
  services: ['registry', 'delivery', 'gateway'],
  samples: false,
  environment: { WEB_ALLOW: `127.0.0.1:${port}`, NATS_MAX_BYTES: String(2 ** 31) },
});
endOnSignal(system);
const bus = await connectBus({ url: system.servers.nats.url, name: 'bench' });
const journal = new Journal(bus, 'bench');
const client = new BusClient(bus);
const head = (id: string) => ({ id, at: new Date().toISOString(), actor: service });

const channel = (channelId: string, paused: boolean, at = url): Channel => ({
  channelId,
  name: channelId,
  site,
  paused,
  kind: 'webhook',
  settings: { url: at, secret },
});
let registered = 0;
const register = (of: Channel) =>
  client.command('registry', {
    type: 'channel.register',
    ...head(`channel/${++registered}`),
    channel: of,
  } as RegistryCommand);

const html = `<p>${'正文'.repeat(500)}</p>`;
const titleOf = (i: number) => `国家税务总局关于第${i}号事项的公告`;
function signed(releaseId: string, i: number, to: string[]): ReleaseEvent {
  return {
    type: 'release.signed',
    releaseId,
    site,
    kind: 'press',
    format: 'text',
    title: titleOf(i),
    documentNumber: null,
    summary: '',
    html,
    rumor: null,
    channels: to,
    variants: {},
    cover: null,
    files: [],
    interprets: null,
    linked: null,
    contentHash: hashA,
    by: 'signer',
    byName: '签发人',
    signedAt: new Date().toISOString(),
  };
}
async function sign(releaseId: string, i: number, to: string[]): Promise<void> {
  const { body, headers } = encodeEntry('bench', head(releaseId), [signed(releaseId, i, to)], '');
  await bus.js.publish(subjects.event('release', site, releaseId), body, { msgID: releaseId, headers });
}

/** Run → deliveries asked for, those confirmed, and attempts under way; release → when its yes stood in the log. */
type Tally = { requested: number; confirmed: number; running: number };
const tally = new Map<string, Tally>();
const about = new Map<string, { run: string; releaseId: string }>();
/** `bench-1-c7` is of `bench-1`. */
const runOf = (channelId: string) => channelId.replace(/-c\d+$/, '');
const confirmedAt = new Map<string, number>();
/** Release → when its signature was committed. */
const committed = new Map<string, number>();
/** Run → from a commit to each yes, in ms. */
const waits = new Map<string, number[]>();
let wake: () => void = () => {};
const tallyOf = (run: string): Tally => {
  const known = tally.get(run) ?? { requested: 0, confirmed: 0, running: 0 };
  tally.set(run, known);
  return known;
};
const waitsOf = (run: string): number[] => waits.get(run) ?? waits.set(run, []).get(run)!;
const decoder = new TextDecoder();
const following = await followStream(bus, {
  stream: streams.journal,
  subject: subjects.events('delivery'),
  // Not decoded as a service would: measuring should cost little beside what is measured.
  onMessage({ subject, data }) {
    const { id } = subjects.placeOf(subject);
    const told = JSON.parse(decoder.decode(data)) as DeliveryEvent | DeliveryEvent[];
    for (const event of Array.isArray(told) ? told : [told]) {
      if (event.type === 'delivery.requested') {
        const run = runOf(event.channelId);
        about.set(id, { run, releaseId: event.releaseId });
        tallyOf(run).requested++;
      } else if (event.type === 'delivery.attempted') {
        tallyOf(about.get(id)!.run).running++;
      } else if (event.type === 'delivery.answered') {
        const { run, releaseId } = about.get(id)!;
        tallyOf(run).running--;
        if (event.outcome !== 'confirmed') continue;
        tallyOf(run).confirmed++;
        confirmedAt.delete(releaseId);
        confirmedAt.set(releaseId, performance.now());
        const since = committed.get(releaseId);
        if (since !== undefined) waitsOf(run).push(performance.now() - since);
      }
    }
    wake();
  },
  onFailure: (error) => {
    throw error;
  },
});
const comesTrue = (is: () => boolean) =>
  new Promise<void>((resolve) => {
    const previous = wake;
    wake = () => {
      previous();
      if (!is()) return;
      wake = previous;
      resolve();
    };
    wake();
  });
const reaches = (what: 'requested' | 'confirmed', run: string, wanted: number) =>
  comesTrue(() => tallyOf(run)[what] >= wanted);

const home = { siteId: site, name: '示例', level: 'province' as const, speaksFor: [], baseUrl: 'https://tax.example' };
await carryOut(journal, registrations['site.register'], { type: 'site.register', ...head('site/bench'), site: home });
const reader = await signIn(system.consoleUrl, 'manager');

/** The yes may be there before we hear that it is committed. */
async function commit(releaseId: string, i: number, to: string[]): Promise<void> {
  committed.set(releaseId, performance.now());
  await sign(releaseId, i, to);
  committed.set(releaseId, performance.now());
}

/** What each process of the path has used; the machine has fewer cores than the path has processes. */
const path = {
  delivery: system.pidOf('delivery')!,
  gateway: system.pidOf('gateway')!,
  nats: system.servers.nats.pid,
  redis: system.servers.redis.pid,
  partner: sink.pid!,
  measuring: process.pid,
};
const cpu = () => Object.fromEntries(Object.entries(path).map(([name, pid]) => [name, cpuMsOf(pid)]));
const spent: Record<string, number> = {};

/** From the moment at which the channels are told to go: everything was asked for, and waits. */
async function ours(round: number): Promise<number> {
  const run = `bench-${round}`;
  const ids = Array.from({ length: channels }, (_, i) => `${run}-c${i}`);
  await pipelined(channels, 16, (i) => register(channel(ids[i]!, true)));
  await pipelined(releases, 16, (i) => sign(`${run}-${i}`, i, ids));
  await reaches('requested', run, count);
  const done = reaches('confirmed', run, count);
  const before = cpu();
  const ms = await timed(async () => {
    await pipelined(channels, 32, (i) => register(channel(ids[i]!, false)));
    await done;
    const [last] = [...confirmedAt.keys()].slice(-1);
    await until(async () => {
      const { body } = await reader.get(`/api/deliveries?release=${last}`);
      const open = (body as { rows: { state: string }[] }).rows.filter(({ state }) => state !== 'confirmed');
      if (open.length > 0) throw new Error(`the board has ${open.length} that are not confirmed`);
    });
  });
  for (const [name, used] of Object.entries(cpu())) spent[name] = (spent[name] ?? 0) + used - before[name]!;
  return ms;
}

/** What a partner reads, without a signature. */
const bodies = Array.from({ length: count }, (_, i) =>
  JSON.stringify({
    type: 'release.published',
    timestamp: '2026-11-26T00:00:00.000Z',
    data: {
      releaseId: `bare-${i}`,
      site,
      siteName: '示例',
      kind: 'press',
      title: titleOf(i),
      documentNumber: null,
      summary: '',
      html,
      cover: null,
      files: [],
      rumor: null,
      url: `https://tax.example/${site}/press/bare-${i}`,
      contentHash: hashA,
      signedAt: '2026-11-26T00:00:00.000Z',
    },
  }),
);
const agent = new Agent({ connections: depth, pipelining: 1 });
async function post(body: string): Promise<void> {
  const answer = await request(url, {
    method: 'POST',
    body,
    dispatcher: agent,
    headers: { 'content-type': 'application/json' },
  });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
}
const bare = () => timed(() => pipelined(count, depth, (i) => post(bodies[i]!)));

/** A client each, as a queue and a worker have them in two processes. */
const redis = [
  createRedis(system.servers.redis.url, console.error),
  createRedis(system.servers.redis.url, console.error),
];
await Promise.all(redis.map((each) => each.connect()));
const [queueing, working] = redis.map((each) => each as unknown as ConnectionOptions) as [
  ConnectionOptions,
  ConnectionOptions,
];
async function queued(round: number): Promise<number> {
  const queue = new Queue(`bench-${round}`, { connection: queueing });
  const perCall = 1_000;
  for (let from = 0; from < count; from += perCall)
    await queue.addBulk(bodies.slice(from, from + perCall).map((body) => ({ name: 'post', data: { body } })));
  const done = Promise.withResolvers<void>();
  let ended = 0;
  const worker = new Worker<{ body: string }>(queue.name, ({ data }) => post(data.body), {
    connection: working,
    concurrency: depth,
    autorun: false,
  });
  worker.on('failed', (_, error) => done.reject(error));
  worker.on('completed', () => ++ended === count && done.resolve());
  const ms = await timed(async () => {
    void worker.run();
    await done.promise;
  });
  await worker.close();
  await queue.obliterate({ force: true });
  await queue.close();
  return ms;
}

const rate = (ms: number) => count / (ms / 1_000);
const all = { ours: [] as number[], bare: [] as number[], queue: [] as number[] };
for (let round = 0; round < rounds; round++) {
  all.ours.push(rate(await ours(round)));
  all.bare.push(rate(await bare()));
  all.queue.push(rate(await queued(round)));
  say(
    `round ${round + 1}: ours ${Math.round(all.ours.at(-1)!)}, bare POSTs ${Math.round(all.bare.at(-1)!)}, BullMQ ${Math.round(all.queue.at(-1)!)} a second`,
  );
}

await register({ ...channel('paced', false), limits: { parallel: 64 } });
const pacedCount = paced.perSecond * paced.seconds;
const done = reaches('confirmed', 'paced', pacedCount);
const begun = performance.now();
await Promise.all(
  Array.from({ length: pacedCount }, async (_, i) => {
    const due = (i * 1_000) / paced.perSecond - (performance.now() - begun);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due)));
    const releaseId = `paced-${i}`;
    await commit(releaseId, i, ['paced']);
  }),
);
await done;

const well = Array.from({ length: among.well }, (_, i) => `among-c${i}`);
await pipelined(among.well, 16, (i) => register(channel(well[i]!, false)));
/** What hangs is given up after two seconds, so that its lane is never empty and a turn without it can begin. */
const fallIll = (paused: boolean) =>
  Promise.all(
    among.ill.map((name) =>
      register({ ...channel(name, paused, new URL(name, url).href), limits: { timeoutMs: 2_000 } }),
    ),
  );
const alone: number[][] = [];
const beside: number[][] = [];
for (let turn = 0; turn < among.turns * 2; turn++) {
  const isBeside = turn % 2 === 1;
  await fallIll(!isBeside);
  await comesTrue(() => isBeside || among.ill.every((name) => tallyOf(name).running === 0));
  const all = reaches('confirmed', 'among', (turn + 1) * among.releases * among.well);
  for (let i = 0; i < among.releases; i++) {
    const releaseId = `among-${turn}-${i}`;
    await commit(releaseId, i, isBeside ? [...well, ...among.ill] : well);
    await new Promise((resolve) => setTimeout(resolve, among.everyMs));
  }
  await all;
  (isBeside ? beside : alone).push(waitsOf('among').splice(0));
}
const p99s = (turns: number[][]) => turns.map((waits) => percentile(waits, 0.99));
const tried = among.ill.map((name) => `${name} ${tallyOf(name).requested}`).join(', ');
const listed = (turns: number[][]) =>
  p99s(turns)
    .map((ms) => Math.round(ms))
    .join(' ');
say(`p99 of each turn in ms: alone ${listed(alone)}, beside ${listed(beside)}; asked of the ill ones: ${tried}`);

const each = Object.entries(spent).map(([name, ms]) => [name, rounded((ms * 1_000) / (rounds * count), 0)] as const);
say(`CPU per delivery in µs: ${each.map(([name, micros]) => `${name} ${micros}`).join(', ')}`);

sink.send('how many');
const { taken } = (await once(sink, 'message'))[0] as Extract<SinkSaid, { taken: number }>;
await following.stop();
await bus.close();
await agent.close();
for (const each of redis) each.destroy();
sink.disconnect();

const [mine, peer, jobs] = [median(all.ours), median(all.bare), median(all.queue)];
report({
  bench: 'deliver',
  ours: Math.round(mine),
  peer: Math.round(peer),
  ratio: rounded(mine / peer),
  unit: 'deliveries/s',
  peerName: 'bare undici POSTs',
  bullmq: Math.round(jobs),
  ratioToBullmq: rounded(mine / jobs),
  cpuMicrosPerDelivery: each.reduce((sum, [, micros]) => sum + micros, 0),
  deliveries: count,
  atOnce: depth,
  takenTwice: taken - (rounds * count * 3 + pacedCount + [...alone, ...beside].flat().length),
  commitToAcceptedP50Ms: rounded(percentile(waitsOf('paced'), 0.5), 1),
  commitToAcceptedP99Ms: rounded(percentile(waitsOf('paced'), 0.99), 1),
  perSecond: paced.perSecond,
  aloneP99Ms: rounded(median(p99s(alone)), 1),
  aloneP99SpreadMs: rounded(Math.max(...p99s(alone)) - Math.min(...p99s(alone)), 1),
  besideThreeIllP99Ms: rounded(median(p99s(beside)), 1),
});
