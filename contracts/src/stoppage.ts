import { z } from 'zod';
import { channelId, commandHead, instant, line, siteId, urgency } from './words.ts';

const key = { channelId, site: siteId };

const standstill = {
  channelName: line,
  /** Of the most urgent delivery that waits there; and how many wait. */
  urgency,
  waiting: z.int().min(1),
  /** When its breaker opened first since it was well. */
  since: instant,
  /** What it answered last. */
  detail: z.string().max(500),
};

/** A channel gives no good answer for longer than what waits there can bear. */
const StoppageNoticed = z.object({
  type: z.literal('stoppage.noticed'),
  ...key,
  ...standstill,
  noticedAt: instant,
});
/** `well`: it answers again, or a person says that it is well; `idle`: nothing waits there any more; `paused`: people stopped it. */
const StoppageEnded = z.object({
  type: z.literal('stoppage.ended'),
  ...key,
  since: instant,
  because: z.enum(['well', 'idle', 'paused']),
  endedAt: instant,
});

export const StoppageEvent = z.discriminatedUnion('type', [StoppageNoticed, StoppageEnded]);
export type StoppageEvent = z.infer<typeof StoppageEvent>;

const command = { ...commandHead, ...key };

export const StoppageCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('stoppage.notice'), ...command, ...standstill }),
  z.strictObject({
    type: z.literal('stoppage.end'),
    ...command,
    since: instant,
    because: StoppageEnded.shape.because,
  }),
]);
export type StoppageCommand = z.infer<typeof StoppageCommand>;
