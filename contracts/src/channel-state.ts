import { z } from 'zod';
import { deliveryId, onUnknown, outcome, trouble } from './delivery.ts';
import { quota } from './channel.ts';
import { conversation } from './conversation.ts';
import { channelId, instant, token } from './words.ts';

/** How the channel and our login at it were found to be, without sending anything that anybody reads. */
export const ChannelHealth = z.object({
  ok: z.boolean(),
  detail: z.string(),
  trouble: trouble.nullable(),
  /** As the platform counts; null where it does not say. */
  quotaLeft: z.int().nullable(),
  /** When the login ends by itself. */
  expiresAt: instant.nullable(),
  checkedAt: instant,
  conversation: conversation.optional(),
});
export type ChannelHealth = z.infer<typeof ChannelHealth>;

/** What stands before the attempts at a channel, as those who push see it now. */
export const ChannelState = z.object({
  channelId,
  /** The login's name in the log; several channels may share it. */
  credentialId: token,
  refused: z.boolean(),
  /** Of the channel itself, and of its login: open after troubles in a row. */
  breakers: z.array(
    z.object({
      of: z.enum(['channel', 'credential']),
      bad: z.int(),
      trips: z.int(),
      openedAt: instant.nullable(),
      openUntil: instant.nullable(),
      /** The channel asked to be left alone until then. */
      restUntil: instant.nullable(),
    }),
  ),
  quotas: z.array(z.object({ ...quota.shape, period: z.string(), used: z.int(), next: instant })),
  /** A bucket of so many that is full again after so many seconds. */
  rate: z.object({ tokens: z.int(), perSeconds: z.number() }).nullable(),
  parallel: z.int(),
  waiting: z.int(),
  sending: z.array(deliveryId),
  onUnknown,
  can: z.object({
    health: z.boolean(),
    probe: z.boolean(),
    watch: z.boolean(),
    amend: z.boolean(),
    recall: z.boolean(),
    test: z.boolean(),
    callback: z.boolean(),
  }),
  /** The last answer to a question after its health; null when nobody asked since those who push were started. */
  health: ChannelHealth.nullable(),
});
export type ChannelState = z.infer<typeof ChannelState>;

export const ChannelStatesQuery = z.strictObject({ channels: z.array(channelId).max(1_000) });
export type ChannelStatesQuery = z.infer<typeof ChannelStatesQuery>;
export const ChannelStates = z.object({ rows: z.array(ChannelState) });

export const ChannelQuestion = z.strictObject({ channelId });
export type ChannelQuestion = z.infer<typeof ChannelQuestion>;

/** A message that says that it is a test, to somebody who expects it. */
export const ChannelTrial = z.strictObject({ channelId, to: z.string().min(1).max(320).nullable() });
export type ChannelTrial = z.infer<typeof ChannelTrial>;
/** `made`: what the test has left there and can be taken away again, by its id there. */
export const ChannelTried = z.object({ outcome, detail: z.string(), made: z.string().nullable() });
export type ChannelTried = z.infer<typeof ChannelTried>;

export const UndoTrial = z.strictObject({ channelId, made: z.string().min(1).max(500) });
export type UndoTrial = z.infer<typeof UndoTrial>;
export const TrialUndone = z.object({ done: z.boolean(), detail: z.string() });
export type TrialUndone = z.infer<typeof TrialUndone>;
