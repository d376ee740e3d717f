import { defineAggregate } from '@tongsheng/bus';
import { ClusterKeyCommand, ClusterKeyEvent } from '@tongsheng/contracts';

type Claimed = { clusterId: string; at: string } | null;

/** Whose key it is. The first to claim it has it, so that two items that arrive at the same moment find each other. */
export const clusterKey = defineAggregate({
  name: 'cluster_key',
  commands: ClusterKeyCommand,
  events: ClusterKeyEvent,
  siteOf: () => '_',
  idOf: ({ keyId }) => keyId,
  opens: ['cluster_key.claim'],
  initial: null as Claimed,

  decide({ key, clusterId, from, at }, claimed): ClusterKeyEvent[] {
    const free = claimed === null || from === 'anyone' || claimed.at < from;
    if (!free || claimed?.clusterId === clusterId) return [];
    return [{ type: 'cluster.key_claimed', key, clusterId, claimedAt: at }];
  },

  evolve: (_, { clusterId, claimedAt }): Claimed => ({ clusterId, at: claimedAt }),
});
