import { isExact, type Obligation, type Publication } from '@tongsheng/contracts';
import { DateTime, Duration } from 'luxon';

/** When the clock starts: at the stated time of publication where it is exact, else at first sight. */
export function startClock(publication: Publication, firstSeenAt: string): Pick<Obligation, 'basis' | 'startsAt'> {
  return isExact(publication, firstSeenAt)
    ? { basis: 'stated', startsAt: publication.at! }
    : { basis: 'first_seen', startsAt: firstSeenAt };
}

export function dueAt(startsAt: string, limit: string): string {
  return DateTime.fromISO(startsAt, { zone: 'utc' }).plus(Duration.fromISO(limit)).toISO()!;
}
