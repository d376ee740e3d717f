import type { TrendUnit } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

/** Days are counted where people work, whatever zone a machine is in. */
export const defaultZone = 'Asia/Shanghai';

const quarterHourMs = 900_000;
const dayMs = 86_400_000;

/** Says which day an instant (ms) belongs to in a zone. Every zone is quarters of an hour from UTC. */
export function dayOf(zone: string): (ms: number) => string {
  const known = new Map<number, string>();
  return (ms) => {
    const quarter = Math.floor(ms / quarterHourMs);
    let day = known.get(quarter);
    if (day === undefined) {
      day = DateTime.fromMillis(quarter * quarterHourMs, { zone }).toISODate()!;
      known.set(quarter, day);
    }
    return day;
  };
}

const date = (day: string) => DateTime.fromISO(day, { zone: 'utc' });
const text = (at: DateTime) => at.toISODate()!;

/** Every day from the first to the last. */
export function daysFrom(from: string, to: string): string[] {
  const days: string[] = [];
  // Days of a calendar alone, in no zone: each is as long as the other.
  for (let at = Date.parse(from); at <= Date.parse(to); at += dayMs) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

export const monthOf = (day: string): string => day.slice(0, 7);

/** `2026-11-23`, `2026-11`, `2026-Q4` or `2026`. */
export function partOf(day: string, unit: TrendUnit): string {
  if (unit === 'day') return day;
  if (unit === 'month') return monthOf(day);
  if (unit === 'year') return day.slice(0, 4);
  return `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}

/** The finest unit that a person can take in at a glance. */
export function unitFor(from: string, to: string): TrendUnit {
  const days = date(to).diff(date(from), 'days').days + 1;
  if (days <= 62) return 'day';
  return days <= 3 * 366 ? 'month' : 'year';
}

/**
 * The period to compare with. One that begins with a month goes back by whole months, a whole month to a whole month and
 * 29 February to the last of its month; any other by its length.
 */
export function before(from: string, to: string): { from: string; to: string } {
  const [begin, end] = [date(from), date(to)];
  if (begin.day !== 1) {
    const days = end.diff(begin, 'days').days + 1;
    return { from: text(begin.minus({ days })), to: text(begin.minus({ days: 1 })) };
  }
  const months = (end.year - begin.year) * 12 + end.month - begin.month + 1;
  const back = end.minus({ months });
  return { from: text(begin.minus({ months })), to: text(end.day === end.daysInMonth ? back.endOf('month') : back) };
}
