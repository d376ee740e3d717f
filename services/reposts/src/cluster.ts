import { defineAggregate } from '@tongsheng/bus';
import { ClusterCommand, ClusterEvent, Refusal, type Member } from '@tongsheng/contracts';

type Cluster =
  | { status: 'new' }
  | { status: 'open'; members: Member[]; paired: string[] }
  | { status: 'merged'; into: string };

/** Items that are the same policy, from several sources: one repost settles what is owed for all of them. */
export const cluster = defineAggregate({
  name: 'cluster',
  commands: ClusterCommand,
  events: ClusterEvent,
  siteOf: () => '_',
  idOf: ({ clusterId }) => clusterId,
  opens: ['cluster.open'],
  initial: { status: 'new' } as Cluster,

  decide(command, state): ClusterEvent[] {
    const { clusterId, at } = command;
    if (command.type === 'cluster.open') {
      if (state.status !== 'new') return [];
      return [{ type: 'cluster.opened', clusterId, member: command.member, openedAt: at }];
    }
    if (state.status === 'new') throw new Refusal('cluster_missing', `no cluster ${clusterId}`);
    if (state.status === 'merged') {
      if (command.type === 'cluster.merge' && command.into === state.into) return [];
      throw new Refusal('cluster_merged', `${clusterId} was merged into ${state.into}`, { into: state.into });
    }
    const said =
      command.actor.kind === 'person'
        ? { by: command.actor.id, byName: command.actor.name ?? command.actor.id }
        : { by: null, byName: null };
    switch (command.type) {
      case 'cluster.join': {
        const { member, because } = command;
        if (state.members.some(({ itemId }) => itemId === member.itemId)) return [];
        return [{ type: 'cluster.joined', clusterId, member, because, ...said, joinedAt: at }];
      }
      case 'cluster.split': {
        const { itemId, to, reason } = command;
        if (!state.members.some((each) => each.itemId === itemId)) return [];
        if (state.members.length === 1) throw new Refusal('cluster_alone', `${itemId} is alone in ${clusterId}`);
        return [{ type: 'cluster.split', clusterId, itemId, to, reason, ...said, splitAt: at }];
      }
      case 'cluster.merge': {
        const { into, reason } = command;
        if (into === clusterId) return [];
        return [{ type: 'cluster.merged', clusterId, into, reason, ...said, mergedAt: at }];
      }
      case 'cluster.pair': {
        const { with: other, as, title, because } = command;
        if (state.paired.includes(other)) return [];
        return [{ type: 'cluster.paired', clusterId, with: other, as, title, because, pairedAt: at }];
      }
    }
  },

  evolve(state, event): Cluster {
    switch (event.type) {
      case 'cluster.opened':
        return { status: 'open', members: [event.member], paired: [] };
      case 'cluster.joined':
        return state.status === 'open' ? { ...state, members: [...state.members, event.member] } : state;
      case 'cluster.split':
        return state.status === 'open'
          ? { ...state, members: state.members.filter(({ itemId }) => itemId !== event.itemId) }
          : state;
      case 'cluster.merged':
        return { status: 'merged', into: event.into };
      case 'cluster.paired':
        return state.status === 'open' ? { ...state, paired: [...state.paired, event.with] } : state;
    }
  },
});
