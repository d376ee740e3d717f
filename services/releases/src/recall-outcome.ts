import type { DeliveryEvent } from '@tongsheng/contracts';

export type RecallOutcome = {
  says: 'recall.record_told' | 'recall.record_never_had' | 'recall.record_failed';
  detail: string;
};

/** What the last word of a delivery means for its round; null: it is still under way, or nobody knows yet. */
export function outcomeOf(events: readonly DeliveryEvent[]): RecallOutcome | null {
  // Whom a mail did not reach is said beside what became of it for the others.
  const last = events.findLast(({ type }) => type !== 'delivery.bounced');
  switch (last?.type) {
    case 'delivery.cancelled':
      return { says: 'recall.record_never_had', detail: last.reason };
    case 'delivery.answered': {
      const { outcome, detail, nextAttemptAt, nextProbeAt = null } = last;
      if (outcome === 'confirmed' && nextAttemptAt === null) return { says: 'recall.record_told', detail };
      // A person has it to hand over, and will say so.
      const waits = nextAttemptAt !== null || nextProbeAt !== null || last.assignment !== undefined;
      // Taken, and nobody can be asked what becomes of it: that is all that will ever be known.
      if (outcome === 'accepted_pending') return waits ? null : { says: 'recall.record_told', detail };
      if (waits) return null;
      return { says: last.othersHaveIt ? 'recall.record_told' : 'recall.record_failed', detail };
    }
    case 'delivery.probed': {
      const { finding, detail, nextAttemptAt, nextProbeAt } = last;
      if (finding === 'present') return { says: 'recall.record_told', detail };
      if (nextAttemptAt !== null || nextProbeAt !== null || finding === 'accepted') return null;
      return { says: 'recall.record_failed', detail };
    }
    case 'delivery.resolved':
      if (last.resolution === 'send_again') return null;
      return { says: last.resolution === 'arrived' ? 'recall.record_told' : 'recall.record_failed', detail: last.note };
    case 'delivery.reported':
      return { says: 'recall.record_told', detail: last.note };
    case undefined:
    case 'delivery.requested':
    case 'delivery.noted':
    case 'delivery.prepared':
    case 'delivery.rescheduled':
    case 'delivery.discarded':
    case 'delivery.committed':
    case 'delivery.postponed':
    case 'delivery.attempted':
    case 'delivery.key_expired':
    case 'delivery.halted':
    case 'delivery.redriven':
    case 'delivery.check_asked':
    case 'delivery.warned':
    case 'delivery.bounced':
    case 'delivery.watched':
    case 'delivery.lost':
      return null;
  }
}
