import type { DeliveryEvent, DeliveryRow, DeliveryState, Outcome } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** What an outcome makes of a delivery when nothing more will be tried by itself. */
const ended: Record<Outcome, DeliveryState> = {
  not_sent: 'failed',
  rejected_permanent: 'failed',
  rejected_retryable: 'failed',
  accepted_pending: 'pending',
  confirmed: 'confirmed',
  unknown: 'unknown',
};

/** Each delivery from requested to confirmed, with what is known and never more than that. */
export const deliveries = defineProjection({
  name: 'deliveries',
  version: 1,
  follows: ['delivery'],
  keyOf: (event: DeliveryEvent) => `${event.site}/${event.deliveryId}`,

  apply(row: DeliveryRow | null, event): DeliveryRow | null {
    if (event.type === 'delivery.requested') {
      const { deliveryId, site, releaseId, title, channelId, channelName, channelKind, requestedAt } = event;
      const facts = { deliveryId, site, releaseId, title, channelId, channelName, channelKind, requestedAt };
      const nothing = { lastOutcome: null, detail: '', nextAttemptAt: null, confirmedAt: null, receiptId: null };
      return { ...facts, ...nothing, state: 'requested', attempts: 0, updatedAt: requestedAt };
    }
    if (row === null) return null;
    switch (event.type) {
      case 'delivery.attempted':
        return { ...row, state: 'sending', attempts: event.attempt, updatedAt: event.startedAt, nextAttemptAt: null };
      case 'delivery.answered': {
        const { outcome, detail, receipt, answeredAt, nextAttemptAt } = event;
        return {
          ...row,
          state: nextAttemptAt === null ? ended[outcome] : 'waiting',
          lastOutcome: outcome,
          detail,
          nextAttemptAt,
          updatedAt: answeredAt,
          receiptId: receipt?.remoteId ?? row.receiptId,
          confirmedAt: outcome === 'confirmed' ? answeredAt : null,
        };
      }
      case 'delivery.resolved': {
        const { resolution, note, byName, resolvedAt } = event;
        const detail = `${byName}：${note}`;
        if (resolution === 'send_again') return { ...row, state: 'waiting', detail, updatedAt: resolvedAt };
        return { ...row, state: 'confirmed', detail, updatedAt: resolvedAt, confirmedAt: resolvedAt };
      }
    }
  },

  sets: ({ site, releaseId, requestedAt }) => {
    const at = Date.parse(requestedAt);
    return { 'all:*': at, [`all:${site}`]: at, [`release:${releaseId}`]: at };
  },
});
