import type { ComplianceOutcome, ComplianceTask, RepostEvent } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** The set that a task is counted in: one figure is one ZCOUNT, and the tasks behind it are the same range. */
export const cell = (site: string, sourceId: string, outcome: ComplianceOutcome) => `${site}|${sourceId}|${outcome}`;

/** Every task with its outcome, scored by when it is due, so that a period is a range. */
export const compliance = defineProjection({
  name: 'compliance',
  version: 1,
  follows: ['repost'],
  keyOf: (event: RepostEvent) => `${event.site}/${event.taskId}`,

  apply(row: ComplianceTask | null, event): ComplianceTask | null {
    switch (event.type) {
      case 'repost.queued': {
        const { taskId, site, sourceId, sourceName, title, startsAt, dueAt } = event;
        return { taskId, site, sourceId, sourceName, title, startsAt, dueAt, publishedAt: null, outcome: 'open' };
      }
      case 'repost.published': {
        const { publishedAt } = event;
        return row && { ...row, publishedAt, outcome: publishedAt <= row.dueAt ? 'on_time' : 'late' };
      }
      case 'repost.exempted':
        return row && { ...row, outcome: 'exempted' };
      case 'repost.source_changed':
        return row && { ...row, title: event.title };
      case 'repost.approved':
      case 'repost.verified':
      case 'repost.verification_failed':
      case 'repost.warned':
      case 'repost.exemption_requested':
      case 'repost.exemption_refused':
        return row;
    }
  },

  sets: ({ site, sourceId, outcome, dueAt }) => ({ [cell(site, sourceId, outcome)]: Date.parse(dueAt) }),
});
