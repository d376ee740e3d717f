// A national day in ten minutes: 20,000 tasks on 500 sites, each approved by one of 300 people who listen to what changes, put
// out on the portal and proven there; 40 releases to 100 channels; 1,000 readers of the portal a second. DAY_SCALE takes a part of
// all that (0.1: a tenth of the sites, people, channels and readers), DAY_MINUTES says how long it takes. Nothing may be lost,
// which the log and the partner are asked about at the end. Then the load is doubled, DAY_DOUBLE_MINUTES (1; 0: not at all) each
// time, until something gives, and what it was is named. The peer is the plan: what should have been done in that time.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createHash, randomBytes } from 'node:crypto';
import { BusClient, connectBus, encodeEntry, followStream } from '@tongsheng/bus';
import { streams, subjects, type AnyEvent, type RegistryCommand } from '@tongsheng/contracts';
import {
  hashA,
  publishedItem,
  sampleRule,
  sampleSource,
  service,
  startSystem,
  type ServiceName,
} from '@tongsheng/test/support';
import type { PeopleSaid, PeopleTold, Person } from './day-people.ts';
import type { ReadersSaid, ReadersTold } from './day-readers.ts';
import type { SinkSaid } from './deliver-sink.ts';
import { cpuMsOf, endOnSignal, percentile, pipelined, report, rounded, say } from './measure.ts';

const minutes = Number(process.env['DAY_MINUTES'] ?? 10);
const scale = Number(process.env['DAY_SCALE'] ?? 1);
const doubleMinutes = Number(process.env['DAY_DOUBLE_MINUTES'] ?? 1);
const part = (whole: number) => Math.max(1, Math.round(whole * scale));
const day = { tasks: part(20_000), releases: part(40) };
const sites = Math.min(500, part(500));
const people = part(300);
const channels = Math.min(100, part(100));
const readersPerSecond = part(1_000);
const doublings = 6;
const lookMs = 5_000;
/** What is late is no loss: after a run it is waited for as long as something is still done in so much time. In ms. */
const patienceMs = 60_000;
/** What gives: an approval, a task's way to a screen, a page of the portal, each at the 99th percentile, in ms; readers turned away; how long what was
 * begun takes after the end. */
const bounds = { approval: 1_000, screen: 5_000, page: 500, turnedAway: 0.01, behind: 30_000 };

const flags = { execArgv: ['--experimental-transform-types', '--disable-warning=ExperimentalWarning'] };
const child = (file: string) => fork(join(import.meta.dirname, file), [], flags);
const sink = child('deliver-sink.ts');
const { port } = (await once(sink, 'message'))[0] as Extract<SinkSaid, { port: number }>;

const services: readonly ServiceName[] = [
  'registry',
  'reposts',
  'clock',
  'releases',
  'delivery',
  'oversight',
  'duty',
  'gateway',
  'portal',
];
await using system = await startSystem({
  services,
  samples: false,
  environment: { WEB_ALLOW: `127.0.0.1:${port}`, NATS_MAX_BYTES: String(2 ** 31) },
});
endOnSignal(system);
const bus = await connectBus({ url: system.servers.nats.url, name: 'bench' });
const client = new BusClient(bus);
const now = () => new Date().toISOString();
let commands = 0;
const register = (command: object) =>
  client.command('registry', { id: `bench/${++commands}`, at: now(), actor: service, ...command } as RegistryCommand);

