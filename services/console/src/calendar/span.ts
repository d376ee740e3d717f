import { monthAfter, monthOf, weeksOf, type Day } from '../duty/month.ts';

export const calendarViews = ['month', 'week', 'day', 'list'] as const;
export type CalendarShape = (typeof calendarViews)[number];

const dayMs = 24 * 3_600_000;
const beginOf = (date: string) => Date.parse(`${date}T00:00:00.000+08:00`);
const dateOf = (instant: number) => new Date(instant + 8 * 3_600_000).toISOString().slice(0, 10);

/** The weeks that a view shows about a day, from Monday to Sunday; a day alone is one of one. */
export function shownDays(view: CalendarShape, date: string): Day[][] {
  const month = date.slice(0, 7);
  const weeks = weeksOf(month);
  switch (view) {
    case 'month':
    case 'list':
      return weeks;
    case 'week':
      return weeks.filter((week) => week.some((day) => day.date === date));
    case 'day':
      return [weeks.flat().filter((day) => day.date === date)];
  }
}

/** The day that the view before or after is about. */
export function dateAfter(view: CalendarShape, date: string, step: number): string {
  if (view === 'week') return dateOf(beginOf(date) + 7 * step * dayMs);
  if (view === 'day') return dateOf(beginOf(date) + step * dayMs);
  return `${monthAfter(monthOf(beginOf(date)), step)}-01`;
}
