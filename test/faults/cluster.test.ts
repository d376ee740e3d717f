// Three nats-servers hold every entry three times: what happens to those who decide while one of them dies, is cut off, or all
// stand still. How long it takes is measured by `npx tongsheng bench cluster`.
import { connectBus, ensureStreams, followJournal, type Bus, type Following } from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canCut, clusterServer, startCluster, type Cluster } from '../support/cluster.ts';
import { until } from '../support/index.ts';
import { SteadyLoad } from '../support/steady-load.ts';

describe.skipIf(clusterServer === undefined)('a cluster of three, under 200 decisions a second', () => {
  let cluster: Cluster;
  let bus: Bus;
  let load: SteadyLoad;
  let following: Following;
  const followed: string[] = [];
  const patience = { timeout: 120_000 };

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
    load = new SteadyLoad(bus, 200);
    await load.more(400);
  }, 120_000);
  afterAll(async () => {
    await load?.stop();
    await following?.stop();
    await bus?.nc.close();
    await cluster?.[Symbol.asyncDispose]();
  });

  it('goes on when the one that leads is killed, and takes it back', patience, async () => {
    const leader = await until(() => cluster.leaderOf(bus, streams.journal));
    await cluster.kill(leader);
    await load.more(800);
    expect(await until(() => cluster.leaderOf(bus, streams.journal))).not.toBe(leader);
    cluster.start(leader);
    await load.more(400);
  });

  it.skipIf(!canCut)('goes on when the one that leads is cut off from the others and from us', patience, async () => {
    // Everybody has caught up: two of three are needed, and the third is about to go.
    await until(async () => {
      const { cluster: group } = await bus.jsm.streams.info(streams.journal);
      expect(group?.replicas?.map(({ current }) => current)).toEqual([true, true]);
    });
    const leader = await until(() => cluster.leaderOf(bus, streams.journal));
    cluster.cut(leader);
    await load.more(800);
    cluster.mend(leader);
    await load.more(400);
  });

  it('waits when all stand still, and goes on where it was', patience, async () => {
    await Promise.all([0, 1, 2].map((node) => cluster.kill(node)));
    for (const node of [0, 1, 2]) cluster.start(node);
    await load.more(400);
  });

  it(
    'has lost nothing that it acknowledged, let one of two in, and told its followers everything once',
    patience,
    async () => {
      await load.stop();
      expect(await until(() => load.broken(bus))).toEqual([]);
      await until(() => expect(followed.length).toBe(load.acknowledged.size));
      expect(new Set(followed)).toEqual(new Set(load.acknowledged.keys()));
      const inOrder = [...load.acknowledged].sort(([, one], [, other]) => one - other).map(([id]) => id);
      expect(followed).toEqual(inOrder);
    },
  );
});