const siteId = (i: number) => `site-${i}`;
await register({
  type: 'policy.register',
  policy: {
    policyId: 'superior',
    name: '上级税务网站 12 小时',
    basis: '税总发〔2017〕84号 二（五）3',
    publisher: 'superior_tax',
    sources: [],
    columns: [],
    kinds: [],
    levels: [],
    sites: Array.from({ length: sites }, (_, i) => siteId(i)),
    target: 'site',
    limit: 'PT12H',
    enabled: true,
  },
});
await register({ type: 'rule.register', rule: sampleRule('all', []) });
const publisher = { kind: 'tax', region: '000000' } as const;
await register({
  type: 'source.register',
  source: sampleSource('chinatax', 'https://chinatax.example/', { publisher, paused: true }),
});
await pipelined(sites, 32, (i) =>
  register({
    type: 'site.register',
    site: {
      siteId: siteId(i),
      name: `第 ${i} 号税务局网站`,
      level: 'city',
      region: `${11 + Math.floor(i / 99)}${String((i % 99) + 1).padStart(2, '0')}00`,
      speaksFor: [],
      baseUrl: system.portalUrl,
    },
  }),
);
const channelIds = Array.from({ length: channels }, (_, i) => `day-c${i}`);
const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
await pipelined(channels, 16, (i) =>
  register({
    type: 'channel.register',
    channel: {
      channelId: channelIds[i]!,
      name: channelIds[i]!,
      site: siteId(0),
      paused: false,
      kind: 'webhook',
      settings: { url: `http://127.0.0.1:${port}/hook`, secret },
    },
  }),
);
/** Each site has one person who answers for it. */
const staff: Person[] = Array.from({ length: people }, (_, i) => ({
  token: `person-${i}.${randomBytes(32).toString('base64url')}`,
  sites: Array.from({ length: sites }, (__, site) => site)
    .filter((site) => site % people === i)
    .map(siteId),
}));
await pipelined(people, 16, (i) => {
  const { token, sites: of } = staff[i]!;
  const [tokenId, half] = token.split('.') as [string, string];
  const secretHash = createHash('sha256').update(half).digest('hex');
  // Who answers for no site looks on at all of them.
  const reach = of.length > 0 ? of : [siteId(i % sites)];
  const roles = of.length > 0 ? ['editor'] : ['manager'];
  return register({
    type: 'token.register',
    token: { tokenId, name: tokenId, secretHash, roles, sites: reach, revoked: false },
  });
});

/** What the log says of the whole, by what happened. */
const told: Record<string, number> = {};
const due = { tasks: 0, deliveries: 0 };
const following = await followStream(bus, {
  stream: streams.journal,
  subject: subjects.events(),
  onMessage({ data }) {
    // Not read as a service would: measuring should cost little beside what is measured.
    const said = JSON.parse(new TextDecoder().decode(data)) as AnyEvent | AnyEvent[];
    for (const event of Array.isArray(said) ? said : [said]) {
      const type = event.type === 'delivery.answered' ? `delivery.${event.outcome}` : event.type;
      told[type] = (told[type] ?? 0) + 1;
    }
  },
  onFailure: (error) => {
    throw error;
  },
});

let items = 0;
async function putItem(): Promise<void> {
  const itemId = `b${items++}`;
  const at = now();
  const event = publishedItem('chinatax', itemId, at, {
    title: `国家税务总局关于第${itemId}号事项的公告`,
    html: `<p>${`第${itemId}号事项的正文。`.repeat(100)}</p>`,
    contentHash: createHash('sha256').update(itemId).digest('hex'),
  });
  due.tasks += sites;
  const { body, headers } = encodeEntry('bench', { id: itemId, at, actor: service }, [event], '');
  await bus.js.publish(subjects.event('item', 'chinatax', itemId), body, { msgID: itemId, headers });
}
let releases = 0;
async function putRelease(): Promise<void> {
  const releaseId = `r${releases++}`;
  const event: AnyEvent = {
    type: 'release.signed',
    releaseId,
    site: siteId(0),
    kind: 'press',
    format: 'text',
    title: `关于第${releaseId}号活动的通稿`,
    documentNumber: null,
    summary: '',
    html: `<p>${'正文'.repeat(500)}</p>`,
    rumor: null,
    channels: channelIds,
    variants: {},
    cover: null,
    files: [],
    interprets: null,
    linked: null,
    contentHash: hashA,
    by: 'signer',
    byName: '签发人',
    signedAt: now(),
  };
  due.deliveries += channels;
  const { body, headers } = encodeEntry('bench', { id: releaseId, at: now(), actor: service }, [event], '');
  await bus.js.publish(subjects.event('release', siteId(0), releaseId), body, { msgID: releaseId, headers });
}

const crowd = child('day-people.ts');
const readers = child('day-readers.ts');
const ask = async <T>(of: typeof crowd): Promise<T> => {
  const answered = once(of, 'message');
  of.send('figures' satisfies PeopleTold & ReadersTold);
  return (await answered)[0] as T;
};
await new Promise<void>((resolve) => {
  const hear = (said: PeopleSaid) => {
    if (!('listening' in said) || said.listening < people) return;
    crowd.off('message', hear);
    resolve();
  };
  crowd.on('message', hear);
  crowd.send({ consoleUrl: system.consoleUrl, people: staff } satisfies PeopleTold);
});
say(`${sites} sites, ${people} people listening, ${channels} channels, ${readersPerSecond} readers a second`);
const paths = ['/', '/feed.rss', ...Array.from({ length: Math.min(sites, 50) }, (_, i) => `/${siteId(i)}`)];

