// From a publication of the national deployment to the task on a live console of the province: two nats-servers joined by a leaf
// node, an exchange on each side, the province's services as they run in production. The peer is the second that is promised.
import { connectBus, followStream, neighbourStreams, publishPublic } from '@tongsheng/bus';
import type { Neighbours, PublicDocument } from '@tongsheng/contracts';
import { freePort } from '@tongsheng/local';
import { sampleRule, sampleSource, signIn, startSystem } from '@tongsheng/test/support';
import { endOnSignal, listenTo, percentile, report, rounded, say } from './measure.ts';

const perSecond = 4;
const seconds = 25;
const warmUp = 60;
const promisedMs = 1_000;
const total = warmUp + perSecond * seconds;

const at = (siteId: string, name: string, level: 'national' | 'province') => ({ siteId, name, level });
const national: Neighbours = {
  us: 'national',
  neighbours: [{ name: 'province', sites: [at('province', '某省税务局', 'province')], told: [] }],
};
const province: Neighbours = {
  us: 'province',
  neighbours: [{ name: 'national', sites: [at('national', '国家税务总局', 'national')], told: ['repost'] }],
};
const port = await freePort();
const password = 'of-the-bench';
await using above = await startSystem({
  services: [],
  samples: false,
  links: { with: national, knocking: { port, passwords: { province: password } } },
});
endOnSignal(above);
await using below = await startSystem({
  services: ['registry', 'ingest', 'reposts', 'clock', 'releases', 'oversight', 'gateway'],
  samples: false,
  links: { with: province, knocksAt: { national: `nats-leaf://province:${password}@127.0.0.1:${port}` } },
});
endOnSignal(below);
const up = await connectBus({ url: above.servers.nats.url, name: 'bench' });
const down = await connectBus({ url: below.servers.nats.url, name: 'bench' });
const admin = await signIn(below.consoleUrl, 'admin');
const copy = neighbourStreams('national').public;
const source = { ...sampleSource('national-policy', 'https://national.example/'), kind: 'public', stream: copy };
for (const command of [
  { type: 'rule.register', rule: sampleRule('all', ['province']) },
  { type: 'source.register', source },
]) {
  const { status, body } = await admin.command(command);
  if (status !== 202) throw new Error(`${command.type}: ${status} ${JSON.stringify(body)}`);
}

const sent = new Map<string, number>();
const brought = new Map<string, number>();
const visible = new Map<string, number>();
const all = Promise.withResolvers<void>();
const leaving = new AbortController();
const { cookie } = await signIn(below.consoleUrl, 'editor');
const told = (line: string) => {
  const id = /"view":"reposts".*关于(b\d+)号事项/.exec(line)?.[1];
  if (!id || visible.has(id)) return;
  visible.set(id, performance.now());
  if (visible.size === total) all.resolve();
};
await listenTo(below.consoleUrl, cookie, { leaving: leaving.signal, onLine: told });
const following = await followStream(down, {
  stream: copy,
  subject: 'from.national.pub.>',
  onFailure: console.error,
  onMessage: ({ subject }) => void brought.set(subject.split('.').at(-1)!, performance.now()),
});

const documentOf = (id: string): PublicDocument => ({
  documentId: id,
  site: 'national',
  siteName: '国家税务总局',
  kind: 'press',
  column: '税收政策',
  title: `关于${id}号事项的公告`,
  summary: '',
  html: `<p>${'自公布之日起施行。'.repeat(100)}</p>`,
  url: `https://national.example/national/press/${id}`,
  source: null,
  verdict: null,
  postedAt: new Date().toISOString(),
  version: 1,
  files: [],
  contentHash: Buffer.from(id).toString('hex').padEnd(64, '0'),
});
const begun = performance.now();
for (let i = 0; i < total; i++) {
  const early = begun + (i * 1_000) / perSecond - performance.now();
  if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
  sent.set(`b${i}`, performance.now());
  void publishPublic(up, documentOf(`b${i}`));
}
const late = setTimeout(() => all.reject(new Error(`only ${visible.size} of ${total} became visible`)), 30_000);
await all.promise;
clearTimeout(late);
leaving.abort();
await following.stop();
await Promise.all([up.close(), down.close()]);

const measured = [...sent].slice(warmUp);
const times = (arrived: Map<string, number>) => measured.map(([id, when]) => (arrived.get(id) ?? Infinity) - when);
const [ours, link] = [times(visible), times(brought)];
const worst = measured.map(([id], i) => ({ id, ms: ours[i]! })).sort((one, other) => other.ms - one.ms);
say(
  `${measured.length} publications measured; the slowest: ${worst
    .slice(0, 8)
    .map(({ id, ms }) => `${id} ${Math.round(ms)} ms`)
    .join(', ')}`,
);
const p99 = percentile(ours, 0.99);
report({
  bench: 'federation',
  ours: rounded(p99, 1),
  peer: promisedMs,
  ratio: rounded(promisedMs / p99),
  unit: 'ms',
  p50_ms: rounded(percentile(ours, 0.5), 1),
  p99_ms: rounded(p99, 1),
  link_p50_ms: rounded(percentile(link, 0.5), 1),
  link_p99_ms: rounded(percentile(link, 0.99), 1),
  publications_per_s: perSecond,
});
