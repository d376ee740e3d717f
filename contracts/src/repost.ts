import { z } from 'zod';
import { runningChain, signature } from './chain.ts';
import { textEdit } from './edit.ts';
import { absence, itemKind, publication } from './item.ts';
import { driftFacts, pageEvidence, pictureTaken } from './outside.ts';
import { priority, target } from './policy.ts';
import {
  commandHead,
  duration,
  hash,
  html,
  instant,
  itemId,
  line,
  personId,
  role,
  siteId,
  sourceId,
  token,
} from './words.ts';

export const taskId = token;
const key = { taskId, site: siteId };

/** Shares of the time at which the clock warns, in percent; 100 is the limit itself. */
export const warningShares = [50, 75, 90, 100] as const;
export const warningShare = z.union([z.literal(50), z.literal(75), z.literal(90), z.literal(100)]);
export type WarningShare = z.infer<typeof warningShare>;

/** Which version of the source's item this is about. */
const version = { version: z.int().min(1), contentHash: hash, title: line };

/** Why this site must repost this item, and until when. */
export const obligation = z.object({
  rule: z.object({ ruleId: token, name: line, because: z.string().max(1_000) }),
  /** The obligation policy that binds the site; null where a rule or a person named it. */
  policy: z.object({ policyId: token, name: line, basis: line }).nullable().default(null),
  limit: duration,
  /** `stated`: the source gave a time. `first_seen`: it gave none, only a date, or one in the future. */
  basis: z.enum(['stated', 'first_seen']),
  startsAt: instant,
  dueAt: instant,
});
export type Obligation = z.infer<typeof obligation>;

/** One item that the site owes, with what it owes it for. */
export const obliged = z.object({
  itemId,
  sourceId,
  sourceName: line,
  link: z.url().nullable(),
  publication,
  firstSeenAt: instant,
  /** 文号, as it was when this was bound; absent in what was written before it was told. */
  documentNumber: z.string().max(100).nullable().optional(),
  ...version,
  ...obligation.shape,
});
export type Obliged = z.infer<typeof obliged>;

const queued = {
  ...key,
  ...obliged.shape,
  column: line,
  /** The items that are the same policy; absent in what was written before there were clusters. */
  clusterId: token.optional(),
  kind: itemKind.default('news'),
  priority: priority.default('normal'),
  target: target.default('site'),
};

