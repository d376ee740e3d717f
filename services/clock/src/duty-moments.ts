import { handoverGraceMs, type HandoverEvent, type IncidentEvent, type ShiftRegistered } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';
import { sharesOf, without, type Appointment } from './appointments.ts';

/** What is waited for at the end of a shift: that it is handed over, that it is taken over. */
const [giving, accepting] = [0, 1];

/** The moments of duty: shares of the time to the first report of an incident, and the ends of shifts. */
export const dutyMoments = defineProjection({
  name: 'duty-moments',
  version: 2,
  follows: ['handover', 'incident', 'shift'],
  keyOf: (event: HandoverEvent | IncidentEvent | ShiftRegistered) => {
    if ('incidentId' in event) return `${event.site}/incident/${event.incidentId}`;
    return `${event.site}/handover/${'shiftId' in event ? event.shiftId : event.handoverId}`;
  },

  apply(row: Appointment | null, event): Appointment | null {
    switch (event.type) {
      case 'shift.registered': {
        const { site, shiftId: id, to, cancelled } = event;
        // Once it is handed over it no longer hangs on the roster.
        if (row?.isDone || row?.moments.some(({ tell }) => tell === accepting)) return row;
        if (cancelled) return null;
        return { of: 'handover', site, id, moments: [{ tell: giving, at: Date.parse(to) + handoverGraceMs }] };
      }
      case 'handover.given': {
        const { site, handoverId: id, acceptBy } = event;
        return { of: 'handover', site, id, moments: [{ tell: accepting, at: Date.parse(acceptBy) }] };
      }
      case 'handover.accepted':
      case 'handover.overdue':
      case 'handover.waived': {
        const { site, handoverId: id } = event;
        return { of: 'handover', site, id, moments: [], isDone: true };
      }
      case 'incident.opened': {
        const { site, incidentId: id, openedAt, dueAt } = event;
        return { of: 'incident', site, id, moments: sharesOf(openedAt, dueAt) };
      }
      case 'incident.warned':
        return without(row, event.share);
      case 'incident.reported':
      case 'incident.closed':
        return null;
      case 'incident.noted':
      case 'incident.graded':
      case 'incident.referred':
      case 'incident.answered':
      case 'incident.reopened':
        return row;
    }
  },

  sets: ({ moments }): Record<string, number> => (moments[0] ? { next: moments[0].at } : {}),
});
