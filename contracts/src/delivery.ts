import { z } from 'zod';
import { channelId, commandHead, duration, hash, instant, line, personId, siteId, token, urgency } from './words.ts';
import { conversation } from './conversation.ts';
import { textLimit } from './channel.ts';
import { releaseId } from './release.ts';
import { warningShare } from './repost.ts';

export const deliveryId = token;
const key = { deliveryId, site: siteId };

/**
 * What is known of one attempt (research: a timeout after sending is not a failure).
 * - `not_sent`: nothing left the house.
 * - `rejected_permanent`, `rejected_retryable`: the channel said no, for good or for now.
 * - `accepted_pending`: the channel took it; whether it is visible is not known yet.
 * - `confirmed`: the channel's proof is here.
 * - `unknown`: it may or may not have arrived.
 */
export const outcome = z.enum([
  'not_sent',
  'rejected_permanent',
  'rejected_retryable',
  'accepted_pending',
  'confirmed',
  'unknown',
]);
export type Outcome = z.infer<typeof outcome>;

/**
 * Why it did not get through; it decides when, and whether, it is tried again.
 * - `network`: no connection, or it broke. `busy`: the channel is there and unwell.
 * - `rate_limited`, `quota`: we are too fast, or have used up the day; waiting for that costs no budget.
 * - `credential`: only a person can mend it; nothing of this credential is tried until then.
 * - `content`: it is about what is in it, and will be so again.
 */
export const trouble = z.enum(['network', 'busy', 'rate_limited', 'quota', 'credential', 'content']);
export type Trouble = z.infer<typeof trouble>;

/** The channel's own proof. */
export const deliveryReceipt = z.object({
  /** The channel's id or answer line, e.g. an SMTP queue id. */
  remoteId: z.string().max(500),
  url: z.url().nullable(),
  receivedAt: instant,
});
export type DeliveryReceipt = z.infer<typeof deliveryReceipt>;

/**
 * How an unknown outcome is settled (channels.md 1.6, row 3): the same key again, a look at the channel, a person who
 * looks; `assisted`: a person hands it over in the first place.
 */
export const onUnknown = z.enum(['same_key', 'probe', 'person', 'assisted']);
export type OnUnknown = z.infer<typeof onUnknown>;

/** `amend` and `recall` are about what an earlier delivery brought there. */
export const intent = z.enum(['deliver', 'amend', 'recall']);

/** Facts of progress that a channel will need if this process dies: the id of a draft, of an uploaded picture. */
export const deliveryNotes = z.record(z.string().regex(/^\w{1,64}$/), z.string().max(2_000));
export type DeliveryNotes = z.infer<typeof deliveryNotes>;

/** How one delivery is treated, fixed when it is asked for: what its channel can do, and how long it is worth trying. */
export const deliveryPolicy = z.object({
  urgency: urgency.default('routine'),
  /** Waiting between tries may add up to this; waiting for a limit, a breaker or a credential is not counted. */
  budget: duration.default('P3D'),
  /** How long the channel remembers our key. Without it: for ever. */
  keyLifetime: duration.optional(),
  /** Whether the channel can be asked what became of it; the waits before each look, after an unknown outcome and after an acceptance. */
  canProbe: z.boolean().default(false),
  probeAfter: z.array(duration).max(50).optional(),
  pollAfter: z.array(duration).max(50).optional(),
  /** Whether it can be looked at later that it is still there. */
  canWatch: z.boolean().default(false),
});
export type DeliveryPolicy = z.infer<typeof deliveryPolicy>;

/** What orders the versions of one release at a channel; the first has the release's own id and version 1. */
const lineage = { family: releaseId.optional(), version: z.int().min(1).optional() };
const requested = {
  releaseId,
  channelId,
  channelName: line,
  channelKind: z.string(),
  title: line,
  contentHash: hash,
  onUnknown,
  policy: deliveryPolicy.optional(),
  ...lineage,
  intent: intent.optional(),
  /** The delivery that an amendment or a recall is about. */
  original: deliveryId.optional(),
  /** Prepared now and handed over only when told to: a part of a linked release before its T0. */
  awaitsCommit: z.boolean().optional(),
  /** What who gets it is told of why it was corrected or taken back. */
  note: line.optional(),
  /** The linked release that it is part of. */
  linked: z.object({ site: siteId, linkedId: token }).optional(),
  /** An early copy for one person of the press: until when it binds them. Nobody else of the channel gets it. */
  embargo: z.object({ until: instant, name: line, email: z.email() }).optional(),
  /** T0 as it was planned: for what has to be reserved ahead. It is told to go, and never goes by this. */
  goesOutAt: instant.optional(),
};