/** A site owes the public this item. The clock runs and nothing stops, loses or resets it. */
const RepostQueued = z.object({ type: z.literal('repost.queued'), ...queued });
/** Another source carries the same policy: one repost settles this obligation too, and the earliest limit counts. */
const RepostBound = z.object({ type: z.literal('repost.bound'), ...key, ...obliged.shape });
/** The item turned out to be another policy; it has a task of its own, with the limit it always had. */
const RepostUnbound = z.object({ type: z.literal('repost.unbound'), ...key, itemId, unboundAt: instant });
/** Its obligations moved to another task, which is the same policy. */
const RepostMerged = z.object({ type: z.literal('repost.merged'), ...key, into: taskId, mergedAt: instant });
/** The source changed the item while the task is open; what was seen before can no longer be approved. */
const RepostSourceChanged = z.object({
  type: z.literal('repost.source_changed'),
  ...key,
  itemId: itemId.optional(),
  ...version,
});
/** How long what is out may stay behind its source. */
const update = { limit: duration, startsAt: instant, dueAt: instant };
/** The source changed what the public has of it: the task is open again, with a limit of its own. */
const RepostUpdateDue = z.object({
  type: z.literal('repost.update_due'),
  ...key,
  itemId,
  ...version,
  ...update,
});
/** An editor took it in hand. No lock: anybody may decide, and others see who is at it. */
const RepostClaimed = z.object({
  type: z.literal('repost.claimed'),
  ...key,
  by: personId,
  byName: line,
  claimedAt: instant,
});
/** It is nobody's again. */
const RepostClaimReleased = z.object({
  type: z.literal('repost.claim_released'),
  ...key,
  by: personId,
  byName: line,
  releasedAt: instant,
});
/** Our own text of an item, made from one version of it. Title, dates and source are not ours to alter. */
const RepostEdited = z.object({
  type: z.literal('repost.edited'),
  ...key,
  itemId,
  ...textEdit.shape,
  html,
  by: personId,
  byName: line,
  editedAt: instant,
});
/** The source's text is reposted as it is. */
const RepostEditDropped = z.object({
  type: z.literal('repost.edit_dropped'),
  ...key,
  itemId,
  by: personId,
  byName: line,
  droppedAt: instant,
});
/** One act of the review chain was done for exactly this text, and others follow. */
const RepostReviewPassed = z.object({
  type: z.literal('repost.review_passed'),
  ...key,
  itemId,
  ...version,
  /** Of our own text, where that is what was seen. */
  edit: hash.optional(),
  /** As it was when the first act was done. */
  chain: runningChain,
  steps: signature.shape.steps,
  role: signature.shape.role,
  by: personId,
  byName: line,
  passedAt: instant,
});
/** A later act sent it back to the first one; nobody's signature stands. */
const RepostReturned = z.object({
  type: z.literal('repost.returned'),
  ...key,
  reason: line,
  by: personId,
  byName: line,
  returnedAt: instant,
});
/** The last act of the chain: exactly this version is reposted. */
const RepostApproved = z.object({
  type: z.literal('repost.approved'),
  ...key,
  /** Whose text is reposted, of the items that are the same policy. */
  itemId: itemId.optional(),
  ...version,
  /** Of our own text, where that is what was seen. */
  edit: hash.optional(),
  /** Who signed what, this one last; absent in what was written before there were chains. */
  reviews: z.array(signature).optional(),
  by: personId,
  byName: line,
  approvedAt: instant,
  /** Until then it can be taken back. */
  heldUntil: instant.optional(),
});
/** Taken back by a person; or what was seen is no longer what would be published: the source or we changed it, or it is another task's, or withdrawn. */
export const voidedBecause = z.enum(['undone', 'source_changed', 'edited', 'unbound', 'source_withdrawn']);
/**
 * The approval no longer stands, or the signatures on the way to it, and nothing has left the house. Taken back, only the
 * last signature falls; in all other cases all of them.
 */
const RepostApprovalVoided = z.object({
  type: z.literal('repost.approval_voided'),
  ...key,
  because: voidedBecause,
  by: personId.nullable(),
  byName: line.nullable(),
  voidedAt: instant,
});
/** An attempt to publish begins. Written before the call, so that a crash can't hide it; from here on nothing can be taken back. */
const RepostPublicationStarted = z.object({
  type: z.literal('repost.publication_started'),
  ...key,
  attempt: z.int().min(1),
  startedAt: instant,
});
/** An attempt did not publish, or nobody knows. */
const RepostPublicationFailed = z.object({
  type: z.literal('repost.publication_failed'),
  ...key,
  attempt: z.int().min(1),
  code: z.string().max(64),
  detail: z.string().max(1_000),
  /** Null: not tried again by itself; a person must mend something first. */
  nextAttemptAt: instant.nullable(),
  failedAt: instant,
});
/** A person mended what was wrong; it is tried again at once. */
const RepostPublicationRetried = z.object({
  type: z.literal('repost.publication_retried'),
  ...key,
  by: personId,
  byName: line,
  retriedAt: instant,
});
/** The page was handed to the public side; not yet proof that anyone can read it. */
const RepostPublished = z.object({
  type: z.literal('repost.published'),
  ...key,
  url: z.url(),
  /** In the PUBLIC stream; null where another system publishes the site. */
  publicPosition: z.int().min(1).nullable(),
  /** The name of the page in that other system. */
  remoteId: z.string().max(500).optional(),
  publishedAt: instant,
});
/** The page was fetched from outside and matches what was approved. */
const RepostVerified = z.object({
  type: z.literal('repost.verified'),
  ...key,
  url: z.url(),
  evidence: pageEvidence,
  verifiedAt: instant,
});
/** The page was still there and still right when it was looked at again. */
const RepostRechecked = z.object({
  type: z.literal('repost.rechecked'),
  ...key,
  url: z.url(),
  evidence: pageEvidence,
  recheckedAt: instant,
});
/**
 * The public had it, and now it is missing or differs: a silent edit, a broken link, tampering. The task is open again
 * until it is verified anew.
 */
