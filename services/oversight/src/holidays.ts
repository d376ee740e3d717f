import announced from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import type { WorkCalendar } from '@tongsheng/contracts';

/** The holidays and make-up days of every year that had been announced when the library was released. */
export const libraryCalendars: ReadonlyMap<number, Omit<WorkCalendar, 'notice'>> = new Map(
  Object.entries(Object.groupBy(Object.keys(announced.holidays), yearOf)).map(([text, holidays]) => {
    const year = Number(text);
    const workdays = Object.keys(announced.workdays).filter((day) => yearOf(day) === text);
    return [year, { year, holidays: holidays!.sort(), workdays: workdays.sort() }];
  }),
);

function yearOf(day: string): string {
  return day.slice(0, 4);
}
