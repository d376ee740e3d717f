import type { ComplianceOutcome, ComplianceTask, DutyKind, Moments, Obliged, RepostEvent } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** The set that an obligation is counted in: one figure is one ZCOUNT, and the tasks behind it are the same range. */
export const cell = (site: string, sourceId: string, outcome: ComplianceOutcome, duty: DutyKind = 'repost') =>
  [site, sourceId, outcome, ...(duty === 'repost' ? [] : [duty])].join('|');

type Counted = Pick<Obliged, 'itemId' | 'sourceId' | 'sourceName' | 'title' | 'startsAt' | 'dueAt'> & {
  outcome: ComplianceOutcome;
  duty: DutyKind;
};
/** A task with all that it owes: one repost settles it, each obligation by its own limit. */
export type Compliance = Pick<ComplianceTask, 'taskId' | 'site' | 'publishedAt'> & {
  counted: Counted[];
  /** When it reached each stage; when it was published stands above. */
  moments: Omit<Moments, 'publishedAt'>;
};

/** Every obligation with its outcome, scored by when it is due, so that a period is a range. */
export const compliance = defineProjection({
  name: 'compliance',
  version: 3,
  follows: ['repost'],
  keyOf: (event: RepostEvent) => `${event.site}/${event.taskId}`,

  apply(row: Compliance | null, event): Compliance | null {
    switch (event.type) {
      case 'repost.queued': {
        const { taskId, site } = event;
        const { publication, firstSeenAt } = event;
        const moments = {
          upstreamAt: publication.at,
          seenAt: firstSeenAt,
          claimedAt: null,
          approvedAt: null,
          verifiedAt: null,
        };
        return { taskId, site, publishedAt: null, counted: [countedOf(event, null)], moments };
      }
      case 'repost.bound':
        return row && { ...row, counted: [...row.counted, countedOf(event, row.publishedAt)] };
      case 'repost.unbound':
        return row && { ...row, counted: row.counted.filter(({ itemId }) => itemId !== event.itemId) };
      case 'repost.published': {
        const { publishedAt } = event;
        // The first time counts; later ones bring it up to date, or put another source's text where one was withdrawn.
        return (
          row && {
            ...row,
            publishedAt: row.publishedAt ?? publishedAt,
            counted: row.counted.map((each) => settled(each, publishedAt)),
          }
        );
      }
      case 'repost.update_due':
      case 'repost.retract_due': {
        const duty = event.type === 'repost.update_due' ? 'update' : 'retract';
        if (!row) return row;
        const of = row.counted.find(({ itemId }) => itemId === event.itemId);
        const { itemId, title, startsAt, dueAt } = event;
        const named = { sourceId: of?.sourceId ?? '', sourceName: of?.sourceName ?? '' };
        const owed: Counted = { itemId, ...named, title, startsAt, dueAt, outcome: 'open', duty };
        // What has to come down need not be brought up to date.
        const before = duty === 'update' ? row.counted : row.counted.filter((each) => !isOpen(each, 'update'));
        return { ...row, counted: [...before, owed] };
      }
      case 'repost.removed':
        return (
          row && {
            ...row,
            counted: row.counted.map((each) => (each.duty === 'retract' ? settled(each, event.removedAt) : each)),
          }
        );
      case 'repost.retract_lifted':
        return row && { ...row, counted: row.counted.filter((each) => !isOpen(each, 'retract')) };
      case 'repost.source_withdrawn': {
        // What was not owed any more before its limit counts nowhere; what was late by then was late.
        const { itemId, withdrawnAt } = event;
        const fallen = (each: Counted): Counted => {
          if (each.itemId !== itemId || !isOpen(each, 'repost')) return each;
          return { ...each, outcome: withdrawnAt <= each.dueAt ? 'withdrawn' : 'late' };
        };
        return row && { ...row, counted: row.counted.map(fallen) };
      }
      case 'repost.source_returned': {
        const again = (each: Counted): Counted =>
          each.itemId === event.itemId && each.outcome === 'withdrawn' ? { ...each, outcome: 'open' } : each;
        return row && { ...row, counted: row.counted.map(again) };
      }
      case 'repost.owed_again': {
        if (!row) return row;
        const { itemId, title, startsAt, dueAt } = event;
        const before = row.counted.find((each) => each.itemId === itemId);
        if (!before) return row;
        const others = row.counted.filter((each) => each.itemId !== itemId || !isOpen(each, 'repost'));
        const owed: Counted = { ...before, title, startsAt, dueAt, outcome: 'open', duty: 'repost' };
        return { ...row, publishedAt: null, counted: [...others, owed] };
      }
      case 'repost.exempted':
        return (
          row && {
            ...row,
            counted: row.counted.map((each) =>
              each.outcome === 'open' ? { ...each, outcome: 'exempted' as const } : each,
            ),
          }
        );
      case 'repost.source_changed': {
        const changed = event.itemId ?? row?.counted[0]?.itemId;
        const { title } = event;
        return (
          row && { ...row, counted: row.counted.map((each) => (each.itemId === changed ? { ...each, title } : each)) }
        );
      }
      case 'repost.merged':
        return null;
      case 'repost.claimed':
        return row && withMoment(row, { claimedAt: row.moments.claimedAt ?? event.claimedAt });
      case 'repost.approved':
        return row && (row.publishedAt ? row : withMoment(row, { approvedAt: event.approvedAt }));
      case 'repost.verified':
        return row && withMoment(row, { verifiedAt: row.moments.verifiedAt ?? event.verifiedAt });
      case 'repost.claim_released':
      case 'repost.edited':
      case 'repost.edit_dropped':
      case 'repost.review_passed':
      case 'repost.returned':
      case 'repost.withdrawn':
      case 'repost.retract_decided':
      case 'repost.retract_voided':
      case 'repost.removal_started':
      case 'repost.removal_failed':
      case 'repost.removal_retried':
      case 'repost.rechecked':
      case 'repost.pictured':
      case 'repost.drifted':
      case 'repost.approval_voided':
      case 'repost.publication_started':
      case 'repost.publication_failed':
      case 'repost.publication_retried':
      case 'repost.verification_failed':
      case 'repost.warned':
      case 'repost.exemption_requested':
      case 'repost.exemption_refused':
        return row;
    }
  },

  sets: ({ site, counted }) =>
    Object.fromEntries(
      counted.map(({ sourceId, outcome, duty, dueAt }) => [cell(site, sourceId, outcome, duty), Date.parse(dueAt)]),
    ),
});

const withMoment = (row: Compliance, moment: Partial<Compliance['moments']>): Compliance => ({
  ...row,
  moments: { ...row.moments, ...moment },
});

function countedOf(
  { itemId, sourceId, sourceName, title, startsAt, dueAt }: Omit<Counted, 'outcome' | 'duty'>,
  publishedAt: string | null,
): Counted {
  const open: Counted = { itemId, sourceId, sourceName, title, startsAt, dueAt, outcome: 'open', duty: 'repost' };
  return publishedAt === null ? open : settled(open, publishedAt);
}

const isOpen = (each: Counted, duty: DutyKind) => each.outcome === 'open' && each.duty === duty;

const settled = (each: Counted, publishedAt: string): Counted =>
  each.outcome === 'open' ? { ...each, outcome: publishedAt <= each.dueAt ? 'on_time' : 'late' } : each;
