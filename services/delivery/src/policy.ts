import type { DeliveryPolicy, ReleaseKind, Urgency } from '@tongsheng/contracts';
import type { ChannelKind } from './channels/channel.ts';
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
