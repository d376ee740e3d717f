import { day, serverNow } from '../time.ts';

/** A calendar day in Beijing, `2026-11-23`. */
export type Day = string;

const dayMs = 86_400_000;
/** Beijing has no summer time, so a day begins at 16:00 UTC of the one before. */
export const beginOf = (date: Day): string => new Date(`${date}T00:00:00+08:00`).toISOString();
export const endOf = (date: Day): string => new Date(Date.parse(beginOf(date)) + dayMs).toISOString();
export const isDay = (text: string | undefined): text is Day =>
  /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') && !Number.isNaN(Date.parse(text ?? ''));

export type Preset = 'today' | 'week' | 'month' | 'quarter';

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
  }[preset];
  return { from, to: preset === 'today' ? today : to };
}