/** What a person is to hand over, and by when: files of the evidence store, cut to what the platform takes. */
export const assignment = z.object({
  files: z
    .array(
      z.object({
        name: line,
        hash,
        bytes: z.int().min(0),
        mediaType: z.string().max(200),
        /** What of the platform's form it is for, how long it is, and whether it had to be cut for that. */
        field: z.enum(['title', 'summary', 'body', 'html', 'link']).optional(),
        length: z.int().min(0).optional(),
        limit: textLimit.optional(),
        isCut: z.boolean().optional(),
      }),
    )
    .max(60),
  dueAt: instant,
  /** Where it is handed over. */
  address: z.url().optional(),
  /** Pictures and attachments that the platform does not take. */
  leftOut: z.array(line).max(200).optional(),
});
export type Assignment = z.infer<typeof assignment>;

/** The shares of the time to hand something over by hand that people are told of: soon due, and overdue. */
export const assignmentShares = [75, 100] as const;

/**
 * What a look at the channel found. `present`: visible. `accepted`: it has it, not yet visible. `absent`: surely not
 * there, and it will not appear by itself. `refused`: the channel has said no to it for good. `unsure`: it can't tell.
 */
export const finding = z.enum(['present', 'accepted', 'absent', 'refused', 'unsure']);
export type Finding = z.infer<typeof finding>;

/**
 * What a mail server said of one of those a mail was for: it took it, may take it later, or will not. `status`: RFC 3463
 * (`4.2.1`), or its reply code where it says none; empty where it took it.
 */
export const recipientAnswer = z.object({
  address: z.string().min(3).max(320),
  outcome: z.enum(['accepted', 'deferred', 'refused']),
  status: z.string().max(20),
  detail: z.string().max(500),
});
export type RecipientAnswer = z.infer<typeof recipientAnswer>;

