import { z } from 'zod';
import { warningShare } from './repost.ts';
import { releaseId } from './release.ts';
import { channelId, commandHead, duration, hash, html, instant, line, personId, siteId, token } from './words.ts';

export const submissionId = token;
const key = { submissionId, site: siteId };
const said = { by: personId, byName: line };

/** Whom a release is offered to: a site that runs on this system, or an office that answers by the link that it gets. */
export const recipient = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('site'), site: siteId, name: line }),
  z.object({ kind: z.literal('email'), address: z.email(), name: line }),
  /** Called as this channel of ours is, which keeps the address and the secret. */
  z.object({ kind: z.literal('webhook'), channelId, name: line }),
]);
export type Recipient = z.infer<typeof recipient>;

/** Whom an office that is no site of ours speaks for in a negotiation. */
export const outsideSite = '-';

/** Who speaks in a negotiation. */
export const side = z.enum(['offering', 'receiving']);
export type Side = z.infer<typeof side>;

/** What one side wants: another moment, another text, or both. */
const proposal = {
  /** When both publish together; null: as soon as it is signed. */
  slot: instant.nullable(),
  /** A wording that is asked for; null: as it was offered. */
  html: html.nullable(),
  message: z.string().max(2_000),
};

/** A release was offered to the superior site or the portal (报送, 税总发〔2017〕84号 二(五)3). An answer is owed from here. */
const SubmissionOffered = z.object({
  type: z.literal('submission.offered'),
  ...key,
  releaseId,
  contentHash: hash,
  title: line,
  to: recipient,
  ...proposal,
  /** How long the other side has to answer. */
  limit: duration,
  dueAt: instant,
  ...said,
  offeredAt: instant,
});
/** The other side has it and will answer. */
const SubmissionAcknowledged = z.object({
  type: z.literal('submission.acknowledged'),
  ...key,
  ...said,
  acknowledgedAt: instant,
});
/** A side asks for something else. The other one answers. */
const SubmissionCountered = z.object({
  type: z.literal('submission.countered'),
  ...key,
  side,
  ...proposal,
  dueAt: instant,
  ...said,
  counteredAt: instant,
});
/** Both want the same: the slot is agreed, and becomes one linked release on both. */
const SubmissionAgreed = z.object({
  type: z.literal('submission.agreed'),
  ...key,
  side,
  slot: instant.nullable(),
  html: html.nullable(),
  ...said,
  agreedAt: instant,
});
/** The other side does not want it; the reason stays on record. */
const SubmissionDeclined = z.object({
  type: z.literal('submission.declined'),
  ...key,
  reason: line,
  ...said,
  declinedAt: instant,
});
/** Who offered it takes it back. */
const SubmissionWithdrawn = z.object({
  type: z.literal('submission.withdrawn'),
  ...key,
  reason: line,
  ...said,
  withdrawnAt: instant,
});
/** What an agreement became: a linked release on both sites, or a draft of the other site's own; or why it could not. */
const SubmissionArranged = z.object({
  type: z.literal('submission.arranged'),
  ...key,
  linked: z.object({ site: siteId, linkedId: token }).nullable(),
  /** What the other site writes of it, and takes through its own review chain. */
  adoptedAs: z.object({ site: siteId, releaseId }).nullable(),
  /** The text that was agreed. */
  agreedHash: hash.nullable(),
  trouble: z.string().max(500).nullable(),
  arrangedAt: instant,
});
/** What an office outside was written to: the offer or a counter-proposal, that it is agreed, or that it is over. */
export const submissionLetter = z.enum(['proposal', 'agreed', 'withdrawn']);
export type SubmissionLetter = z.infer<typeof submissionLetter>;
/** An office outside was written to, and what became of it. */
const SubmissionTold = z.object({
  type: z.literal('submission.told'),
  ...key,
  letter: submissionLetter,
  turn: z.int().min(1),
  by: z.enum(['email', 'webhook']),
  outcome: z.enum(['confirmed', 'failed', 'unknown']),
  detail: z.string().max(500),
  toldAt: instant,
});
/** A person has the last letter sent again. */
const SubmissionTellingAgain = z.object({
  type: z.literal('submission.telling_again'),
  ...key,
  ...said,
  askedAt: instant,
});
/** Somebody says where the other side published it; it is looked at before it counts. */
const SubmissionClaimed = z.object({
  type: z.literal('submission.claimed'),
  ...key,
  url: z.url(),
  ...said,
  claimedAt: instant,
});
/** Somebody looked where it is said to be, and it is not there, or could not be read. */
const SubmissionUnproven = z.object({
  type: z.literal('submission.unproven'),
  ...key,
  url: z.url(),
  detail: z.string().max(500),
  lookedAt: instant,
});
/** The other side published it: adopted, and counted. */
const SubmissionAdopted = z.object({
  type: z.literal('submission.adopted'),
  ...key,
  url: z.url(),
  adoptedAt: instant,
  /** The page as it was read from outside. */
  snapshot: hash.optional(),
});
/** A share of the time to answer is gone. */
const SubmissionWarned = z.object({
  type: z.literal('submission.warned'),
  ...key,
  share: warningShare,
  fellDueAt: instant,
  warnedAt: instant,
});

