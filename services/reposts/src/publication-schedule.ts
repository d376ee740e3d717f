import { DateTime } from 'luxon';
import type { Trouble } from '@tongsheng/cms';

/** Seconds before the second, third, … attempt; the last wait repeats: a duty has no end of tries. */
const waits = [5, 30, 120, 600, 1_800];
/** What may have happened may still be happening: a slow site is not asked while it works, in seconds. */
const settling = 60;
/** A wish to be left alone for longer than this is not granted, in seconds. */
const longest = 6 * 3_600;

/**
 * When an attempt that did not publish is followed by the next one; null where a person must mend something first. Up
 * to a tenth is added, by the task's name, so that all pages of a site that was down don't come back at once.
 */
export function nextAttemptAt(failed: {
  taskId: string;
  attempt: number;
  at: string;
  trouble: Trouble;
}): string | null {
  const { taskId, attempt, at, trouble } = failed;
  if (trouble.outcome === 'rejected_permanent') return null;
  const least = Math.max(waits[attempt - 1] ?? waits.at(-1)!, trouble.outcome === 'unknown' ? settling : 0);
  const wait = Math.max(least, Math.min(trouble.retryAfterSeconds ?? 0, longest));
  const seconds = wait * (1 + spread(`${taskId}/${attempt}`) / 10);
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
