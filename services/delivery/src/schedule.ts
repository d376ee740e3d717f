import { DateTime } from 'luxon';

/** Seconds before the second, third, … try: a busy partner soon, a broken one for most of a working day. */
const waits = [5, 30, 120, 600, 1_800, 3_600, 3_600, 3_600, 3_600];

/** Tries of one delivery, the first included. */
export const maxAttempts = waits.length + 1;

/**
 * When an attempt that ended at `at` is followed by the next one, or null after the last. The channel's own wish to
 * be left alone counts when it is longer. Up to a tenth is added, so that a hundred channels don't come back at once;
 * which part is decided by the delivery's name, because deciding knows no chance.
 */
export function nextAttemptAt(ended: {
  deliveryId: string;
  attempt: number;
  at: string;
  retryAfterSeconds: number | null;
}): string | null {
  const { deliveryId, attempt, at, retryAfterSeconds } = ended;
  const wait = waits[attempt - 1];
  if (wait === undefined) return null;
  const seconds = Math.max(wait, retryAfterSeconds ?? 0) * (1 + spread(`${deliveryId}/${attempt}`) / 10);
  return DateTime.fromISO(at, { zone: 'utc' })
    .plus({ milliseconds: Math.round(seconds * 1_000) })
    .toISO();
}

/** A name as a number in [0, 1). */
function spread(name: string): number {
  let sum = 7;
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)!) % 10_007;
  return sum / 10_007;
}
