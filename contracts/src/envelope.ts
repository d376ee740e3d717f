import { z } from 'zod';
import { actor, instant } from './words.ts';

/**
 * What travels around every decision: a CloudEvent 1.0 in NATS binary binding (`ce-*` headers, JSON body).
 * A decision of several events is one CloudEvent of type `decision` whose data lists them.
 */
export const Envelope = z.object({
  /** The id of the command that was carried out; also the message's `Nats-Msg-Id`. */
  id: z.string().min(1).max(200),
  source: z.string(),
  type: z.string(),
  time: instant,
  actor,
  eventVersion: z.int().min(1),
  causationId: z.string().optional(),
  correlationId: z.string().optional(),
  /** SHA-256 of the entry before it of the same aggregate, or empty for the first: a cut or an edit shows. */
  previousHash: z.union([z.literal(''), z.string().length(64)]),
  traceparent: z.string().optional(),
});
export type Envelope = z.infer<typeof Envelope>;

/** A message that a consumer could not handle, kept for an administrator to see and replay. */
export const DeadLetter = z.object({
  /** Sequence in the dead-letter stream. */
  position: z.int().min(1),
  consumer: z.string(),
  /** Subject and sequence of the message in the stream it came from. */
  subject: z.string(),
  eventPosition: z.int().min(0),
  eventId: z.string(),
  eventType: z.string(),
  reason: z.string(),
  tries: z.int(),
  deadAt: instant,
  body: z.string(),
});
export type DeadLetter = z.infer<typeof DeadLetter>;
