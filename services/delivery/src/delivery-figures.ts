import { Counter, Histogram, LiveGauge } from '@tongsheng/telemetry';
import type { OpenDelivery } from './open-deliveries.ts';

/** What deliveries tell whoever runs them. */

export const attempts = new Counter({
  name: 'tongsheng_delivery_attempts_total',
  help: 'Attempts to hand a release to a channel, by how they ended',
  labelNames: ['kind', 'urgency', 'outcome'],
});

export const attemptSeconds = new Histogram({
  name: 'tongsheng_delivery_attempt_seconds',
  help: 'From the call of a channel to its answer',
  labelNames: ['kind'],
  buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
});

export const openDeliveries = new LiveGauge({
  name: 'tongsheng_deliveries_open',
  help: 'Deliveries about which something is still to be done',
  labels: ['urgency', 'status'],
});

export const oldest = new LiveGauge({
  name: 'tongsheng_delivery_oldest_due_seconds',
  help: 'For how long the delivery that is due longest in each lane of urgency could have been handed over; 0 when none waits',
  labels: ['urgency'],
});

export const breakers = new LiveGauge({
  name: 'tongsheng_channel_stopped',
  help: '1 while a channel’s breaker, or its login’s, is open',
  labels: ['channel'],
});

const urgencies = ['rebuttal', 'urgent', 'routine'] as const;

export const urgencyOf = ({ requested }: OpenDelivery): string => requested.policy?.urgency ?? 'routine';

/** Open deliveries by urgency and state. */
export function byStatus(
  deliveries: Iterable<OpenDelivery>,
): { labels: { urgency: string; status: string }; value: number }[] {
  const counted = new Map<string, { labels: { urgency: string; status: string }; value: number }>();
  for (const open of deliveries) {
    const labels = { urgency: urgencyOf(open), status: open.state.status };
    const key = `${labels.urgency} ${labels.status}`;
    const sample = counted.get(key) ?? { labels, value: 0 };
    sample.value++;
    counted.set(key, sample);
  }
  return [...counted.values()];
}

/** How long the longest due of each urgency has been due at a moment, in seconds. */
export function longestDue(
  deliveries: Iterable<OpenDelivery>,
  now: number,
): { labels: { urgency: string }; value: number }[] {
  const longest = new Map<string, number>(urgencies.map((urgency) => [urgency, 0]));
  for (const open of deliveries) {
    if (open.state.status !== 'waiting') continue;
    const seconds = (now - Date.parse(open.state.notBefore)) / 1_000;
    if (seconds > longest.get(urgencyOf(open))!) longest.set(urgencyOf(open), seconds);
  }
  return [...longest].map(([urgency, value]) => ({ labels: { urgency }, value }));
}
