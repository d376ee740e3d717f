import { reportReminders, type ReportEvent } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';
import type { Appointment } from './appointments.ts';

const dayMs = 86_400_000;

/** The days before a yearly table has to be public, as far as they are still to come when it is opened; and the end of the last one. */
export const reportMoments = defineProjection({
  name: 'report-moments',
  version: 1,
  follows: ['report'],
  keyOf: (event: ReportEvent) => `${event.site}/report/${event.reportId}`,

  apply(row: Appointment | null, event): Appointment | null {
    switch (event.type) {
      case 'report.opened': {
        const { site, reportId: id, dueAt, openedAt } = event;
        if (dueAt === null) return null;
        const moments = reportReminders
          .map((tell) => ({ tell, at: Date.parse(dueAt) - tell * dayMs }))
          .filter(({ tell, at }) => tell === 0 || at > Date.parse(openedAt));
        return { of: 'report', site, id, moments };
      }
      case 'report.reminded':
        return row && { ...row, moments: row.moments.filter(({ tell }) => tell !== event.days) };
      case 'report.approved':
        return null;
      case 'report.computed':
      case 'report.filled':
      case 'report.submitted':
      case 'report.returned':
      case 'report.published':
      case 'report.amended':
        return row;
    }
  },

  sets: ({ moments }): Record<string, number> => (moments[0] ? { next: moments[0].at } : {}),
});
