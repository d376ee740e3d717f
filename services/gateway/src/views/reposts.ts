import { closedAtOf, closedKeptDays, type Obliged, type RepostEvent, type RepostRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

/** The repost tasks as editors see them: what is open, what is closed by when it was closed, and all of one item. */
export const reposts = defineProjection({
  name: 'reposts',
  version: 7,
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
        if (row.state === 'withdrawn')
          return withObligations({ ...row, ...undecided, state: 'queued' }, [...row.obligations, obliged]);
        return withObligations(row, [...row.obligations, obliged]);
      }
      case 'repost.update_due': {
        const { version, contentHash, title, startsAt, dueAt } = event;
        const update = { startsAt, dueAt, fromVersion: row.version };
        const now = { version, contentHash, title, startsAt, dueAt };
        const anew = { claim: null, warned: [], exemption: null, chain: null, reviews: [], returned: null };
        return { ...row, ...now, ...anew, update, retractVoided: null, state: 'queued' };
      }
      case 'repost.source_withdrawn': {
        const { itemId, reason, withdrawnAt: at } = event;
        return withObligations({ ...row, gone: [...row.gone, { itemId, reason, at }] }, row.obligations);
      }
      case 'repost.source_returned': {
        const gone = row.gone.filter(({ itemId }) => itemId !== event.itemId);
        return withObligations({ ...row, gone }, row.obligations);
      }
      case 'repost.owed_again': {
        const { itemId, limit, startsAt, dueAt } = event;
        const owed = { limit, startsAt, dueAt };
        const obligations = row.obligations.map((each) => (each.itemId === itemId ? { ...each, ...owed } : each));
        return withObligations({ ...row, ...undecided, state: 'queued' }, obligations);
      }
      case 'repost.retract_due': {
        const { itemId, reason, version, contentHash, title, startsAt, dueAt } = event;
        const now = { version, contentHash, title, startsAt, dueAt };
        const retract = { itemId, reason, startsAt, dueAt };
        const asked = { retract, retractVoided: null, update: null, warned: [], exemption: null };
        // Another source's text that is chosen, or on its way, may take its place.
        if (row.state === 'approved') return { ...row, ...asked };
        const signed = row.state === 'queued' ? {} : { claim: null, chain: null, reviews: [], returned: null };
        return { ...row, ...now, ...signed, ...asked, state: 'queued' };
      }
      case 'repost.retract_lifted': {
        const retractVoided = { because: 'source_returned' as const, byName: null, at: event.liftedAt };
        const lifted = { retract: null, removal: null, exemption: null, retractVoided };
        return row.state === 'approved' ? { ...row, ...lifted } : { ...row, ...lifted, state: shownState(row) };
      }
      case 'repost.retract_decided': {
        const { byName, decidedAt: at, heldUntil } = event;
        const goingOut = { attempts: 0, trouble: null };
        const removal = { byName, at, heldUntil };
        return { ...row, removal, goingOut, retractVoided: null, exemption: null, claim: null, state: 'retracting' };
      }
      case 'repost.retract_voided': {
        const { because, byName, voidedAt: at } = event;
        return { ...row, removal: null, retractVoided: { because, byName, at }, state: 'queued' };
      }
      case 'repost.removal_started':
        return { ...row, goingOut: { attempts: event.attempt, trouble: null } };
      case 'repost.removal_failed': {
        const { attempt: attempts, code, detail, nextAttemptAt } = event;
        return { ...row, goingOut: { attempts, trouble: { code, detail, nextAttemptAt } } };
      }
      case 'repost.removal_retried':
        return { ...row, goingOut: { ...row.goingOut, trouble: null }, state: 'retracting' };
      case 'repost.removed':
        return { ...row, retract: null, verificationTrouble: null, drift: null, state: 'removed' };
      case 'repost.withdrawn': {
        const { evidence, withdrawnAt: at } = event;
        const proof = { status: evidence?.status ?? null, snapshot: evidence?.snapshot ?? null };
        const none = { verificationTrouble: null, drift: null, exemption: null, rechecked: null };
        return { ...row, ...none, withdrawn: { at, ...proof }, state: 'withdrawn' };
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
          retract: null,
        };
      case 'repost.verified':
        return { ...row, state: 'verified', verifiedAt: event.verifiedAt, verificationTrouble: null, drift: null };
      case 'repost.rechecked':
        return { ...row, rechecked: { count: (row.rechecked?.count ?? 0) + 1, at: event.recheckedAt } };
      case 'repost.pictured':
        return row;
      case 'repost.drifted': {
        const { reason, snapshot, driftedAt: at } = event;
        const state = row.state === 'withdrawn' ? 'removed' : 'published';
        return { ...row, state, verificationTrouble: reason, drift: { reason, snapshot, at } };
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
        // Let off bringing it up to date, or taking it down, not off what the public has.
        return row.update || row.retract
          ? { ...row, state: shownState(row), update: null, retract: null, exemption: null }
          : { ...row, state: 'exempted', exemptedBy: event.byName };
    }
  },

  leaves: { at: leavesAt, begins: (event) => event.type === 'repost.queued' },

  /** `open`: what somebody still has to look at, for the queue, which finds and orders it itself. */
  sets(row): Record<string, number> {
    const { site, obligations, state, dueAt } = row;
    if (state === 'merged') return {};
    const due = Date.parse(dueAt);
    const ofItem = Object.fromEntries(obligations.map(({ itemId }) => [`item:${itemId}`, due]));
    if (state === 'queued') return { ...ofItem, open: due };
    const closedAt = closedAtOf(row);
    return { ...ofItem, [`closed:${site}`]: closedAt, 'closed:*': closedAt, ...(row.drift && { open: due }) };
  },
});

