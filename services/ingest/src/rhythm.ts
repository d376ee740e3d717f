import { DateTime } from 'luxon';

/** What a source's own history says of its silence. */
export type Rhythm = { quiet: boolean; lastAt: string; usualSeconds: number };

const day = 86_400;
/** So many pauses make a rhythm; fewer say nothing. */
const enough = 5;

/**
 * Judges a silence by the source's own pauses: quiet is three times the pause that nine in ten of its own were shorter
 * than, and a day at the least. Weekends and holidays are among its pauses.
 * @param published instants of what it published, in any order
 * @returns null where there is too little to judge by
 */
export function rhythmOf(published: readonly string[], now: string): Rhythm | null {
  const dates = [...new Set(published)].filter((each) => each <= now).sort();
  const lastAt = dates.at(-1);
  if (lastAt === undefined || dates.length <= enough) return null;
  const times = dates.map(secondsOf);
  const pauses = times
    .slice(1)
    .map((time, i) => time - times[i]!)
    .sort((a, b) => a - b);
  const usual = pauses[Math.ceil(pauses.length * 0.9) - 1]!;
  const silence = secondsOf(now) - secondsOf(lastAt);
  return { quiet: silence > Math.max(3 * usual, day), lastAt, usualSeconds: Math.round(usual) };
}

const secondsOf = (instant: string) => DateTime.fromISO(instant).toSeconds();
