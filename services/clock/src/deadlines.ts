import { warningShares, type RepostEvent, type RoutingEvent, type WarningShare } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** The time of one obligation, in ms since 1970. It does not count while its source has taken the item back. */
type Running = { itemId: string; startsAt: number; dueAt: number; isGone?: boolean };

/**
 * What must be done by some time, and the shares of that time that have been told: a task by the earliest of its
 * obligations, or the routing of an item. `site` and `id` are the tokens of its subject.
 */
export type Deadline = {
  of: 'repost' | 'routing';
  site: string;
  id: string;
  running: Running[];
  /** What the public has is to be brought up to date, or taken down. */
  isOut?: boolean;
  told: WarningShare[];
};

/** When a share of the time of the earliest obligation is gone, in ms since 1970. */
export function momentOf({ running }: Pick<Deadline, 'running'>, share: WarningShare): number {
  const { startsAt, dueAt } = counting(running).reduce((a, b) => (b.dueAt < a.dueAt ? b : a));
  return startsAt + Math.floor(((dueAt - startsAt) * share) / 100);
}

const counting = (running: readonly Running[]) => running.filter(({ isGone }) => !isGone);

/** The next share to tell; null when all were told. */
export const nextShare = ({ told }: Pick<Deadline, 'told'>): WarningShare | null =>
  warningShares.find((share) => !told.includes(share)) ?? null;

/** A share of a deadline's time that is to be told, as the ticker waits for it. */
export type Firing = { key: string; moment: number; deadline: Deadline; share: WarningShare };

/** What is told next of each deadline. */
export const firingsOf = (rows: readonly Deadline[]): Firing[] =>
  rows.flatMap((deadline) => {
    const share = nextShare(deadline);
    if (share === null) return [];
    const { of, site, id } = deadline;
    return [{ key: `${of}/${site}/${id}/${share}`, moment: momentOf(deadline, share), deadline, share }];
  });

/** Of what is unrouted only the end counts. */
const onlyTheEnd = warningShares.filter((share) => share < 100);

/**
 * Every running deadline, in a sorted set by its next moment. It is a read model like any other: when Redis loses it,
 * it is built again from the log, and what fell due meanwhile is the first in the set.
 */
export const deadlines = defineProjection({
  name: 'deadlines',
  version: 3,
  follows: ['repost', 'routing'],
  keyOf: (event: RepostEvent | RoutingEvent) =>
    'site' in event ? `${event.site}/${event.taskId}` : `routing/${event.sourceId}/${event.itemId}`,

  apply(row: Deadline | null, event): Deadline | null {
    switch (event.type) {
      case 'repost.queued': {
        const { site, taskId: id } = event;
        return { of: 'repost', site, id, running: [runningOf(event)], told: [] };
      }
      case 'repost.owed_again': {
        const { site, taskId: id } = event;
        return { of: 'repost', site, id, running: [runningOf(event)], told: [] };
      }
      case 'repost.update_due':
      case 'repost.retract_due': {
        const { site, taskId: id } = event;
        return { of: 'repost', site, id, running: [runningOf(event)], isOut: true, told: [] };
      }
      case 'repost.bound':
        return row && { ...row, running: [...row.running, runningOf(event)] };
      case 'repost.source_withdrawn':
      case 'repost.source_returned': {
        const isGone = event.type === 'repost.source_withdrawn';
        // What is owed because it was withdrawn counts all the same.
        if (!row || row.isOut) return row;
        const { itemId } = event;
        return { ...row, running: row.running.map((each) => (each.itemId === itemId ? { ...each, isGone } : each)) };
      }
      case 'repost.withdrawn': {
        // Nothing runs, but another source may still bind the site.
        const { site, taskId: id } = event;
        return { of: 'repost', site, id, running: [], told: [] };
      }
      case 'repost.unbound':
        return row && { ...row, running: row.running.filter(({ itemId }) => itemId !== event.itemId) };
      case 'repost.warned':
        return row && { ...row, told: [...row.told, event.share] };
      case 'repost.exempted':
        if (row?.isOut) return null;
        return row && { ...row, running: [], told: [] };
      case 'repost.published':
      case 'repost.removed':
      case 'repost.retract_lifted':
      case 'repost.merged':
        return null;
      case 'repost.source_changed':
      case 'repost.claimed':
      case 'repost.claim_released':
      case 'repost.edited':
      case 'repost.edit_dropped':
      case 'repost.review_passed':
      case 'repost.returned':
      case 'repost.approved':
      case 'repost.approval_voided':
      case 'repost.publication_started':
      case 'repost.publication_failed':
      case 'repost.publication_retried':
      case 'repost.verified':
      case 'repost.rechecked':
      case 'repost.pictured':
      case 'repost.drifted':
      case 'repost.verification_failed':
      case 'repost.retract_decided':
      case 'repost.retract_voided':
      case 'repost.removal_started':
      case 'repost.removal_failed':
      case 'repost.removal_retried':
      case 'repost.exemption_requested':
      case 'repost.exemption_refused':
        return row;
      case 'routing.decided': {
        const { sourceId: site, itemId, routeBy, decidedAt } = event;
        if (routeBy === null) return null;
        const running = [runningOf({ itemId, startsAt: decidedAt, dueAt: routeBy })];
        return { of: 'routing', site, id: itemId, running, told: onlyTheEnd };
      }
      case 'routing.assigned':
      case 'routing.overdue':
        return null;
    }
  },

  sets(row): Record<string, number> {
    const share = nextShare(row);
    return share === null || counting(row.running).length === 0 ? {} : { next: momentOf(row, share) };
  },
});

const runningOf = ({ itemId, startsAt, dueAt }: { itemId: string; startsAt: string; dueAt: string }): Running => ({
  itemId,
  startsAt: Date.parse(startsAt),
  dueAt: Date.parse(dueAt),
});
