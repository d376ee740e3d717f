// Three nats-servers hold every entry three times: what happens to those who decide while the one that leads dies, is cut off or
// stands still. For how long nobody can decide is told, and measured under more load by `npx tongsheng bench cluster`.
import { connectBus, ensureStreams, followJournal, type Bus, type Following } from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canCut, clusterServer, startCluster, type Cluster } from '../support/cluster.ts';
import { until } from '../support/index.ts';
import { SteadyLoad } from '../support/steady-load.ts';

const perSecond = 200;

describe.skipIf(clusterServer === undefined)(`a cluster of three, under ${perSecond} decisions a second`, () => {
  let cluster: Cluster;
  let bus: Bus;
  let load: SteadyLoad;
  let following: Following;
  const followed: string[] = [];

  beforeAll(async () => {
    cluster = await startCluster(clusterServer!);
    bus = await until(() => connectBus({ url: cluster.url, name: 'test' }));
    await until(() => ensureStreams(bus, { replicas: 3, maxBytes: 64 * 2 ** 20 }));
    following = await until(() =>
      followJournal(bus, {
        onEntry: ({ envelope }) => void followed.push(envelope.id),
        onUnreadable: (error) => expect.fail(error.message),
        onFailure: (error) => expect.fail(String(error)),
      }),
    );
    load = new SteadyLoad(bus, perSecond);
    await load.more(perSecond);
  });
  afterAll(async () => {
    await load?.stop();
    await following?.stop();
    await bus?.nc.close();
    await cluster?.[Symbol.asyncDispose]();
  });

  /** The others have all that was decided: two of three are needed, and the third is about to go. */
  const whole = () =>
    until(async () => {
      const { cluster: group } = await bus.jsm.streams.info(streams.journal);
      expect(group?.replicas?.map(({ current }) => current)).toEqual([true, true]);
    });
  async function strike(name: string, fault: (leader: number) => unknown, mend: (leader: number) => void) {
    await whole();
    const leader = await until(() => cluster.leaderOf(bus, streams.journal));
    const begun = performance.now();
    await fault(leader);
    await load.more(2 * perSecond);
    process.stdout.write(`${name}: nobody decided for ${(load.silenceSince(begun) / 1_000).toFixed(1)} s\n`);
    expect(await until(() => cluster.leaderOf(bus, streams.journal))).not.toBe(leader);
    mend(leader);
  }

  it('goes on when the one that leads is killed, and takes it back', async () => {
    await strike('leader killed', cluster.kill, cluster.start);
  });

  it.skipIf(!canCut)('goes on when the one that leads is cut off from the others and from us', async () => {
    await strike('leader cut off', cluster.cut, cluster.mend);
  });

  it('goes on when the one that leads stands still, and tells it so when it wakes', async () => {
    await strike('leader stopped', cluster.freeze, cluster.thaw);
    await whole();
  });

  it('has lost nothing that it acknowledged, let one of two in, and told its followers everything once', async () => {
    await load.stop();
    expect(await until(() => load.broken(bus))).toEqual([]);
    await until(() => expect(followed.length).toBe(load.acknowledged.size));
    const inOrder = [...load.acknowledged].sort(([, one], [, other]) => one - other).map(([id]) => id);
    expect(followed).toEqual(inOrder);
    // Without a gap: what stands in the log is what was acknowledged, place by place.
    expect([...load.acknowledged.values()].sort((one, other) => one - other)).toEqual(inOrder.map((_, i) => i + 1));
  });
});
