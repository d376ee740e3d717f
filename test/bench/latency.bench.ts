// From an upstream item in the log to the task on a live console connection, at 100 items a second, through the services
// as they run in production. The peer is the raw limit: the same item published and read back by a plain follower.
import { connectBus, encodeEntry, followStream } from '@tongsheng/bus';
import { streams, subjects } from '@tongsheng/contracts';
import { publishedItem, service, signIn, startSystem } from '@tongsheng/test/support';
import { endOnSignal, listenTo, percentile, report, rounded, say } from './measure.ts';

const perSecond = 100;
const seconds = 20;
const warmUp = 200;

await using system = await startSystem({
  services: ['registry', 'reposts', 'clock', 'releases', 'oversight', 'gateway'],
  backlog: [],
});
endOnSignal(system);
const bus = await connectBus({ url: system.servers.nats.url, name: 'bench' });
const { cookie } = await signIn(system.consoleUrl, 'editor');

const sent = new Map<string, number>();
const visible = new Map<string, number>();
const readBack = new Map<string, number>();
const all = Promise.withResolvers<void>();
const total = warmUp + perSecond * seconds;

const leaving = new AbortController();
const told = (line: string) => {
  const itemId = /"itemId":"(b\d+)"/.exec(line)?.[1];
  if (!itemId || visible.has(itemId)) return;
  visible.set(itemId, performance.now());
  if (visible.size === total) all.resolve();
};
await listenTo(system.consoleUrl, cookie, { leaving: leaving.signal, onLine: told });

const following = await followStream(bus, {
  stream: streams.journal,
  subject: subjects.events('item'),
  from: (await bus.jsm.streams.info(streams.journal)).state.last_seq + 1,
  onFailure: console.error,
  onMessage: ({ subject }) => void readBack.set(subject.split('.')[3]!, performance.now()),
});

async function put(i: number): Promise<void> {
  const itemId = `b${i}`;
  const at = new Date().toISOString();
  const event = publishedItem('national-policy', itemId, at, { title: `关于第${i}号事项的公告` });
  const { body, headers } = encodeEntry('bench', { id: itemId, at, actor: service }, [event], '');
  sent.set(itemId, performance.now());
  await bus.js.publish(subjects.event('item', 'national-policy', itemId), body, { msgID: itemId, headers });
}

const begun = performance.now();
for (let i = 0; i < total; i++) {
  const due = begun + (i * 1_000) / perSecond;
  const early = due - performance.now();
  if (early > 1) await new Promise((resolve) => setTimeout(resolve, early));
  void put(i);
}
const late = setTimeout(() => all.reject(new Error(`only ${visible.size} of ${total} became visible`)), 30_000);
await all.promise;
clearTimeout(late);
leaving.abort();
await following.stop();
await bus.close();

const measured = [...sent].slice(warmUp);
const times = (arrived: Map<string, number>) => measured.map(([id, at]) => (arrived.get(id) ?? Infinity) - at);
const [ours, peer] = [times(visible), times(readBack)];
say(`${measured.length} items measured`);
const p99 = percentile(ours, 0.99);
const peerP99 = percentile(peer, 0.99);
report({
  bench: 'latency',
  ours: rounded(p99, 1),
  peer: rounded(peerP99, 1),
  ratio: rounded(peerP99 / p99),
  unit: 'ms',
  p50_ms: rounded(percentile(ours, 0.5), 1),
  p99_ms: rounded(p99, 1),
  peer_p50_ms: rounded(percentile(peer, 0.5), 1),
  items_per_s: perSecond,
});
