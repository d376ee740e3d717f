import type { DeliveryPolicy, OnUnknown, ReleaseKind, Urgency } from '@tongsheng/contracts';
import type { Change, ChannelKind } from './channels/channel.ts';
import { budgetOf } from './schedule.ts';

/** A rebuttal has lanes of its own; a response is waited for by name. */
const urgencies: Record<ReleaseKind, Urgency> = {
  rebuttal: 'rebuttal',
  response: 'urgent',
  press: 'routine',
  policy: 'routine',
  interpretation: 'routine',
  notice: 'routine',
};

/** How a delivery is treated from its first attempt to its last: by what its channel can do and by what it says. */
export function policyOf({ keyLifetime, probe, watch }: ChannelKind, kind: ReleaseKind): DeliveryPolicy {
  const urgency = urgencies[kind];
  return {
    urgency,
    budget: budgetOf(urgency),
    canProbe: probe !== undefined,
    canWatch: watch !== undefined,
    ...(keyLifetime !== undefined && { keyLifetime }),
    ...(probe?.afterUnknown && { probeAfter: probe.afterUnknown }),
    ...(probe?.whilePending && { pollAfter: probe.whilePending }),
  };
}

/**
 * The same for what corrects or takes back. What is changed or deleted by its name may be said twice; a notice may not,
 * unless the receiver knows it by its key. Whether a deletion worked is looked at from outside, not asked here.
 */
export function changePolicyOf(
  adapter: ChannelKind | undefined,
  intent: 'amend' | 'recall',
  change: Pick<Change<never>, 'by'> | undefined,
  kind: ReleaseKind,
): { onUnknown: OnUnknown; policy: DeliveryPolicy } {
  if (!adapter || !change) {
    const urgency = urgencies[kind];
    const policy = { urgency, budget: budgetOf(urgency), canProbe: false, canWatch: false };
    return { onUnknown: 'person', policy };
  }
  const policy = policyOf(adapter, kind);
  if (change.by === 'edit' || change.by === 'delete') {
    const { keyLifetime: _forgets, probeAfter: _unasked, pollAfter: _unpolled, ...rest } = policy;
    return {
      onUnknown: 'same_key',
      policy: { ...rest, canProbe: false, canWatch: intent === 'amend' && rest.canWatch },
    };
  }
  const asks = intent === 'amend' && policy.canProbe;
  return { onUnknown: adapter.onUnknown, policy: { ...policy, canProbe: asks, canWatch: asks && policy.canWatch } };
}
