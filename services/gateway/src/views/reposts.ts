import type { Obliged, RepostEvent, RepostRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** The repost tasks as editors see them: what is open, what is closed by when it was closed, and all of one item. */
export const reposts = defineProjection({
  name: 'reposts',
  version: 5,
  follows: ['repost'],
  keyOf: (event: RepostEvent) => `${event.site}/${event.taskId}`,

  apply(row: RepostRow | null, event): RepostRow | null {
    if (event.type === 'repost.queued') return queued(event);
    if (row === null) return null;
    switch (event.type) {
      case 'repost.bound': {
        const { type: _type, taskId: _task, site: _site, ...obliged } = event;
        // Who was let off one item was not let off the other.
        if (row.state === 'exempted')
          return withObligations({ ...row, state: 'queued', exemption: null, exemptedBy: null, returned: null }, [
            obliged,
          ]);
        return withObligations(row, [...row.obligations, obliged]);
      }
      case 'repost.update_due': {
        const { version, contentHash, title, startsAt, dueAt } = event;
        const update = { startsAt, dueAt, fromVersion: row.version };
        const now = { version, contentHash, title, startsAt, dueAt };
        const anew = { claim: null, warned: [], exemption: null, chain: null, reviews: [], returned: null };
        return { ...row, ...now, ...anew, update, state: 'queued' };
      }
      case 'repost.unbound':
        return withObligations(
          { ...row, edit: row.edit?.itemId === event.itemId ? null : row.edit },
          row.obligations.filter(({ itemId }) => itemId !== event.itemId),
        );
      case 'repost.merged':
        return { ...row, state: 'merged', mergedInto: event.into };
      case 'repost.source_changed': {
        const { version, contentHash, title } = event;
        const changed = event.itemId ?? row.obligations[0]!.itemId;
        return withObligations(
          row,
          row.obligations.map((each) => (each.itemId === changed ? { ...each, version, contentHash, title } : each)),
        );
      }
      case 'repost.claimed': {
        const { by, byName, claimedAt: at } = event;
        return { ...row, claim: { by, byName, at } };
      }
      case 'repost.claim_released':
        return { ...row, claim: null };
      case 'repost.edited': {
        const { itemId, basedOn, contentHash, fidelity, byName, editedAt: at } = event;
        return { ...row, edit: { itemId, basedOn, contentHash, fidelity, byName, at } };
      }
      case 'repost.edit_dropped':
        return { ...row, edit: null };
      case 'repost.review_passed': {
        const { chain, steps, role, by, byName, passedAt: at } = event;
        const reviews = [...row.reviews, { steps, role, by, byName, at }];
        return { ...row, chain, reviews, claim: null, voided: null };
      }
      case 'repost.returned': {
        const { reason, byName, returnedAt: at } = event;
        return { ...row, chain: null, reviews: [], claim: null, voided: null, returned: { reason, byName, at } };
      }
      case 'repost.approved':
        return {
          ...row,
          state: 'approved',
          reviews: event.reviews ?? [],
          returned: null,
          approvedBy: event.byName,
          approvedAt: event.approvedAt,
          heldUntil: event.heldUntil ?? null,
          goingOut: { attempts: 0, trouble: null },
          exemption: null,
          voided: null,
        };
      case 'repost.approval_voided': {
        const { because, byName, voidedAt: at } = event;
        const voided = { because, byName, at };
        // Taken back, only the last signature falls.
        const reviews = because === 'undone' ? row.reviews.slice(0, -1) : [];
        const chain = reviews.length > 0 ? row.chain : null;
        const undecided = { claim: null, approvedBy: null, approvedAt: null, heldUntil: null };
        return { ...row, ...undecided, state: 'queued', chain, reviews, voided };
      }
      case 'repost.publication_retried':
        return { ...row, goingOut: { ...row.goingOut, trouble: null } };
      case 'repost.publication_started':
        return { ...row, goingOut: { attempts: event.attempt, trouble: null } };
      case 'repost.publication_failed': {
        const { attempt: attempts, code, detail, nextAttemptAt } = event;
        return { ...row, goingOut: { attempts, trouble: { code, detail, nextAttemptAt } } };
      }
      case 'repost.published':
        return {
          ...row,
          state: 'published',
          url: event.url,
          publishedAt: row.publishedAt ?? event.publishedAt,
          update: null,
        };
      case 'repost.verified':
        return { ...row, state: 'verified', verifiedAt: event.verifiedAt, verificationTrouble: null, drift: null };
      case 'repost.rechecked':
        return { ...row, rechecked: { count: (row.rechecked?.count ?? 0) + 1, at: event.recheckedAt } };
      case 'repost.drifted': {
        const { reason, snapshot, driftedAt: at } = event;
        return { ...row, state: 'published', verificationTrouble: reason, drift: { reason, snapshot, at } };
      }
      case 'repost.verification_failed':
        return { ...row, verificationTrouble: event.reason };
      case 'repost.warned':
        return { ...row, warned: [...row.warned, event.share] };
      case 'repost.exemption_requested': {
        const { reason, by, byName, requestedAt } = event;
        return { ...row, exemption: { reason, by, byName, requestedAt } };
      }
      case 'repost.exemption_refused':
        return { ...row, exemption: null };
      case 'repost.exempted':
        // Let off bringing it up to date, not off what the public has.
        return row.update
          ? { ...row, state: row.verifiedAt ? 'verified' : 'published', update: null, exemption: null }
          : { ...row, state: 'exempted', exemptedBy: event.byName };
    }
  },

  /** `open`: what somebody still has to look at, for the queue, which finds and orders it itself. */
  sets(row): Record<string, number> {
    const { site, obligations, state, dueAt } = row;
    if (state === 'merged') return {};
    const due = Date.parse(dueAt);
    const ofItem = Object.fromEntries(obligations.map(({ itemId }) => [`item:${itemId}`, due]));
    if (state === 'queued') return { ...ofItem, open: due };
    const closedAt = Date.parse(row.approvedAt ?? row.exemption?.requestedAt ?? row.dueAt);
    return { ...ofItem, [`closed:${site}`]: closedAt, 'closed:*': closedAt, ...(row.drift && { open: due }) };
  },
});

function queued(event: Extract<RepostEvent, { type: 'repost.queued' }>): RepostRow {
  const { type: _type, taskId, site, column, clusterId = null, kind, priority, target, ...first } = event;
  return {
    ...first,
    taskId,
    site,
    column,
    clusterId,
    kind,
    priority,
    target,
    obligations: [first],
    state: 'queued',
    update: null,
    mergedInto: null,
    claim: null,
    approvedBy: null,
    approvedAt: null,
    heldUntil: null,
    goingOut: { attempts: 0, trouble: null },
    voided: null,
    chain: null,
    reviews: [],
    returned: null,
    edit: null,
    url: null,
    publishedAt: null,
    verifiedAt: null,
    verificationTrouble: null,
    rechecked: null,
    drift: null,
    warned: [],
    exemption: null,
    exemptedBy: null,
  };
}

/** What is due first leads; of equals, what came first. */
function withObligations(row: RepostRow, obligations: Obliged[]): RepostRow {
  // What is out stays what it is, and an update has a limit of its own.
  if (row.state !== 'queued' && row.state !== 'approved') return { ...row, obligations };
  const lead = obligations.reduce((a, b) => (b.dueAt < a.dueAt ? b : a));
  const { startsAt, dueAt } = row.update ?? lead;
  return { ...row, ...lead, startsAt, dueAt, obligations };
}
