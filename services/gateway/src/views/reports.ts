import { foldReport, type ReportEvent, type ReportRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** Yearly tables and bulletins, by when their period ends. */
export const reports = defineProjection({
  name: 'reports',
  version: 1,
  follows: ['report'],
  keyOf: (event: ReportEvent) => `${event.site}/${event.reportId}`,
  apply: (row: ReportRow | null, event) => foldReport(row, event),
  sets: ({ site, period }) => ({ 'all:*': Date.parse(period.to), [`all:${site}`]: Date.parse(period.to) }),
});
