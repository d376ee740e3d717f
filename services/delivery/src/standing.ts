import type { Channel, DeliveryEvent, Holding, RecallMeans, RecallTarget, WhyPerson } from '@tongsheng/contracts';
import type { ChannelKind } from './channels/channel.ts';
import { delivery, type Delivery } from './delivery.ts';
import { after } from './schedule.ts';

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;

/** One delivery of a release to a channel, by its whole past. */
export type PastDelivery = { requested: Requested; state: Delivery; confirmedAt: string | null };

export function pastOf(events: readonly DeliveryEvent[]): PastDelivery | null {
  const [requested] = events;
  if (requested?.type !== 'delivery.requested') return null;
  const state = events.reduce(delivery.evolve, delivery.initial);
  return { requested, state, confirmedAt: state.status === 'confirmed' ? state.confirmedAt : null };
}

/** What one delivery has brought to its channel. */
export function broughtBy(state: Delivery): Holding {
  // Some of those a mail is for have it; the rest is under way.
  if (state.status !== 'new' && state.left.length > 0) return 'has';
  switch (state.status) {
    case 'confirmed':
      return 'has';
    case 'lost':
      return 'gone';
    case 'sending':
    case 'pending':
    case 'unknown':
      return 'may_have';
    case 'waiting':
      return state.doubt ? 'may_have' : 'under_way';
    case 'preparing':
      return 'under_way';
    case 'new':
    case 'failed':
    case 'cancelled':
      return 'never';
  }
}

/** Whether it is sure that nothing of it is in the channel, and nothing will be. */
export const isAbsent = (state: Delivery): boolean => {
  const brought = broughtBy(state);
  return brought === 'never' || brought === 'gone';
};

const order: Holding[] = ['has', 'may_have', 'gone', 'under_way', 'never'];

export type StandingFacts = {
  channelId: string;
  /** As it is registered now; undefined: it is no more. */
  channel: Channel | undefined;
  adapter: ChannelKind | undefined;
  intent: 'amend' | 'recall';
  at: string;
};

/** What a channel has of a release, by its deliveries with the oldest first, and what can be done about it there. */
export function standing(
  past: readonly PastDelivery[],
  { channelId, channel, adapter, intent, at }: StandingFacts,
): RecallTarget {
  const brought = past.map((each) => ({ ...each, holding: broughtBy(each.state) }));
  const best = order.find((holding) => brought.some((each) => each.holding === holding)) ?? 'never';
  // A version that may have come on top of one that is there: nobody knows which it is.
  const newest = brought.findLast(({ holding }) => holding === 'has' || holding === 'may_have');
  const holding = newest?.holding ?? best;
  const shown = newest ?? brought.findLast((each) => each.holding === best);
  const receipt = brought.findLast(({ state }) => state.status !== 'new' && state.receipt !== null)?.state;
  const url = receipt && receipt.status !== 'new' ? (receipt.receipt?.url ?? null) : null;
  const since = brought.find(({ confirmedAt }) => confirmedAt !== null)?.confirmedAt ?? null;
  const kind = past[0]?.requested.channelKind ?? channel?.kind ?? null;
  return {
    targetId: `channel/${channelId}`,
    name: channel?.name ?? past.at(-1)?.requested.channelName ?? channelId,
    channelId,
    channelKind: kind,
    holding,
    has: holding === 'never' ? 0 : (shown?.requested.version ?? 1),
    url,
    ...meansOf({ channel, kind, change: adapter?.[intent], since, at }),
  };
}

function meansOf({
  channel,
  kind,
  change,
  since,
  at,
}: {
  channel: Channel | undefined;
  kind: string | null;
  change: ChannelKind['amend'];
  since: string | null;
  at: string;
}): { means: RecallMeans; why: WhyPerson | null } {
  const person = (why: WhyPerson) => ({ means: 'person' as const, why });
  if (!channel) return person('channel_gone');
  if (channel.kind !== kind) return person('channel_changed');
  if (!change) return person('no_interface');
  if (change.within !== undefined && since !== null && at > after(since, change.within)) return person('too_late');
  return { means: change.by, why: null };
}