const over: ReadonlySet<RepostRow['state']> = new Set<RepostRow['state']>([
  'verified',
  'exempted',
  'withdrawn',
  'merged',
]);

/** Of nothing that anybody still has to look at or is waited for. */
function leavesAt(row: RepostRow): number | null {
  if (!over.has(row.state) || row.drift) return null;
  const { obligations, verifiedAt, publishedAt, withdrawn, exemption } = row;
  const last = [closedAtOf(row), ...obligations.map(({ dueAt }) => Date.parse(dueAt))];
  for (const at of [verifiedAt, publishedAt, withdrawn?.at, exemption?.requestedAt]) if (at) last.push(Date.parse(at));
  return Math.max(...last) + closedKeptDays * 86_400_000;
}

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
    gone: [],
    retract: null,
    removal: null,
    retractVoided: null,
    withdrawn: null,
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

/** What was out, as far as anybody knows. */
const shownState = ({ verifiedAt }: RepostRow) => (verifiedAt ? ('verified' as const) : ('published' as const));

/** Nobody has decided anything about it yet, and the public does not have it. */
const undecided = {
  claim: null,
  approvedBy: null,
  approvedAt: null,
  heldUntil: null,
  goingOut: { attempts: 0, trouble: null },
  voided: null,
  chain: null,
  reviews: [],
  returned: null,
  publishedAt: null,
  verifiedAt: null,
  verificationTrouble: null,
  rechecked: null,
  drift: null,
  warned: [],
  exemption: null,
  update: null,
  retract: null,
  removal: null,
  retractVoided: null,
  withdrawn: null,
} satisfies Partial<RepostRow>;

/** What is due first leads, of what its source still has; of equals, what came first. */
function withObligations(row: RepostRow, obligations: Obliged[]): RepostRow {
  // What is out stays what it is, and an update has a limit of its own.
  if (row.state !== 'queued' && row.state !== 'approved') return { ...row, obligations };
  const binding = obligations.filter(({ itemId }) => !row.gone.some((each) => each.itemId === itemId));
  const lead = (binding.length > 0 ? binding : obligations).reduce((a, b) => (b.dueAt < a.dueAt ? b : a));
  const { startsAt, dueAt } = row.retract ?? row.update ?? lead;
  return { ...row, ...lead, startsAt, dueAt, obligations };
}