const processes: Record<string, () => number> = {
  ...Object.fromEntries(services.map((name) => [name, () => system.pidOf(name)!])),
  nats: () => system.servers.nats.pid,
  redis: () => system.servers.redis.pid,
  people: () => crowd.pid!,
  readers: () => readers.pid!,
};
const residentMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1_024;

type Look = {
  approvals: number[];
  screens: number[];
  pages: number[];
  refused: string[];
  turnedAway: number;
  broken: number;
  cpu: Record<string, number>;
  mb: Record<string, number>;
};

/** One look at everything since the look before. */
async function look(before: Record<string, number>, ms: number): Promise<Look & { stand: Record<string, number> }> {
  const [saidPeople, saidReaders] = await Promise.all([
    ask<Extract<PeopleSaid, { approvals: number[] }>>(crowd),
    ask<ReadersSaid>(readers),
  ]);
  const stand: Record<string, number> = {};
  const cpu: Record<string, number> = {};
  const mb: Record<string, number> = {};
  for (const [name, pidOf] of Object.entries(processes)) {
    stand[name] = cpuMsOf(pidOf());
    cpu[name] = (stand[name] - (before[name] ?? stand[name])) / ms;
    mb[name] = residentMb(pidOf());
  }
  const { approvals, screens, refused, broken } = saidPeople;
  return {
    approvals,
    screens,
    refused,
    broken,
    pages: saidReaders.times,
    turnedAway: saidReaders.failed,
    cpu,
    mb,
    stand,
  };
}

const p99 = (values: number[]) => percentile(values, 0.99);
const short = (ms: number) => `${Math.round(ms)} ms`;
const busiest = (cpu: Record<string, number>) =>
  Object.entries(cpu)
    .sort(([, one], [, other]) => other - one)
    .slice(0, 3)
    .map(([name, share]) => `${name} ${Math.round(share * 100)} %`)
    .join(', ');

/** A part of a day: so many tasks and releases, evenly in so much time, and then until all that was begun is done. */
async function run(name: string, load: { tasks: number; releases: number; readers: number }, forMs: number) {
  readers.send({ portalUrl: system.portalUrl, perSecond: load.readers, paths } satisfies ReadersTold);
  const plan = [
    ...Array.from({ length: Math.max(1, Math.round(load.tasks / sites)) }, (_, i, all = load.tasks / sites) => ({
      at: (i / all) * forMs,
      make: putItem,
    })),
    ...Array.from({ length: load.releases }, (_, i) => ({ at: (i / load.releases) * forMs, make: putRelease })),
  ].sort((one, other) => one.at - other.at);
  const begun = performance.now();
  const looks: Look[] = [];
  let { stand } = await look({}, 1);
  let lookedAt = begun;
  const lookOn = async () => {
    const ms = performance.now() - lookedAt;
    const seen = await look(stand, ms);
    stand = seen.stand;
    lookedAt = performance.now();
    looks.push(seen);
    const approved = told['repost.approved'] ?? 0;
    say(
      `  ${Math.round((lookedAt - begun) / 1_000)} s: ${approved} of ${due.tasks} approved, ${told['repost.verified'] ?? 0} proven, ` +
        `${told['delivery.confirmed'] ?? 0} of ${due.deliveries} delivered; p99 approval ${short(p99(seen.approvals))}, ` +
        `screen ${short(p99(seen.screens))}, page ${short(p99(seen.pages))} at ${Math.round((seen.pages.length * 1_000) / ms)}/s; ${busiest(seen.cpu)}`,
    );
  };
  const making = (async () => {
    for (const { at, make } of plan) {
      await wait(Math.max(0, at - (performance.now() - begun)));
      await make();
    }
  })();
  while (performance.now() - begun < forMs) {
    await wait(Math.min(lookMs, forMs));
    await lookOn();
  }
  await making;
  const done = () => (told['repost.verified'] ?? 0) >= due.tasks && (told['delivery.confirmed'] ?? 0) >= due.deliveries;
  const over = performance.now();
  let [stood, since] = [0, over];
  while (!done() && performance.now() - since < patienceMs) {
    const stands = (told['repost.verified'] ?? 0) + (told['delivery.confirmed'] ?? 0);
    if (stands !== stood) [stood, since] = [stands, performance.now()];
    await wait(100);
  }
  const behindMs = performance.now() - over;
  await lookOn();

  const all = <K extends 'approvals' | 'screens' | 'pages'>(key: K) => looks.flatMap((each) => each[key]);
  const pages = all('pages');
  const turnedAway = looks.reduce((sum, each) => sum + each.turnedAway, 0);
  const mean = (key: string) => looks.reduce((sum, { cpu }) => sum + (cpu[key] ?? 0), 0) / looks.length;
  const cpu = Object.fromEntries(Object.keys(processes).map((key) => [key, mean(key)]));
  const found = {
    approval: p99(all('approvals')),
    screen: p99(all('screens')),
    page: p99(pages),
    turnedAway: turnedAway / Math.max(1, pages.length + turnedAway),
  };
  const refused = looks.flatMap((each) => each.refused);
  if (refused.length > 0) say(`  refused or broken ${refused.length} times, first: ${refused[0]}`);
  const lost = {
    tasks: due.tasks - (told['repost.verified'] ?? 0),
    deliveries: due.deliveries - (told['delivery.confirmed'] ?? 0),
  };
  const gave = Object.entries(found).filter(([key, value]) => value > bounds[key as keyof typeof bounds]);
  const why = [
    ...gave.map(([key, value]) => `${key} ${rounded(value)}`),
    ...(behindMs > bounds.behind ? [`done only ${rounded(behindMs / 1_000)} s after its end`] : []),
    ...(lost.tasks + lost.deliveries > 0
      ? [
          `${lost.tasks} tasks and ${lost.deliveries} deliveries not done, and nothing more was for ${patienceMs / 1_000} s`,
        ]
      : []),
  ];
  say(
    `${name}: done ${rounded(behindMs / 1_000)} s after its end; ${why.join(', ') || 'nothing gave'}; ${busiest(cpu)}`,
  );
  const mb = Object.fromEntries(
    Object.keys(processes).map((key) => [key, Math.round(Math.max(...looks.map((each) => each.mb[key] ?? 0)))]),
  );
  return { found, lost, why, cpu, mb, behindMs, all, pages };
}