const RepostDrifted = z.object({
  type: z.literal('repost.drifted'),
  ...key,
  reason: z.string().max(500),
  /** What was found; null where nothing was. */
  snapshot: hash.nullable(),
  ...driftFacts,
  driftedAt: instant,
});
/** A browser took a picture of the page after that was found. Nothing waits for it. */
const RepostPictured = z.object({
  type: z.literal('repost.pictured'),
  ...key,
  ...pictureTaken,
  takenAt: instant,
});
/** The page was fetched from outside and is missing or differs. Tried again; the task stays published, not verified. */
const RepostVerificationFailed = z.object({
  type: z.literal('repost.verification_failed'),
  ...key,
  reason: z.string().max(500),
  checkedAt: instant,
});
/** A source took the item back. Of several only this one falls away; what the others bind stays owed. */
const RepostSourceWithdrawn = z.object({
  type: z.literal('repost.source_withdrawn'),
  ...key,
  itemId,
  reason: absence,
  detail: z.string().max(500),
  withdrawnAt: instant,
});
/** A source carries the item again. */
const RepostSourceReturned = z.object({
  type: z.literal('repost.source_returned'),
  ...key,
  itemId,
  returnedAt: instant,
});
/** The task was closed when its source took the item back, and now the source has it again: owed from its return. */
const RepostOwedAgain = z.object({
  type: z.literal('repost.owed_again'),
  ...key,
  itemId,
  ...version,
  ...update,
});
/** The source took back what the public has of it: it is taken down, or kept for a reason that two persons sign. */
const RepostRetractDue = z.object({
  type: z.literal('repost.retract_due'),
  ...key,
  itemId,
  ...version,
  reason: absence,
  ...update,
});
/** The source has it again before anything was taken down: nothing to decide any more. */
const RepostRetractLifted = z.object({
  type: z.literal('repost.retract_lifted'),
  ...key,
  itemId,
  liftedAt: instant,
});
/** An editor decided that it is taken down. */
const RepostRetractDecided = z.object({
  type: z.literal('repost.retract_decided'),
  ...key,
  itemId,
  by: personId,
  byName: line,
  decidedAt: instant,
  /** Until then it can be taken back. */
  heldUntil: instant,
});
/** The decision no longer stands, and nothing was taken down. */
const RepostRetractVoided = z.object({
  type: z.literal('repost.retract_voided'),
  ...key,
  because: z.enum(['undone', 'source_returned']),
  by: personId.nullable(),
  byName: line.nullable(),
  voidedAt: instant,
});
/** An attempt to take it down begins. Written before the call; from here on nothing can be taken back. */
const RepostRemovalStarted = z.object({
  type: z.literal('repost.removal_started'),
  ...key,
  attempt: z.int().min(1),
  startedAt: instant,
});
/** An attempt did not take it down, or nobody knows. */
const RepostRemovalFailed = z.object({
  type: z.literal('repost.removal_failed'),
  ...key,
  attempt: z.int().min(1),
  code: z.string().max(64),
  detail: z.string().max(1_000),
  /** Null: not tried again by itself; a person must mend something first. */
  nextAttemptAt: instant.nullable(),
  failedAt: instant,
});
/** A person mended what was wrong, or saw the page again after it was taken down; it is tried again at once. */
const RepostRemovalRetried = z.object({
  type: z.literal('repost.removal_retried'),
  ...key,
  by: personId,
  byName: line,
  retriedAt: instant,
});
/** The public side was told to take it down; not yet proof that nobody can read it. */
const RepostRemoved = z.object({
  type: z.literal('repost.removed'),
  ...key,
  url: z.url(),
  /** Of the tombstone in the PUBLIC stream; null where another system publishes the site. */
  publicPosition: z.int().min(1).nullable(),
  removedAt: instant,
});
/**
 * Withdrawn upstream, and the public does not have it: it never had it from us, or its absence was proven from outside.
 * No longer owed.
 */
