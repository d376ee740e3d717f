import { day, serverNow } from '../time.ts';

/** A calendar day in Beijing, `2026-11-23`. */
export type Day = string;

const dayMs = 86_400_000;
/** Beijing has no summer time, so a day begins at 16:00 UTC of the one before. */
export const beginOf = (date: Day): string => new Date(`${date}T00:00:00+08:00`).toISOString();
export const endOf = (date: Day): string => new Date(Date.parse(beginOf(date)) + dayMs).toISOString();
export const isDay = (text: string | undefined): text is Day =>
  /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && !Number.isNaN(Date.parse(text ?? ''));

export type Preset = 'today' | 'week' | 'month' | 'quarter' | 'year';

/** The presets end tomorrow: tasks of the last hours are due then, and belong into the picture. */
export function presetDays(preset: Preset, now = serverNow()): { from: Day; to: Day } {
  const today = day(now);
  const to = day(now + dayMs);
  const month = Number(today.slice(5, 7));
  const quarterStart = String(month - ((month - 1) % 3)).padStart(2, '0');
  const from = {
    today,
    week: day(now - 6 * dayMs),
    month: `${today.slice(0, 7)}-01`,
    quarter: `${today.slice(0, 4)}-${quarterStart}-01`,
    year: `${today.slice(0, 4)}-01-01`,
  }[preset];
  return { from, to: preset === 'today' ? today : to };
}

const lastOf = (year: number, month: number): Day => new Date(Date.UTC(year, month, 0)).toISOString().slice(0, 10);

/** The days of a part of the trend (`2026-11-23`, `2026-11`, `2026-Q4`, `2026`) that lie in a period; the period of none. */
export function daysOf(part: string | undefined, period: { from: Day; to: Day }): { from: Day; to: Day } {
  const [, year, quarter, month, date] = /^(\d{4})(?:-Q([1-4])|-(\d{2})(?:-(\d{2}))?)?$/.exec(part ?? '') ?? [];
  if (year === undefined) return period;
  const [first, last] = quarter
    ? [Number(quarter) * 3 - 2, Number(quarter) * 3]
    : month
      ? [Number(month), Number(month)]
      : [1, 12];
  const begin = date ? part! : `${year}-${String(first).padStart(2, '0')}-01`;
  const end = date ? part! : lastOf(Number(year), last);
  return { from: begin > period.from ? begin : period.from, to: end < period.to ? end : period.to };
}
