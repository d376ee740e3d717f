import type { RepostEvent } from '@tongsheng/contracts';
import { defineProjection, type Projection } from '@tongsheng/projections';
import { DateTime, Duration } from 'luxon';

/** A page that the public must have, or must not have any more, as long as it is looked at. */
export type Watched = {
  taskId: string;
  site: string;
  want: 'present' | 'absent';
  url: string;
  /** Null where another system publishes the site. */
  publicPosition: number | null;
  /** What the looks of the schedule are counted from: it went out, was taken down, or was put right. */
  since: string;
  /** It was seen to be as it must. */
  proven: boolean;
  /** When it was last seen so; null: never since then. */
  seenAt: string | null;
  /** It was proven before and is wrong now. */
  drifted: boolean;
  /** What is being brought up to date or taken down is not looked at until that is done. */
  waits: boolean;
  /** A newer text was approved and takes its place. */
  replaced: boolean;
  /** A browser is to take a picture of what was found then. */
  picture: { of: 'verified' | 'drifted' | 'withdrawn'; at: string } | null;
  /** Position of the entry that this stands at. */
  turn: number;
};

/** When a page has to be looked at, in ms since 1970; null: not now, or never again. */
export function nextLook({ since, proven, seenAt, waits }: Watched, schedule: readonly string[]): number | null {
  if (waits) return null;
  if (!proven) return Date.parse(since);
  const seen = Date.parse(seenAt ?? since);
  return momentsOf(since, schedule).find((moment) => moment > seen) ?? null;
}

const momentsOf = (since: string, schedule: readonly string[]): number[] =>
  schedule.map((each) => DateTime.fromISO(since).plus(Duration.fromISO(each)).toMillis()).sort((a, b) => a - b);

/**
 * Every page that is looked at, in a sorted set by its next look. It is a read model, so that starting costs nothing:
 * when Redis loses it, it is built again from the log. Another schedule is another version.
 */
export const watchedPages = (schedule: readonly string[]): Projection<'repost', Watched> =>
  defineProjection({
    name: 'watched-pages',
    version: versionOf(schedule),
    follows: ['repost'],
    keyOf: (event: RepostEvent) => `${event.site}/${event.taskId}`,
    apply(row: Watched | null, event, { position: turn }): Watched | null {
      const now = watch(row, event);
      if (now === row || now === null) return now;
      // After its last look it is left alone.
      if (!now.waits && !now.picture && nextLook(now, schedule) === null) return null;
      // A picture says nothing about when to look.
      return event.type === 'repost.pictured' ? now : { ...now, turn };
    },
    sets(row): Record<string, number> {
      const next = nextLook(row, schedule);
      return { ...(next !== null && { next }), ...(row.picture && { pictures: Date.parse(row.picture.at) }) };
    },
  });

function watch(row: Watched | null, event: RepostEvent): Watched | null {
  switch (event.type) {
    case 'repost.published': {
      const { taskId, site, url, publicPosition, publishedAt: since } = event;
      return { taskId, site, want: 'present', url, publicPosition, since, ...unproven };
    }
    case 'repost.removed': {
      const { taskId, site, url, publicPosition, removedAt: since } = event;
      return { taskId, site, want: 'absent', url, publicPosition, since, ...unproven };
    }
    case 'repost.verified':
      return row && right(row, 'verified', event.verifiedAt, event.evidence.picture);
    case 'repost.withdrawn':
      if (row?.want !== 'absent') return null;
      return right(row, 'withdrawn', event.withdrawnAt, event.evidence?.picture);
    case 'repost.rechecked':
      return row && { ...row, seenAt: event.recheckedAt };
    case 'repost.drifted':
      return row && { ...row, proven: false, drifted: true, picture: owed('drifted', event.driftedAt, event.picture) };
    case 'repost.pictured':
      return row?.picture?.of === event.of ? { ...row, picture: null } : row;
    case 'repost.update_due':
    case 'repost.retract_due':
    case 'repost.removal_retried':
      return row && { ...row, waits: true };
    case 'repost.approved':
      return row && { ...row, replaced: true };
    case 'repost.approval_voided':
      return row && { ...row, replaced: false };
    case 'repost.exempted':
      return row && { ...row, waits: false };
    case 'repost.retract_lifted':
      return row && { ...row, waits: row.replaced };
    case 'repost.bound':
    case 'repost.owed_again':
      // Owed again: what was taken down may come back.
      return row?.want === 'absent' && row.proven ? null : row;
    case 'repost.merged':
      return null;
    case 'repost.queued':
    case 'repost.unbound':
    case 'repost.source_changed':
    case 'repost.claimed':
    case 'repost.claim_released':
    case 'repost.edited':
    case 'repost.edit_dropped':
    case 'repost.review_passed':
    case 'repost.returned':
    case 'repost.publication_started':
    case 'repost.publication_retried':
    case 'repost.publication_failed':
    case 'repost.verification_failed':
    case 'repost.source_withdrawn':
    case 'repost.source_returned':
    case 'repost.retract_decided':
    case 'repost.retract_voided':
    case 'repost.removal_started':
    case 'repost.removal_failed':
    case 'repost.warned':
    case 'repost.exemption_requested':
    case 'repost.exemption_refused':
      return row;
  }
}

const unproven = { proven: false, seenAt: null, drifted: false, waits: false, replaced: false, picture: null, turn: 0 };

type Of = NonNullable<Watched['picture']>['of'];

const owed = (of: Of, at: string, picture: 'coming' | 'no_browser' | undefined): Watched['picture'] =>
  picture === 'coming' ? { of, at } : null;

/** What was wrong in between is looked at by the whole schedule anew. */
const right = (row: Watched, of: Of, at: string, picture: 'coming' | 'no_browser' | undefined): Watched => ({
  ...row,
  proven: true,
  seenAt: at,
  drifted: false,
  since: row.drifted ? at : row.since,
  picture: owed(of, at, picture),
});

/** The fold's own version, and a number for the schedule below it. */
function versionOf(schedule: readonly string[]): number {
  const fold = 2;
  let sum = 7;
  for (const char of schedule.join()) sum = (sum * 31 + char.codePointAt(0)!) % 1_000_003;
  return fold * 10_000_000 + sum;
}
