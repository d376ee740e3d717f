import { z } from 'zod';
import { channelId, commandHead, hash, instant, line, personId, siteId, token } from './words.ts';
import { releaseId } from './release.ts';

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

/** The channel's own proof. */
export const deliveryReceipt = z.object({
  /** The channel's id or answer line, e.g. an SMTP queue id. */
  remoteId: z.string().max(500),
  url: z.url().nullable(),
  receivedAt: instant,
});

/** How an unknown outcome is settled: the same key again, or a person who looks (channels.md 1.6, row 3). */
export const onUnknown = z.enum(['same_key', 'person']);

/** A release shall reach this channel. */
const DeliveryRequested = z.object({
  type: z.literal('delivery.requested'),
  ...key,
  releaseId,
  channelId,
  channelName: line,
  channelKind: z.string(),
  title: line,
  contentHash: hash,
  onUnknown,
  requestedAt: instant,
});
/** An attempt begins. Written before the call, so that a crash can't hide it. */
const DeliveryAttempted = z.object({
  type: z.literal('delivery.attempted'),
  ...key,
  attempt: z.int().min(1),
  /** The running process that makes the call: while it lives, nobody else may say how the attempt ended. */
  instance: token,
  startedAt: instant,
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
});
/** A person looked and settled an unknown outcome. */
const DeliveryResolved = z.object({
  type: z.literal('delivery.resolved'),
  ...key,
  resolution: z.enum(['arrived', 'send_again']),
  note: line,
  by: personId,
  byName: line,
  resolvedAt: instant,
});

export const DeliveryEvent = z.discriminatedUnion('type', [
  DeliveryRequested,
  DeliveryAttempted,
  DeliveryAnswered,
  DeliveryResolved,
]);
export type DeliveryEvent = z.infer<typeof DeliveryEvent>;

const command = { ...commandHead, ...key };

export const DeliveryCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('delivery.request'),
    ...command,
    releaseId,
    channelId,
    channelName: line,
    channelKind: z.string(),
    title: line,
    contentHash: hash,
    onUnknown,
  }),
  z.strictObject({ type: z.literal('delivery.attempt'), ...command, instance: token }),
  z.strictObject({
    type: z.literal('delivery.answer'),
    ...command,
    attempt: z.int().min(1),
    outcome,
    detail: z.string().max(2000),
    receipt: deliveryReceipt.nullable(),
    /** The channel's own wish to be left alone, from `Retry-After`, in seconds. */
    retryAfterSeconds: z.int().min(0).max(86_400).nullable(),
  }),
  z.strictObject({
    type: z.literal('delivery.resolve'),
    ...command,
    resolution: z.enum(['arrived', 'send_again']),
    note: line,
  }),
]);
export type DeliveryCommand = z.infer<typeof DeliveryCommand>;
