import { z } from 'zod';
import { finding } from './delivery.ts';
import { channelId, commandHead, hash, instant, line, siteId, token } from './words.ts';

/** A call of a platform to us, at the door of a channel. */
const key = { callbackId: token, site: siteId };
const channel = { channelId, channelName: line, channelKind: z.string() };

/**
 * Why a call told us nothing: its signature does not hold, it can't be read, or this channel expects none (no secret to
 * check it with).
 */
export const callbackRefusal = z.enum(['wrong_signature', 'unreadable', 'not_expected']);
export type CallbackRefusal = z.infer<typeof callbackRefusal>;

/** What a genuine call told, and what of ours it was about; null where nothing of ours was found. */
const news = z.object({ about: line, deliveryId: token.nullable(), finding, detail: z.string().max(2000) });

/** A genuine call, the first of its kind: what it told was told on before this was written. */
const CallbackHeard = z.object({
  type: z.literal('callback.heard'),
  ...key,
  ...channel,
  news: z.array(news).max(50),
  /** As it came, in the evidence store. */
  body: hash,
  heardAt: instant,
});
/** A call that was not taken. Of those that come for the same reason to the same channel, the first of an hour is kept. */
const CallbackRefused = z.object({
  type: z.literal('callback.refused'),
  ...key,
  ...channel,
  because: callbackRefusal,
  detail: z.string().max(500),
  refusedAt: instant,
});

export const CallbackEvent = z.discriminatedUnion('type', [CallbackHeard, CallbackRefused]);
export type CallbackEvent = z.infer<typeof CallbackEvent>;

const command = { ...commandHead, ...key, ...channel };

export const CallbackCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('callback.hear'), ...command, news: CallbackHeard.shape.news, body: hash }),
  z.strictObject({
    type: z.literal('callback.refuse'),
    ...command,
    because: callbackRefusal,
    detail: z.string().max(500),
  }),
]);
export type CallbackCommand = z.infer<typeof CallbackCommand>;
