// How long nobody can decide when a server of three dies, is cut off, or all stand still; 500 decisions a second meanwhile, and
// the log compared afterwards with what was acknowledged.
import { connectBus, ensureStreams } from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { until } from '@tongsheng/test/support';
import { canCut, clusterServer, startCluster } from '../support/cluster.ts';
import { SteadyLoad } from '../support/steady-load.ts';
import { endOnSignal, median, say } from './measure.ts';

const rounds = Number(process.env['CLUSTER_ROUNDS'] ?? 3);
const perSecond = Number(process.env['CLUSTER_RATE'] ?? 500);
if (!clusterServer) throw new Error('name a nats-server of 2.10.27 or newer with NATS_CLUSTER_SERVER');

await using cluster = await startCluster(clusterServer);
endOnSignal(cluster);
const bus = await until(() => connectBus({ url: cluster.url, name: 'bench' }));
await until(() => ensureStreams(bus, { replicas: 3, maxBytes: 512 * 2 ** 20 }));
const load = new SteadyLoad(bus, perSecond);
await load.more(4 * perSecond);

const whole = () =>
  until(async () => {
    const { cluster: group } = await bus.jsm.streams.info(streams.journal);
    if (group?.replicas?.filter(({ current }) => current).length !== 2) throw new Error('not all have caught up');
  });
const silences: Record<string, number[]> = {};
async function strike(name: string, fault: (leader: number) => Promise<void> | void, mend: (leader: number) => void) {
  await whole();
  const leader = await until(() => cluster.leaderOf(bus, streams.journal));
  const begun = performance.now();
  await fault(leader);
  await load.more(4 * perSecond);
  (silences[name] ??= []).push(load.silenceSince(begun));
  mend(leader);
  await load.more(2 * perSecond);
}
for (let round = 0; round < rounds; round++) {
  await strike('leader killed', cluster.kill, cluster.start);
  if (canCut) await strike('leader cut off', cluster.cut, cluster.mend);
  await strike('leader stopped', cluster.freeze, cluster.thaw);
  await strike(
    'all killed and started',
    async () => {
      await Promise.all([0, 1, 2].map((node) => cluster.kill(node)));
      for (const node of [0, 1, 2]) cluster.start(node);
    },
    () => {},
  );
}
for (const [why, times] of load.troubles) say(`said again ${times} times: ${why}`);
await load.stop();
const broken = await until(() => load.broken(bus));

say(
  `nats-server ${bus.nc.info?.version}, three servers, every entry on each, ${perSecond} decisions a second asked for`,
);
if (!canCut) say('not cut off: that needs root and `ip`');
for (const [name, found] of Object.entries(silences)) {
  const seconds = found.map((ms) => (ms / 1_000).toFixed(1));
  say(`${name}: nobody decided for ${seconds.join(', ')} s; median ${(median(found) / 1_000).toFixed(1)} s`);
}
say(`${load.acknowledged.size} acknowledged; of them lost, doubled or out of place: ${broken.length}`);
for (const each of broken.slice(0, 10)) say(`  ${each}`);
await bus.nc.close();