const RepostWithdrawn = z.object({
  type: z.literal('repost.withdrawn'),
  ...key,
  /** Where it was, and the proof; null where it was never out. */
  url: z.url().nullable(),
  evidence: pageEvidence.nullable(),
  withdrawnAt: instant,
});
/** A share of the time is gone; at 100 the limit is exceeded. */
const RepostWarned = z.object({
  type: z.literal('repost.warned'),
  ...key,
  share: warningShare,
  /** When it fell due; `warnedAt` is later when nobody was running at that moment. */
  fellDueAt: instant,
  warnedAt: instant,
});
/** An editor asks not to repost. The clock keeps running until a second person signs. */
const ExemptionRequested = z.object({
  type: z.literal('repost.exemption_requested'),
  ...key,
  reason: line,
  by: personId,
  byName: line,
  requestedAt: instant,
});
/** A second person signed: this site does not owe the item. */
const RepostExempted = z.object({
  type: z.literal('repost.exempted'),
  ...key,
  by: personId,
  byName: line,
  exemptedAt: instant,
});
/** A second person said no: the task is back in the queue with the time it has left. */
const ExemptionRefused = z.object({
  type: z.literal('repost.exemption_refused'),
  ...key,
  by: personId,
  byName: line,
  reason: line,
  refusedAt: instant,
});

export const RepostEvent = z.discriminatedUnion('type', [
  RepostQueued,
  RepostBound,
  RepostUnbound,
  RepostMerged,
  RepostSourceChanged,
  RepostUpdateDue,
  RepostClaimed,
  RepostClaimReleased,
  RepostEdited,
  RepostEditDropped,
  RepostReviewPassed,
  RepostReturned,
  RepostApproved,
  RepostApprovalVoided,
  RepostPublicationStarted,
  RepostPublicationFailed,
  RepostPublicationRetried,
  RepostPublished,
  RepostVerified,
  RepostRechecked,
  RepostDrifted,
  RepostPictured,
  RepostVerificationFailed,
  RepostSourceWithdrawn,
  RepostSourceReturned,
  RepostOwedAgain,
  RepostRetractDue,
  RepostRetractLifted,
  RepostRetractDecided,
  RepostRetractVoided,
  RepostRemovalStarted,
  RepostRemovalFailed,
  RepostRemovalRetried,
  RepostRemoved,
  RepostWithdrawn,
  RepostWarned,
  ExemptionRequested,
  RepostExempted,
  ExemptionRefused,
]);
export type RepostEvent = z.infer<typeof RepostEvent>;

const command = { ...commandHead, ...key };

