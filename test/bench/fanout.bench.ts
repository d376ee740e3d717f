// One upstream item that 500 sites owe: from the first to the last task on a live console connection. Then as many items
// as make 20,000 tasks, and how many tasks a second go through the whole chain: event, read models, timers, live update; the
// same with a second process of each service but the console's.
// The peer is the raw limit of the log: as many appends of the same events, pipelined by one client.
import { BusClient, connectBus, encodeEntry } from '@tongsheng/bus';
import { subjects, type Policy, type RegistryCommand, type RepostEvent } from '@tongsheng/contracts';
import {
  publishedItem,
  queueing,
  sampleRule,
  sampleSource,
  service,
  signIn,
  startSystem,
} from '@tongsheng/test/support';
import { endOnSignal, listenTo, pipelined, report, rounded, say, timed } from './measure.ts';

const sites = 500;
const singles = 5;
const sustained = 40;

await using system = await startSystem({
  services: ['registry', 'reposts', 'clock', 'oversight', 'gateway'],
  samples: false,
});
endOnSignal(system);
const bus = await connectBus({ url: system.servers.nats.url, name: 'bench' });
const client = new BusClient(bus);
const now = () => new Date().toISOString();
let commands = 0;
const register = (command: object) =>
  client.command('registry', { id: `bench/${++commands}`, at: now(), actor: service, ...command } as RegistryCommand);

const policy: Policy = {
  policyId: 'superior',
  name: '上级税务网站 12 小时',
  basis: '税总发〔2017〕84号 二（五）3',
  publisher: 'superior_tax',
  sources: [],
  columns: [],
  kinds: [],
  levels: [],
  sites: [],
  target: 'site',
  limit: 'PT12H',
  enabled: true,
};
await register({ type: 'policy.register', policy });
await register({ type: 'rule.register', rule: sampleRule('all', []) });
await register({
  type: 'source.register',
  source: sampleSource('chinatax', 'https://chinatax.example/', {
    publisher: { kind: 'tax', region: '000000' },
    paused: true,
  }),
});
await pipelined(sites, 32, (i) =>
  register({
    type: 'site.register',
    site: {
      siteId: `site-${i}`,
      name: `第 ${i} 号税务局网站`,
      level: 'city',
      region: `${11 + Math.floor(i / 99)}${String((i % 99) + 1).padStart(2, '0')}00`,
      speaksFor: [],
      baseUrl: 'https://tax.example',
    },
  }),
);

const { cookie } = await signIn(system.consoleUrl, 'editor');
const seen = new Map<string, { first: number; last: number; tasks: number }>();
const waiting = new Map<string, () => void>();
const leaving = new AbortController();
await listenTo(system.consoleUrl, cookie, {
  leaving: leaving.signal,
  onLine(line) {
    if (!line.includes('"view":"reposts"')) return;
    const itemId = /"itemId":"(b\d+)"/.exec(line)?.[1];
    if (!itemId) return;
    const at = performance.now();
    const known = seen.get(itemId) ?? { first: at, last: at, tasks: 0 };
    seen.set(itemId, { ...known, last: at, tasks: known.tasks + 1 });
    if (known.tasks + 1 === sites) waiting.get(itemId)?.();
  },
});

async function put(i: number): Promise<void> {
  const itemId = `b${i}`;
  const at = now();
  const event = publishedItem('chinatax', itemId, at, { title: `国家税务总局关于第${i}号事项的公告` });
  const { body, headers } = encodeEntry('bench', { id: itemId, at, actor: service }, [event], '');
  await bus.js.publish(subjects.event('item', 'chinatax', itemId), body, { msgID: itemId, headers });
}
const everywhere = (i: number) =>
  new Promise<void>((resolve, reject) => {
    const itemId = `b${i}`;
    const late = setTimeout(() => reject(new Error(`${itemId}: ${seen.get(itemId)?.tasks ?? 0} tasks`)), 60_000);
    waiting.set(itemId, () => {
      clearTimeout(late);
      resolve();
    });
  });

let next = 0;
const spans: number[] = [];
const wholes: number[] = [];
for (let round = 0; round <= singles; round++) {
  const i = next++;
  const done = everywhere(i);
  const begun = performance.now();
  await put(i);
  await done;
  if (round === 0) continue;
  const { first, last } = seen.get(`b${i}`)!;
  spans.push((last - first) / 1_000);
  wholes.push((last - begun) / 1_000);
}
say(`one item to ${sites} sites: first to last ${spans.map((each) => rounded(each)).join(', ')} s`);

/** Tasks a second, from the first item put to the last task on the connection. */
async function sustain(): Promise<number> {
  const all = Array.from({ length: sustained }, () => next++);
  const ms = await timed(async () => {
    const done = all.map(everywhere);
    await Promise.all(all.map(put));
    await Promise.all(done);
  });
  return (sustained * sites) / (ms / 1_000);
}
const rate = await sustain();
// Two of each that works at it; the console's own process stays alone.
const scaled = ['reposts', 'clock', 'oversight'] as const;
for (const name of scaled) await system.startAnother(name, {});
const rateOfTwo = await sustain();
say(
  `${sustained * sites} tasks: ${Math.round(rate)}/s, with a second process of ${scaled.join(', ')} ${Math.round(rateOfTwo)}/s`,
);
leaving.abort();

const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
const rawMs = await timed(() =>
  pipelined(sustained * sites, 256, async (i) => {
    const event: RepostEvent = { type: 'repost.queued', ...facts, taskId: `raw${i}` };
    const { body, headers } = encodeEntry('bench', { id: `raw${i}`, at: now(), actor: service }, [event], '');
    await bus.js.publish(subjects.event('repost', 'raw', `raw${i}`), body, { msgID: `raw${i}`, headers });
  }),
);
await bus.close();

const raw = (sustained * sites) / (rawMs / 1_000);
report({
  bench: 'fanout',
  seconds: rounded(Math.max(...spans)),
  ours: Math.round(rate),
  withSecondProcesses: Math.round(rateOfTwo),
  ratioOfTwo: rounded(rateOfTwo / rate),
  peer: Math.round(raw),
  ratio: rounded(rate / raw),
  unit: 'tasks/s',
  peerName: 'raw appends',
  sites,
  fromItemSeconds: rounded(Math.max(...wholes)),
});
