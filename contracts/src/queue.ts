import { z } from 'zod';
import { itemKind } from './item.ts';
import { priority } from './policy.ts';
import { claimers, clockStates, concernNames, queueSorts, queueViews } from './queue-order.ts';
import { RepostRow } from './views.ts';
import { instant, line, siteId, sourceId } from './words.ts';

export const queueView = z.enum(queueViews);
export const queueSort = z.enum(queueSorts);

/** Which tasks are looked for; all of what is given must hold. */
export const QueueFilter = z.object({
  site: siteId.optional(),
  source: sourceId.optional(),
  column: line.optional(),
  kind: itemKind.optional(),
  priority: priority.optional(),
  clock: z.enum(clockStates).optional(),
  claimed: z.enum(claimers).optional(),
  concern: z.enum(concernNames).optional(),
  /** What others have signed and now waits for the signature of whoever asks. */
  turn: z.literal('mine').optional(),
  /** Words that stand in a title or a document number, all of them. */
  q: z.string().trim().max(200).optional(),
});
export type QueueFilter = z.infer<typeof QueueFilter>;

/** A page of the queue; `next` is where to go on, null at its end. */
export const QueuePage = z.object({
  rows: z.array(RepostRow),
  /** Of all that was looked for; null where that would mean looking through all that was ever done. */
  total: z.int().nullable(),
  urgent: z.int(),
  overdue: z.int(),
  next: z.string().nullable(),
  position: z.int(),
  serverTime: instant,
});
export type QueuePage = z.infer<typeof QueuePage>;

const choice = <T extends z.ZodType>(value: T) => z.object({ value, name: z.string(), tasks: z.int() });

/** What the tasks of a view have, for the menus of a filter. */
export const QueueChoices = z.object({ sources: z.array(choice(sourceId)), columns: z.array(choice(line)) });
export type QueueChoices = z.infer<typeof QueueChoices>;