export const RepostCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('repost.queue'), ...commandHead, ...queued }),
  z.strictObject({ type: z.literal('repost.bind'), ...command, ...obliged.shape }),
  z.strictObject({ type: z.literal('repost.unbind'), ...command, itemId }),
  z.strictObject({ type: z.literal('repost.merge'), ...command, into: taskId }),
  z.strictObject({
    type: z.literal('repost.follow_source'),
    ...command,
    itemId,
    ...version,
    /** Where the page is out already. */
    update: z.object(update),
  }),
  z.strictObject({ type: z.literal('repost.claim'), ...command }),
  z.strictObject({ type: z.literal('repost.release_claim'), ...command }),
  z.strictObject({
    type: z.literal('repost.edit'),
    ...command,
    itemId,
    basedOn: hash,
    html,
    /** The edit that was on the screen, which this one replaces. */
    replaces: hash.nullable().default(null),
    /** Set by the service, which also cleans the text. */
    made: textEdit.omit({ basedOn: true }).optional(),
  }),
  z.strictObject({ type: z.literal('repost.drop_edit'), ...command }),
  /** Does the next act of the chain; the last one approves. `seenHash` is the content hash of what was on the screen. */
  z.strictObject({
    type: z.literal('repost.approve'),
    ...command,
    seenHash: hash,
    /** Set by the gateway: what the person may sign as. */
    roles: z.array(role).default([]),
    /** Set by the service: the chain that the rule book names for it at this moment. */
    chain: runningChain.optional(),
    /** Set by the service: until when it can be taken back. */
    heldUntil: instant.optional(),
  }),
  z.strictObject({
    type: z.literal('repost.return'),
    ...command,
    reason: line,
    /** Set by the gateway, as above. */
    roles: z.array(role).default([]),
  }),
  z.strictObject({ type: z.literal('repost.undo_approval'), ...command }),
  z.strictObject({ type: z.literal('repost.start_publication'), ...command, attempt: z.int().min(1) }),
  z.strictObject({
    type: z.literal('repost.fail_publication'),
    ...command,
    attempt: z.int().min(1),
    code: z.string().max(64),
    detail: z.string().max(1_000),
    nextAttemptAt: instant.nullable(),
  }),
  /** A person who mended what was wrong. */
  z.strictObject({ type: z.literal('repost.retry_publication'), ...command }),
  z.strictObject({
    type: z.literal('repost.record_published'),
    ...command,
    url: z.url(),
    publicPosition: z.int().min(1).nullable(),
    remoteId: z.string().max(500).optional(),
  }),
  z.strictObject({
    type: z.literal('repost.record_verified'),
    ...command,
    url: z.url(),
    evidence: pageEvidence,
  }),
  z.strictObject({
    type: z.literal('repost.record_recheck'),
    ...command,
    url: z.url(),
    evidence: pageEvidence,
  }),
  z.strictObject({
    type: z.literal('repost.record_drift'),
    ...command,
    reason: z.string().max(500),
    snapshot: hash.nullable(),
    ...driftFacts,
  }),
  z.strictObject({ type: z.literal('repost.record_picture'), ...command, ...pictureTaken }),
  z.strictObject({ type: z.literal('repost.record_verification_failed'), ...command, reason: z.string().max(500) }),
  z.strictObject({
    type: z.literal('repost.follow_withdrawal'),
    ...command,
    itemId,
    reason: absence,
    detail: z.string().max(500),
    /** Where it is out. */
    retract: z.object(update),
  }),
  z.strictObject({
    type: z.literal('repost.follow_return'),
    ...command,
    itemId,
    /** Where the task was closed. */
    again: z.object(update),
  }),
  z.strictObject({
    type: z.literal('repost.retract'),
    ...command,
    /** Set by the service: until when it can be taken back. */
    heldUntil: instant.optional(),
  }),
  z.strictObject({ type: z.literal('repost.start_removal'), ...command, attempt: z.int().min(1) }),
  z.strictObject({
    type: z.literal('repost.fail_removal'),
    ...command,
    attempt: z.int().min(1),
    code: z.string().max(64),
    detail: z.string().max(1_000),
    nextAttemptAt: instant.nullable(),
  }),
  z.strictObject({
    type: z.literal('repost.record_removed'),
    ...command,
    url: z.url(),
    publicPosition: z.int().min(1).nullable(),
  }),
  z.strictObject({
    type: z.literal('repost.record_withdrawn'),
    ...command,
    url: z.url(),
    evidence: pageEvidence,
  }),
  z.strictObject({ type: z.literal('repost.warn'), ...command, share: warningShare, fellDueAt: instant }),
  z.strictObject({ type: z.literal('repost.request_exemption'), ...command, reason: line }),
  z.strictObject({ type: z.literal('repost.exempt'), ...command }),
  z.strictObject({ type: z.literal('repost.refuse_exemption'), ...command, reason: line }),
]);
export type RepostCommand = z.infer<typeof RepostCommand>;
