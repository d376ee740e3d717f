import type { Entry } from '@tongsheng/bus';
import type { ComplianceOutcome, ComplianceTask, DutyKind, Moments, Obliged, RepostEvent } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';
import { dayOf, defaultZone } from './days.ts';
import { stageBuckets, writeLine, type Line } from './line.ts';

type Owed = Pick<Obliged, 'itemId' | 'sourceId' | 'sourceName' | 'title' | 'startsAt' | 'dueAt'>;
type Counted = Owed & {
  outcome: ComplianceOutcome;
  duty: DutyKind;
  /** When the public had it, or had it no more; null: it never came to that. */
  settledAt: string | null;
  /** Who approved what settled it, or signed its exemption. */
  by: Person | null;
};
type Person = { id: string; name: string };

/** A task with all that it owes: one repost settles it, each obligation by its own limit. */
export type Compliance = Pick<ComplianceTask, 'taskId' | 'site' | 'publishedAt' | 'column' | 'kind' | 'exemption'> & {
  /** Of its first entry in the log, by which it is found again, and of the last that said anything of it. */
  position: number;
  last: number;
  /** Whose approval stands. */
  approvedBy: Person | null;
  counted: Counted[];
  /** When it reached each stage; when it was published stands above. */
  moments: Omit<Moments, 'publishedAt'>;
};

/** The sheet of a site's day; the one of its tasks whose limit falls into it. */
export const sheetOf = (site: string, day: string) => `${site}|${day}`;

/** The set of a site's tasks that the public waits for, by their earliest limit. */
export const openOf = (site: string) => `open|${site}`;

const dayMs = 86_400_000;
/**
 * A closed task is read from the log when it is older; what it counts for stays on its sheets. Few events come later than
 * that, and a national week of rows is a quarter of a gigabyte.
 */
const keptDays = 7;

/** What says nothing of whether and when the public had it: a closed task is not looked up for it. */
const silent: ReadonlySet<RepostEvent['type']> = new Set<RepostEvent['type']>([
  'repost.claim_released',
  'repost.edited',
  'repost.edit_dropped',
  'repost.review_passed',
  'repost.returned',
  'repost.withdrawn',
  'repost.retract_decided',
  'repost.retract_voided',
  'repost.removal_started',
  'repost.removal_failed',
  'repost.removal_retried',
  'repost.rechecked',
  'repost.pictured',
  'repost.drifted',
  'repost.approval_voided',
  'repost.publication_started',
  'repost.publication_failed',
  'repost.publication_retried',
  'repost.verification_failed',
  'repost.warned',
]);

/**
 * Every obligation with its outcome, on the sheet of its site's day in this zone. Rows are held while a task is open and
 * {@link keptDays} days after its limit.
 */
export const complianceIn = (zone: string, name = nameIn(zone)) => {
  const day = dayOf(zone);
  return defineProjection({
    name,
    version: 5,
    follows: ['repost'],
    keyOf: (event: RepostEvent) => (silent.has(event.type) ? null : `${event.site}/${event.taskId}`),
    apply(row: Compliance | null, event: RepostEvent, entry: Entry) {
      const next = apply(row, event, entry);
      return next === row || next === null ? next : { ...next, last: entry.position };
    },
    leaves: { at: leavesAt, begins: (event) => event.type === 'repost.queued' },

    sets({ site, counted }): Record<string, number> {
      const open = counted.filter((each) => isOpen(each, 'repost')).map(({ dueAt }) => Date.parse(dueAt));
      return open.length > 0 ? { [openOf(site)]: Math.min(...open) } : {};
    },

    sheets(row) {
      const sheets: Record<string, Record<string, string>> = {};
      const place = row.position.toString(36);
      for (const [i, each] of row.counted.entries()) {
        const sheet = sheetOf(row.site, day(Date.parse(each.dueAt)));
        (sheets[sheet] ??= {})[i === 0 ? place : `${place}.${i}`] = writeLine(lineOf(row, each));
      }
      return sheets;
    },
  });
};

