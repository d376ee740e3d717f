import { warningShares, type RepostEvent, type WarningShare } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** A time that the law or a person set, and the shares of it that have been told. */
export type Deadline = { site: string; taskId: string; startsAt: number; dueAt: number; told: WarningShare[] };

/** When a share of the time is gone, in ms since 1970. */
export const momentOf = ({ startsAt, dueAt }: Pick<Deadline, 'startsAt' | 'dueAt'>, share: WarningShare): number =>
  startsAt + Math.floor(((dueAt - startsAt) * share) / 100);

/** The next share to tell; null when all were told. */
export const nextShare = ({ told }: Deadline): WarningShare | null =>
  warningShares.find((share) => !told.includes(share)) ?? null;

/**
 * Every running deadline, in a sorted set by its next moment. It is a read model like any other: when Redis loses it,
 * it is built again from the log, and what fell due meanwhile is the first in the set.
 */
export const deadlines = defineProjection({
  name: 'deadlines',
  version: 1,
  follows: ['repost'],
  keyOf: (event: RepostEvent) => `${event.site}/${event.taskId}`,

  apply(row: Deadline | null, event): Deadline | null {
    switch (event.type) {
      case 'repost.queued': {
        const { site, taskId, startsAt, dueAt } = event;
        return { site, taskId, startsAt: Date.parse(startsAt), dueAt: Date.parse(dueAt), told: [] };
      }
      case 'repost.warned':
        return row && { ...row, told: [...row.told, event.share] };
      case 'repost.published':
      case 'repost.exempted':
        return null;
      case 'repost.source_changed':
      case 'repost.approved':
      case 'repost.verified':
      case 'repost.verification_failed':
      case 'repost.exemption_requested':
      case 'repost.exemption_refused':
        return row;
    }
  },

  sets(row): Record<string, number> {
    const share = nextShare(row);
    return share === null ? {} : { next: momentOf(row, share) };
  },
});
