import { z } from 'zod';
import { publication } from './item.ts';
import { commandHead, duration, hash, instant, itemId, line, personId, siteId, sourceId, token } from './words.ts';

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
  rule: z.object({ ruleId: token, name: line, because: z.string().max(500) }),
  limit: duration,
  /** `stated`: the source gave a time. `first_seen`: it gave none, only a date, or one in the future. */
  basis: z.enum(['stated', 'first_seen']),
  startsAt: instant,
  dueAt: instant,
});
export type Obligation = z.infer<typeof obligation>;

const queued = {
  ...key,
  itemId,
  sourceId,
  sourceName: line,
  link: z.url().nullable(),
  publication,
  firstSeenAt: instant,
  column: line,
  ...version,
  ...obligation.shape,
};

/** A site owes the public this item. The clock runs and nothing stops, loses or resets it. */
const RepostQueued = z.object({ type: z.literal('repost.queued'), ...queued });
/** The source changed the item while the task is open; what was seen before can no longer be approved. */
const RepostSourceChanged = z.object({ type: z.literal('repost.source_changed'), ...key, ...version });
/** An editor decided to repost exactly this version. */
const RepostApproved = z.object({
  type: z.literal('repost.approved'),
  ...key,
  ...version,
  by: personId,
  byName: line,
  approvedAt: instant,
});
/** The page was handed to the public side; not yet proof that anyone can read it. */
const RepostPublished = z.object({
  type: z.literal('repost.published'),
  ...key,
  url: z.url(),
  publicPosition: z.int().min(1),
  publishedAt: instant,
});
/** The page was fetched from outside and matches what was approved. */
const RepostVerified = z.object({
  type: z.literal('repost.verified'),
  ...key,
  url: z.url(),
  evidence: z.object({
    status: z.int(),
    /** SHA-256 of the bytes that the public received. */
    pageHash: hash,
    bytes: z.int(),
    checks: z.array(
      z.object({ name: z.enum(['title', 'text', 'source', 'source_link', 'published_date']), ok: z.boolean() }),
    ),
  }),
  verifiedAt: instant,
});
/** The page was fetched from outside and is missing or differs. Tried again; the task stays published, not verified. */
const RepostVerificationFailed = z.object({
  type: z.literal('repost.verification_failed'),
  ...key,
  reason: z.string().max(500),
  checkedAt: instant,
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
  RepostSourceChanged,
  RepostApproved,
  RepostPublished,
  RepostVerified,
  RepostVerificationFailed,
  RepostWarned,
  ExemptionRequested,
  RepostExempted,
  ExemptionRefused,
]);
export type RepostEvent = z.infer<typeof RepostEvent>;

const command = { ...commandHead, ...key };

export const RepostCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('repost.queue'), ...commandHead, ...queued }),
  z.strictObject({ type: z.literal('repost.follow_source'), ...command, ...version }),
  /** `seenHash` is the content hash of the version the editor had on the screen. */
  z.strictObject({ type: z.literal('repost.approve'), ...command, seenHash: hash }),
  z.strictObject({
    type: z.literal('repost.record_published'),
    ...command,
    url: z.url(),
    publicPosition: z.int().min(1),
  }),
  z.strictObject({
    type: z.literal('repost.record_verified'),
    ...command,
    url: z.url(),
    evidence: RepostVerified.shape.evidence,
  }),
  z.strictObject({ type: z.literal('repost.record_verification_failed'), ...command, reason: z.string().max(500) }),
  z.strictObject({ type: z.literal('repost.warn'), ...command, share: warningShare, fellDueAt: instant }),
  z.strictObject({ type: z.literal('repost.request_exemption'), ...command, reason: line }),
  z.strictObject({ type: z.literal('repost.exempt'), ...command }),
  z.strictObject({ type: z.literal('repost.refuse_exemption'), ...command, reason: line }),
]);
export type RepostCommand = z.infer<typeof RepostCommand>;
