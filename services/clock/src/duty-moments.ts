import type { IncidentEvent } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';
import { sharesOf, without, type Appointment } from './appointments.ts';

/** The moments of duty: shares of the time to the first report of an incident. */
export const dutyMoments = defineProjection({
  name: 'duty-moments',
  version: 1,
  follows: ['incident'],
  keyOf: (event: IncidentEvent) => `${event.site}/incident/${event.incidentId}`,

  apply(row: Appointment | null, event): Appointment | null {
    switch (event.type) {
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