const whole = await run('the day', { ...day, readers: readersPerSecond }, minutes * 60_000);
let gave = whole.why.length > 0 ? `the day itself: ${whole.why.join(', ')}; ${busiest(whole.cpu)}` : 'nothing';
let factor = 1;
while (doubleMinutes > 0 && gave === 'nothing' && factor < 2 ** doublings) {
  factor *= 2;
  const share = (doubleMinutes / minutes) * factor;
  const load = {
    tasks: Math.round(day.tasks * share),
    releases: Math.max(1, Math.round(day.releases * share)),
    readers: readersPerSecond * factor,
  };
  const { why, cpu } = await run(`${factor} times`, load, doubleMinutes * 60_000);
  if (why.length > 0) gave = `at ${factor} times: ${why.join(', ')}; ${busiest(cpu)}`;
}

const counted = once(sink, 'message');
sink.send('count');
const { taken } = (await counted)[0] as Extract<SinkSaid, { taken: number }>;
const twice = taken - due.deliveries;
await following.stop();
await bus.close();
for (const each of [crowd, readers, sink]) each.kill();

const planned = day.tasks / (minutes * 60);
const done = (day.tasks - whole.lost.tasks) / (minutes * 60 + whole.behindMs / 1_000);
report({
  bench: 'day',
  ours: rounded(done),
  peer: rounded(planned),
  ratio: rounded(done / planned),
  unit: 'tasks proven/s',
  peerName: 'the plan',
  minutes,
  scale,
  tasks: day.tasks,
  sites,
  people,
  channels,
  lostTasks: whole.lost.tasks,
  lostDeliveries: whole.lost.deliveries,
  deliveredTwice: twice,
  behindSeconds: rounded(whole.behindMs / 1_000, 1),
  approval_p50_ms: rounded(percentile(whole.all('approvals'), 0.5), 1),
  approval_p99_ms: rounded(whole.found.approval, 1),
  screen_p50_ms: rounded(percentile(whole.all('screens'), 0.5), 1),
  screen_p99_ms: rounded(whole.found.screen, 1),
  page_p50_ms: rounded(percentile(whole.pages, 0.5), 1),
  page_p99_ms: rounded(whole.found.page, 1),
  turnedAway: rounded(whole.found.turnedAway, 4),
  ...Object.fromEntries(Object.entries(whole.cpu).map(([name, share]) => [`cpu_${name}`, rounded(share)])),
  ...Object.fromEntries(Object.entries(whole.mb).map(([name, most]) => [`mb_${name}`, most])),
  heldUpTo: gave === 'nothing' ? factor : factor / 2,
  gave,
});