/** A model of its own for every zone: days are part of what it counts. */
const nameIn = (zone: string) =>
  zone === defaultZone ? 'compliance' : `compliance-${zone.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;

const isClosed = ({ counted }: Compliance) => counted.every(({ outcome }) => outcome !== 'open');

function leavesAt(row: Compliance): number | null {
  if (!isClosed(row)) return null;
  const { counted, moments } = row;
  const ended = counted.flatMap(({ dueAt, settledAt }) => [dueAt, settledAt ?? dueAt]);
  return Math.max(Date.parse(moments.seenAt!), ...ended.map((at) => Date.parse(at))) + keptDays * dayMs;
}

function lineOf(row: Compliance, { outcome, duty, sourceId, startsAt, dueAt, settledAt, by }: Counted): Line {
  const isOut = duty === 'repost' && settledAt !== null;
  return {
    outcome,
    duty,
    kind: row.kind,
    sourceId,
    column: row.column,
    person: by?.id ?? '',
    dueMs: Date.parse(dueAt),
    limitMs: Math.max(0, Date.parse(dueAt) - Date.parse(startsAt)),
    spentMs: settledAt === null ? null : Math.max(0, Date.parse(settledAt) - Date.parse(startsAt)),
    stages: isOut ? stageBuckets({ ...row.moments, publishedAt: row.publishedAt }) : [],
    span: isClosed(row) ? row.last - row.position : 0,
  };
}

function apply(row: Compliance | null, event: RepostEvent, entry: Entry): Compliance | null {
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
      return {
        taskId,
        site,
        position: entry.position,
        last: entry.position,
        column: event.column,
        kind: event.kind,
        publishedAt: null,
        approvedBy: null,
        exemption: null,
        counted: [countedOf(event, null, null)],
        moments,
      };
    }
    case 'repost.bound':
      return row && { ...row, counted: [...row.counted, countedOf(event, row.publishedAt, row.approvedBy)] };
    case 'repost.unbound':
      return row && { ...row, counted: row.counted.filter(({ itemId }) => itemId !== event.itemId) };
    case 'repost.published': {
      const { publishedAt } = event;
      // The first time counts; later ones bring it up to date, or put another source's text where one was withdrawn.
      return (
        row && {
          ...row,
          publishedAt: row.publishedAt ?? publishedAt,
          counted: row.counted.map((each) => settled(each, publishedAt, row.approvedBy)),
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
      const owed: Counted = {
        itemId,
        ...named,
        title,
        startsAt,
        dueAt,
        outcome: 'open',
        duty,
        settledAt: null,
        by: null,
      };
      // What has to come down need not be brought up to date.
      const before = duty === 'update' ? row.counted : row.counted.filter((each) => !isOpen(each, 'update'));
      return { ...row, counted: [...before, owed] };
    }
    case 'repost.removed':
      return (
        row && {
          ...row,
          counted: row.counted.map((each) =>
            each.duty === 'retract' ? settled(each, event.removedAt, row.approvedBy) : each,
          ),
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
      const owed: Counted = {
        ...before,
        title,
        startsAt,
        dueAt,
        outcome: 'open',
        duty: 'repost',
        settledAt: null,
        by: null,
      };
      return { ...row, publishedAt: null, counted: [...others, owed] };
    }
    case 'repost.exemption_requested':
      return row && { ...row, exemption: { reason: event.reason, requestedByName: event.byName } };
    case 'repost.exemption_refused':
      return row && { ...row, exemption: null };
    case 'repost.exempted': {
      const by = { id: event.by, name: event.byName };
      return (
        row && {
          ...row,
          counted: row.counted.map((each) =>
            each.outcome === 'open' ? { ...each, outcome: 'exempted' as const, by } : each,
          ),
        }
      );
    }
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
    case 'repost.approved': {
      const approvedBy = { id: event.by, name: event.byName };
      return row && { ...(row.publishedAt ? row : withMoment(row, { approvedAt: event.approvedAt })), approvedBy };
    }
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
      return row;
  }
}

const withMoment = (row: Compliance, moment: Partial<Compliance['moments']>): Compliance => ({
  ...row,
  moments: { ...row.moments, ...moment },
});

function countedOf(
  { itemId, sourceId, sourceName, title, startsAt, dueAt }: Owed,
  publishedAt: string | null,
  by: Person | null,
): Counted {
  const open: Counted = {
    itemId,
    sourceId,
    sourceName,
    title,
    startsAt,
    dueAt,
    outcome: 'open',
    duty: 'repost',
    settledAt: null,
    by: null,
  };
  return publishedAt === null ? open : settled(open, publishedAt, by);
}

const isOpen = (each: Counted, duty: DutyKind) => each.outcome === 'open' && each.duty === duty;

const settled = (each: Counted, settledAt: string, by: Person | null): Counted =>
  each.outcome === 'open' ? { ...each, outcome: settledAt <= each.dueAt ? 'on_time' : 'late', settledAt, by } : each;