/** A release shall reach this channel. */
const DeliveryRequested = z.object({
  type: z.literal('delivery.requested'),
  ...key,
  ...requested,
  requestedAt: instant,
});
/** A fact of progress, written down before the step that builds on it. Attempt 0 is the preparation. */
const DeliveryNoted = z.object({
  type: z.literal('delivery.noted'),
  ...key,
  attempt: z.int().min(0),
  notes: deliveryNotes,
  notedAt: instant,
});
/** The channel was made ready, or could not be: draft, uploads, credentials, quota. */
const DeliveryPrepared = z.object({
  type: z.literal('delivery.prepared'),
  ...key,
  ready: z.boolean(),
  trouble: trouble.nullable(),
  detail: z.string().max(2000),
  preparedAt: instant,
  /** When it is tried to be made ready again; null when it is, or never will be. */
  nextPrepareAt: instant.nullable(),
});
/** Its T0 moved, to where other slots of the channel's quota count: it is made ready anew, on top of what is there. */
const DeliveryRescheduled = z.object({
  type: z.literal('delivery.rescheduled'),
  ...key,
  goesOutAt: instant,
  rescheduledAt: instant,
});
/** It may be handed over from here on. */
const DeliveryCommitted = z.object({ type: z.literal('delivery.committed'), ...key, committedAt: instant });
/** It will not be handed over: taken back before anything was. */
const DeliveryCancelled = z.object({
  type: z.literal('delivery.cancelled'),
  ...key,
  reason: line,
  cancelledAt: instant,
});
/** What had been made ready at the channel for what was cancelled was taken away there, or could not be. */
const DeliveryDiscarded = z.object({
  type: z.literal('delivery.discarded'),
  ...key,
  done: z.boolean(),
  detail: z.string().max(2000),
  discardedAt: instant,
  /** When it is tried again; null when it is done, or a person has to do it. */
  nextDiscardAt: instant.nullable(),
});
/** It waits for a slot of the channel's quota, which is reserved for it. */
const DeliveryPostponed = z.object({
  type: z.literal('delivery.postponed'),
  ...key,
  because: z.enum(['quota']),
  notBefore: instant,
  postponedAt: instant,
});
/** An attempt begins. Written before the call, so that a crash can't hide it. */
const DeliveryAttempted = z.object({
  type: z.literal('delivery.attempted'),
  ...key,
  attempt: z.int().min(1),
  /** The running process that makes the call: while it lives, nobody else may say how the attempt ended. */
  instance: token,
  startedAt: instant,
  /** Of a mail that others have by now: those whom it is still to reach, and nobody else. */
  to: z.array(z.string().min(3).max(320)).min(1).max(100).optional(),
});
/** An attempt ended, and what is known of it. */
const DeliveryAnswered = z.object({
  type: z.literal('delivery.answered'),
  ...key,
  attempt: z.int().min(1),
  outcome,
  detail: z.string().max(2000),
  receipt: deliveryReceipt.nullable(),
  answeredAt: instant,
  /** When it will be tried again by itself; null when it won't. */
  nextAttemptAt: instant.nullable(),
  trouble: trouble.optional(),
  /** This attempt, or one before it, may have arrived although nobody knows. */
  doubtful: z.boolean().optional(),
  /** How much of its budget it has used by now, in milliseconds. */
  spentMs: z.int().min(0).optional(),
  /** When the channel will be asked what became of it. */
  nextProbeAt: instant.nullable().optional(),
  /** When it will be looked at again that it is still there. */
  nextWatchAt: instant.nullable().optional(),
  assignment: assignment.optional(),
  /** Its process ended before it could say: this tells nothing of the channel. */
  orphaned: z.boolean().optional(),
  /** What was said to the channel and by it. */
  conversation: conversation.optional(),
  /** Of a mail to several: what was said of each. With `nextAttemptAt` the deferred ones are tried again, and only those. */
  recipients: z.array(recipientAnswer).max(100).optional(),
  /** An earlier attempt reached others: whatever this one says is about the rest. */
  othersHaveIt: z.boolean().optional(),
});
/** It may have arrived, and the channel has forgotten our key by now: sending it again could show twice. */
const DeliveryKeyExpired = z.object({
  type: z.literal('delivery.key_expired'),
  ...key,
  expiredAt: instant,
  nextProbeAt: instant.nullable(),
});
/** The channel was asked, or told us by itself, what became of it. */
const DeliveryProbed = z.object({
  type: z.literal('delivery.probed'),
  ...key,
  attempt: z.int().min(1),
  by: z.enum(['poll', 'callback']),
  finding,
  detail: z.string().max(2000),
  receipt: deliveryReceipt.nullable(),
  probedAt: instant,
  nextProbeAt: instant.nullable(),
  nextAttemptAt: instant.nullable(),
  nextWatchAt: instant.nullable(),
  spentMs: z.int().min(0),
  conversation: conversation.optional(),
});
/** Corrected or withdrawn since: nothing of it is sent any more, and what became of it is still found out. */
const DeliveryHalted = z.object({
  type: z.literal('delivery.halted'),
  ...key,
  reason: line,
  haltedAt: instant,
  nextProbeAt: instant.nullable(),
});
/** A person looked and settled an unknown outcome. `absent`: it is not there, and is not to be sent. */
const DeliveryResolved = z.object({
  type: z.literal('delivery.resolved'),
  ...key,
  resolution: z.enum(['arrived', 'send_again', 'absent']),
  note: line,
  by: personId,
  byName: line,
  resolvedAt: instant,
  url: z.url().optional(),
  nextWatchAt: instant.nullable().optional(),
});
/** A person handed it over and brought back where it is. */
const DeliveryReported = z.object({
  type: z.literal('delivery.reported'),
  ...key,
  url: z.url(),
  visibleAt: instant,
  /** The screenshot, in the evidence store. */
  screenshot: hash.nullable(),
  note: z.string().max(500),
  by: personId,
  byName: line,
  reportedAt: instant,
  nextWatchAt: instant.nullable(),
});
/** Whom a mail did not reach although the server took it for others, or for them too at first (RFC 3464). */
export const bounced = z.object({
  address: z.string().min(3).max(320),
  /** RFC 3463: `5.1.1`; of a server that says none, its reply code. */
  status: z.string().max(20),
  detail: z.string().max(500),
});
export type Bounced = z.infer<typeof bounced>;

/** A mail server says, at once or later, whom it could not reach. Those whom it reached have the mail all the same. */
const DeliveryBounced = z.object({
  type: z.literal('delivery.bounced'),
  ...key,
  recipients: z.array(bounced).min(1).max(100),
  bouncedAt: instant,
});
/** Most of the time that a person has to hand it over is gone, or all of it. */
const DeliveryWarned = z.object({
  type: z.literal('delivery.warned'),
  ...key,
  attempt: z.int().min(1),
  share: warningShare,
  startsAt: instant,
  dueAt: instant,
  warnedAt: instant,
});
/** A person has what failed tried again, with a fresh budget. */
const DeliveryRedriven = z.object({
  type: z.literal('delivery.redriven'),
  ...key,
  reason: line,
  by: personId,
  byName: line,
  redrivenAt: instant,
});
/** A person has the channel asked now what became of it, before its turn. */
const DeliveryCheckAsked = z.object({
  type: z.literal('delivery.check_asked'),
  ...key,
  by: personId,
  byName: line,
  askedAt: instant,
});
/** Somebody looked, and it is still there, or could not be told. */
const DeliveryWatched = z.object({
  type: z.literal('delivery.watched'),
  ...key,
  look: z.int().min(1),
  found: z.enum(['present', 'unsure']),
  detail: z.string().max(2000),
  watchedAt: instant,
  nextWatchAt: instant.nullable(),
});
/** It was there and is no more: deleted, or taken down by the platform. */
const DeliveryLost = z.object({
  type: z.literal('delivery.lost'),
  ...key,
  because: z.enum(['gone', 'banned']),
  detail: z.string().max(2000),
  lostAt: instant,
  conversation: conversation.optional(),
});

