import { z } from 'zod';
import { line } from './words.ts';

/** A day as the law counts it, Beijing's: `2026-12-31`. */
export const day = z.iso.date();

/**
 * What the State Council's notice on a year's holidays (国务院办公厅放假通知) says: days off beyond weekends or upon them, and the
 * weekend days that are worked instead. A notice may also name days of the December before.
 */
export const workCalendar = z.object({
  year: z.int().min(2000).max(2100),
  notice: line,
  holidays: z.array(day).min(1).max(60),
  workdays: z.array(day).max(30).default([]),
});
export type WorkCalendar = z.infer<typeof workCalendar>;

/** @see workCalendar */
export function mustBeACalendar({ year, holidays, workdays }: WorkCalendar, context: z.RefinementCtx): void {
  const say = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  for (const [path, days] of Object.entries({ holidays, workdays })) {
    const twice = days.find((each, i) => days.indexOf(each) !== i);
    if (twice !== undefined) say(path, `${twice} is named twice`);
    const outside = days.find((each) => !each.startsWith(`${year}-`) && !each.startsWith(`${year - 1}-12-`));
    if (outside !== undefined) say(path, `${outside} is no day of ${year}, nor of the December before`);
  }
  const both = workdays.find((each) => holidays.includes(each));
  if (both !== undefined) say('workdays', `${both} can't be a day off and a working day`);
  const usual = workdays.find((each) => !isWeekend(each));
  if (usual !== undefined) say('workdays', `${usual} is no weekend day: it is worked anyway`);
}

/** Saturday or Sunday; of a day by its name alone, wherever it is asked. */
export const isWeekend = (name: string): boolean => [0, 6].includes(new Date(`${name}T00:00:00.000Z`).getUTCDay());

/** A year's calendar, as it stands from now on. */
export const CalendarRegistered = z.object({ type: z.literal('calendar.registered'), ...workCalendar.shape });
export type CalendarRegistered = z.infer<typeof CalendarRegistered>;

/** The years that are known, and by what: `library` brings what was announced when it was released; a notice goes before it. */
export const CalendarsView = z.object({
  calendars: z.array(z.object({ ...workCalendar.shape, notice: line.nullable(), by: z.enum(['library', 'notice']) })),
  /** The year that must be known next, and whether days of it are counted already. */
  missing: z.array(z.object({ year: z.int(), openCases: z.int() })),
});
export type CalendarsView = z.infer<typeof CalendarsView>;
