import { z } from 'zod';
import { warningShare } from './repost.ts';
import { releaseId } from './release.ts';
import { commandHead, duration, hash, html, instant, line, personId, siteId, token } from './words.ts';

export const submissionId = token;
const key = { submissionId, site: siteId };
const said = { by: personId, byName: line };

/** Whom a release is offered to: a site that runs on this system, or an office that answers by mail. */
export const recipient = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('site'), site: siteId, name: line }),
  z.object({ kind: z.literal('email'), address: z.email(), name: line }),
]);
export type Recipient = z.infer<typeof recipient>;

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
/** The other side published it: adopted, and counted. */
const SubmissionAdopted = z.object({
  type: z.literal('submission.adopted'),
  ...key,
  url: z.url(),
  adoptedAt: instant,
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
  SubmissionAdopted,
  SubmissionWarned,
]);
export type SubmissionEvent = z.infer<typeof SubmissionEvent>;

/** `site` is the one that offers; `actingSite` the one that the speaker works for, checked at the door. */
const command = { ...commandHead, ...key, actingSite: siteId };

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
    /** Set by the service. */
    dueAt: instant.optional(),
  }),
  z.strictObject({ type: z.literal('submission.agree'), ...command }),
  z.strictObject({ type: z.literal('submission.decline'), ...command, reason: line }),
  z.strictObject({ type: z.literal('submission.withdraw'), ...command, reason: line }),
  z.strictObject({ type: z.literal('submission.record_adopted'), ...command, url: z.url() }),
  z.strictObject({ type: z.literal('submission.warn'), ...command, share: warningShare, fellDueAt: instant }),
]);
export type SubmissionCommand = z.infer<typeof SubmissionCommand>;