export const SubmissionEvent = z.discriminatedUnion('type', [
  SubmissionOffered,
  SubmissionAcknowledged,
  SubmissionCountered,
  SubmissionAgreed,
  SubmissionDeclined,
  SubmissionWithdrawn,
  SubmissionArranged,
  SubmissionTold,
  SubmissionTellingAgain,
  SubmissionClaimed,
  SubmissionUnproven,
  SubmissionAdopted,
  SubmissionWarned,
]);
export type SubmissionEvent = z.infer<typeof SubmissionEvent>;

/** `site` is the one that offers; `actingSite` the one that the speaker works for, checked at the door. */
const command = { ...commandHead, ...key, actingSite: siteId };
/** How many proposals the speaker has seen: of two who answer the same one, the second learns who was first. */
const turn = z.int().min(1).optional();

export const SubmissionCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('submission.offer'),
    ...command,
    releaseId,
    contentHash: hash,
    title: line,
    to: recipient,
    ...proposal,
    limit: duration,
    /** Set by the service. */
    dueAt: instant.optional(),
  }),
  z.strictObject({ type: z.literal('submission.acknowledge'), ...command }),
  z.strictObject({
    type: z.literal('submission.counter'),
    ...command,
    ...proposal,
    turn,
    /** Set by the service. */
    dueAt: instant.optional(),
  }),
  z.strictObject({ type: z.literal('submission.agree'), ...command, turn }),
  z.strictObject({ type: z.literal('submission.decline'), ...command, reason: line, turn }),
  z.strictObject({ type: z.literal('submission.withdraw'), ...command, reason: line }),
  z.strictObject({ type: z.literal('submission.tell_again'), ...command }),
  z.strictObject({ type: z.literal('submission.claim_adopted'), ...command, url: z.url() }),
  /** The rest is said by services alone. */
  z.strictObject({
    type: z.literal('submission.record_arranged'),
    ...command,
    linked: SubmissionArranged.shape.linked,
    adoptedAs: SubmissionArranged.shape.adoptedAs,
    agreedHash: SubmissionArranged.shape.agreedHash,
    trouble: SubmissionArranged.shape.trouble,
  }),
  z.strictObject({
    type: z.literal('submission.record_told'),
    ...command,
    letter: submissionLetter,
    turn: z.int().min(1),
    by: SubmissionTold.shape.by,
    outcome: SubmissionTold.shape.outcome,
    detail: z.string().max(500),
  }),
  z.strictObject({
    type: z.literal('submission.record_unproven'),
    ...command,
    url: z.url(),
    detail: z.string().max(500),
  }),
  z.strictObject({
    type: z.literal('submission.record_adopted'),
    ...command,
    url: z.url(),
    snapshot: hash.optional(),
  }),
  z.strictObject({ type: z.literal('submission.warn'), ...command, share: warningShare, fellDueAt: instant }),
]);
export type SubmissionCommand = z.infer<typeof SubmissionCommand>;
