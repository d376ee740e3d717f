import type { InspectionEvent, SiteCheckEvent } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';
import { sharesOf, without, type Appointment } from './appointments.ts';

const minuteMs = 60_000;

/**
 * The moments of inspections: shares of a quarter, as far as they are still to come when the quarter is first heard of, and
 * its end in any case, because the next one begins there; and the probes of a site's check, one after the other.
 */
export const inspectionMoments = defineProjection({
  name: 'inspection-moments',
  version: 1,
  follows: ['inspection', 'site_check'],
  keyOf: (event: InspectionEvent | SiteCheckEvent) =>
    'checkId' in event ? `${event.site}/check/${event.checkId}` : `${event.site}/inspection/${event.inspectionId}`,

  apply(row: Appointment | null, event): Appointment | null {
    switch (event.type) {
      case 'inspection.expected':
        return quarter(event, event.expectedAt);
      case 'inspection.opened':
        // One that nobody had expected, because it was opened first.
        return row ?? quarter(event, event.openedAt);
      case 'inspection.warned':
        return without(row, event.share);
      case 'inspection.published':
        return row && event.stage === 'results' ? { ...row, moments: row.moments.filter(isEnd) } : row;
      case 'inspection.quarter_ended':
        return null;
      case 'inspection.drawn':
      case 'inspection.enlarged':
      case 'inspection.replaced':
      case 'inspection.included':
      case 'inspection.judged':
      case 'inspection.concluded':
      case 'inspection.noticed':
      case 'inspection.interviewed':
      case 'inspection.rechecked':
      case 'inspection.publishing':
        return row;
      case 'site_check.begun': {
        const { site, checkId: id, probes, everyMinutes, begunAt } = event;
        const from = Date.parse(begunAt);
        const moments = Array.from({ length: probes }, (_, n) => ({ tell: n, at: from + n * everyMinutes * minuteMs }));
        return { of: 'site_check', site, id, moments };
      }
      case 'site_check.probe_due':
      case 'site_check.probe_missed':
        return without(row, event.n);
      case 'site_check.ended':
        return null;
      case 'site_check.probed':
      case 'site_check.page_read':
      case 'site_check.links_followed':
      case 'site_check.reposts_looked':
        return row;
    }
  },

  sets: ({ moments }): Record<string, number> => (moments[0] ? { next: moments[0].at } : {}),
});

const isEnd = ({ tell }: Appointment['moments'][number]) => tell === 100;

function quarter(
  { site, inspectionId: id, startsAt, dueAt }: { site: string; inspectionId: string; startsAt: string; dueAt: string },
  knownAt: string,
): Appointment {
  const known = Date.parse(knownAt);
  const moments = sharesOf(startsAt, dueAt).filter((each) => isEnd(each) || each.at > known);
  return { of: 'inspection', site, id, moments };
}