export const DeliveryEvent = z.discriminatedUnion('type', [
  DeliveryRequested,
  DeliveryNoted,
  DeliveryPrepared,
  DeliveryRescheduled,
  DeliveryCommitted,
  DeliveryCancelled,
  DeliveryDiscarded,
  DeliveryPostponed,
  DeliveryAttempted,
  DeliveryAnswered,
  DeliveryKeyExpired,
  DeliveryProbed,
  DeliveryHalted,
  DeliveryResolved,
  DeliveryReported,
  DeliveryWarned,
  DeliveryBounced,
  DeliveryRedriven,
  DeliveryCheckAsked,
  DeliveryWatched,
  DeliveryLost,
]);
export type DeliveryEvent = z.infer<typeof DeliveryEvent>;

const command = { ...commandHead, ...key };

/** The channel's own wish to be left alone, from `Retry-After`, in seconds. */
const retryAfterSeconds = z.int().min(0).max(2_678_400).nullable();

export const DeliveryCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('delivery.request'), ...command, ...requested }),
  z.strictObject({
    type: z.literal('delivery.note'),
    ...command,
    attempt: z.int().min(0),
    notes: deliveryNotes,
  }),
  z.strictObject({
    type: z.literal('delivery.record_prepared'),
    ...command,
    ready: z.boolean(),
    trouble: trouble.nullable(),
    detail: z.string().max(2000),
  }),
  z.strictObject({ type: z.literal('delivery.reschedule'), ...command, goesOutAt: instant }),
  z.strictObject({ type: z.literal('delivery.commit'), ...command }),
  z.strictObject({ type: z.literal('delivery.cancel'), ...command, reason: line }),
  z.strictObject({ type: z.literal('delivery.halt'), ...command, reason: line }),
  z.strictObject({
    type: z.literal('delivery.record_discarded'),
    ...command,
    done: z.boolean(),
    detail: z.string().max(2000),
  }),
  z.strictObject({
    type: z.literal('delivery.postpone'),
    ...command,
    because: z.enum(['quota']),
    notBefore: instant,
  }),
  z.strictObject({ type: z.literal('delivery.attempt'), ...command, instance: token }),
  z.strictObject({
    type: z.literal('delivery.answer'),
    ...command,
    attempt: z.int().min(1),
    outcome,
    detail: z.string().max(2000),
    receipt: deliveryReceipt.nullable(),
    retryAfterSeconds,
    trouble: trouble.optional(),
    assignment: assignment.optional(),
    orphaned: z.boolean().optional(),
    conversation: conversation.optional(),
    recipients: z.array(recipientAnswer).max(100).optional(),
  }),
  z.strictObject({
    type: z.literal('delivery.record_probe'),
    ...command,
    attempt: z.int().min(1),
    by: z.enum(['poll', 'callback']),
    finding,
    detail: z.string().max(2000),
    receipt: deliveryReceipt.nullable(),
    retryAfterSeconds,
    conversation: conversation.optional(),
  }),
  z.strictObject({
    type: z.literal('delivery.record_watch'),
    ...command,
    look: z.int().min(1),
    found: z.enum(['present', 'gone', 'banned', 'unsure']),
    detail: z.string().max(2000),
    conversation: conversation.optional(),
  }),
  z.strictObject({
    type: z.literal('delivery.resolve'),
    ...command,
    resolution: z.enum(['arrived', 'send_again', 'absent']),
    note: line,
    /** Where it was found. */
    url: z.url().optional(),
  }),
  z.strictObject({
    type: z.literal('delivery.report'),
    ...command,
    url: z.url(),
    visibleAt: instant,
    screenshot: hash.nullable(),
    note: z.string().max(500),
  }),
  z.strictObject({
    type: z.literal('delivery.record_bounce'),
    ...command,
    recipients: z.array(bounced).min(1).max(100),
  }),
  z.strictObject({ type: z.literal('delivery.warn'), ...command, share: warningShare }),
  z.strictObject({ type: z.literal('delivery.redrive'), ...command, reason: line }),
  z.strictObject({ type: z.literal('delivery.check'), ...command }),
]);
export type DeliveryCommand = z.infer<typeof DeliveryCommand>;
