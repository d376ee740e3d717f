import { z } from 'zod';
import type { Told } from './gates.ts';
import type { OpenDelivery } from './open-deliveries.ts';
import { after } from './schedule.ts';

/** What is open for longer waits for a person: the last look at what arrived comes after a week. */
const youngFor = 'P8D';

const Breaker = z.object({
  bad: z.number(),
  trips: z.number(),
  openedAt: z.string().nullable(),
  openSince: z.string().nullable(),
  openUntil: z.string().nullable(),
  restUntil: z.string().nullable(),
});

/**
 * From where a start has to read: of what stands in the log before `from` only the deliveries `older` are open at `at`. It saves
 * the reading of years, and may be lost.
 */
export const StartMark = z.object({
  /** When the log began of which this is true, ISO 8601. */
  log: z.string(),
  /** Log positions. */
  at: z.number(),
  from: z.number(),
  older: z.array(z.object({ site: z.string(), id: z.string() })),
  /** How channels and logins were at `at`. */
  told: z.array(z.tuple([z.string(), z.object({ breaker: Breaker, heardAt: z.string(), detail: z.string() })])),
});
export type StartMark = z.infer<typeof StartMark>;

export function startMark(
  open: Iterable<OpenDelivery>,
  { log, at, told, now }: Pick<StartMark, 'log' | 'at'> & { told: Told; now: string },
): StartMark {
  const mark: StartMark = { log, at, from: at + 1, older: [], told };
  for (const { requested, since } of open) {
    if (after(requested.requestedAt, youngFor) > now) mark.from = Math.min(mark.from, since);
    else mark.older.push({ site: requested.site, id: requested.deliveryId });
  }
  return mark;
}

/** @returns null where it is no mark, or not one of this log */
export function readMark(text: string | null, log: string | null, end: number): StartMark | null {
  if (text === null) return null;
  try {
    const mark = StartMark.parse(JSON.parse(text));
    return mark.log === log && mark.at <= end ? mark : null;
  } catch {
    return null;
  }
}
