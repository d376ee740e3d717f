import type { SourceStatus } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

export type Pace = SourceStatus['detectors'][number]['pace'];

/** Longest pauses, in seconds: by day, by night, and for a source that fails. All of them leave most of 12 hours. */
const byDay = 5 * 60;
const byNight = 30 * 60;
const failing = 30 * 60;
/** A server that asks for more than this is asked again all the same. */
const longestRetryAfter = 60 * 60;
/** A source that was silent for an hour is looked at every three minutes: a twentieth of its silence. */
const shareOfSilence = 20;

export type PaceFacts = {
  /** The shortest pause that the source is given, in seconds. */
  pollSeconds: number;
  zone: string;
  now: string;
  /** Looks that failed in a row. */
  failures: number;
  /** Since the newest thing it brought; null when it has brought nothing yet. */
  silentSeconds: number | null;
  retryAfterSeconds: number | null;
  /** A hub tells us what is new; looking is only a check. */
  pushed: boolean;
  /** 0 to 1, so that sources of one interval do not all fall due at once. */
  jitter: number;
};

/** How long until the next look, in seconds, and why. */
export function nextLook(facts: PaceFacts): { seconds: number; pace: Pace } {
  const { pollSeconds, failures, retryAfterSeconds, jitter } = facts;
  const early = 1 - jitter / 10;
  if (retryAfterSeconds !== null) {
    return { seconds: clamp(retryAfterSeconds, pollSeconds, longestRetryAfter), pace: 'retry_after' };
  }
  if (failures > 0) {
    const wait = Math.min(pollSeconds * 2 ** Math.min(failures, 20), Math.max(failing, pollSeconds));
    return { seconds: wait * early, pace: 'back_off' };
  }
  const night = isNight(facts);
  const longest = Math.max(night ? byNight : byDay, pollSeconds);
  if (facts.pushed) return { seconds: longest * early, pace: 'push' };
  const silence = (facts.silentSeconds ?? 0) / shareOfSilence;
  const seconds = clamp(silence, pollSeconds, longest);
  const pace = seconds === pollSeconds ? 'usual' : night && seconds > byDay ? 'night' : 'silence';
  return { seconds: seconds * early, pace };
}

/** 22:00 to 06:00 where the source is. */
function isNight({ now, zone }: PaceFacts): boolean {
  const { hour } = DateTime.fromISO(now, { zone });
  return hour >= 22 || hour < 6;
}

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), Math.max(most, least));
