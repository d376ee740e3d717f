import type { Absence } from '@tongsheng/contracts';
import { DateTime, Duration } from 'luxon';

/**
 * When an item under obligation is looked at again, counted from when it was first seen: often while the clock runs and
 * editors decide, then ever more seldom, for a month.
 */
export const followUpSchedule: readonly string[] = [
  'PT0S',
  'PT10M',
  'PT30M',
  'PT1H',
  'PT2H',
  'PT4H',
  'PT8H',
  'PT12H',
  'P1D',
  'P2D',
  'P4D',
  'P7D',
  'P14D',
  'P30D',
];

/** The next moment of the schedule after the last look, or null when it is over. */
export function nextFollowUp(
  firstSeenAt: string,
  lastLookAt: string | null,
  schedule: readonly string[],
): string | null {
  const first = DateTime.fromISO(firstSeenAt, { zone: 'utc' });
  const moments = schedule.map((each) => first.plus(Duration.fromISO(each)).toISO()!);
  return moments.find((moment) => lastLookAt === null || moment > lastLookAt) ?? null;
}

/** What an item's own page looks like now, beside what is known of it. */
export type PageFacts = {
  /** The address that was asked, and the one that answered after redirects. */
  link: string;
  answeredBy: string | null;
  /** Null: nothing answered. */
  status: number | null;
  /** Visible characters of the article now; null: no article was found. */
  characters: number | null;
  /** Of the last version that was read from the page; null: the page was never read. */
  knownCharacters: number | null;
};

/** A text that lost so much is not the text. */
const leftOver = 0.2;

/** Whether the page is lost, and how; null when it is there, or when this look can't say. */
export function absenceOf(facts: PageFacts): { reason: Absence; detail: string } | null {
  const { link, answeredBy, status, characters, knownCharacters } = facts;
  if (status === 404 || status === 410) return { reason: 'gone', detail: `HTTP ${status}` };
  if (status === null || status >= 400) return null;
  if (answeredBy !== null && isHome(answeredBy) && !isHome(link))
    return { reason: 'moved_home', detail: `redirected to ${answeredBy}`.slice(0, 500) };
  if (knownCharacters === null || knownCharacters === 0) return null;
  const left = characters ?? 0;
  return left < knownCharacters * leftOver
    ? { reason: 'text_lost', detail: `${left} of ${knownCharacters} characters are left` }
    : null;
}

const isHome = (address: string) =>
  /^\/(index\.\w+)?$/.test(new URL(address).pathname) && new URL(address).search === '';
