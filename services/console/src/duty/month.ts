/** Months and days of Beijing, which has had one offset since 1991. */
const offset = '+08:00';
const dayMs = 24 * 3_600_000;
const shiftedMs = 8 * 3_600_000;

/** `2026-11` */
export const monthOf = (instant: number): string => new Date(instant + shiftedMs).toISOString().slice(0, 7);

export function monthAfter(month: string, step: number): string {
  const [year = 0, of = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, of - 1 + step, 1)).toISOString().slice(0, 7);
}

export type Day = { date: string; from: string; to: string; inMonth: boolean };

/** The weeks that a month touches, from Monday to Sunday. */
export function weeksOf(month: string): Day[][] {
  const first = Date.parse(`${month}-01T00:00:00.000${offset}`);
  const last = Date.parse(`${monthAfter(month, 1)}-01T00:00:00.000${offset}`);
  // 1970-01-01 was a Thursday.
  const weekday = (instant: number) => (Math.floor((instant + shiftedMs) / dayMs) + 3) % 7;
  const weeks: Day[][] = [];
  for (let monday = first - weekday(first) * dayMs; monday < last; monday += 7 * dayMs) {
    weeks.push(
      Array.from({ length: 7 }, (_, i) => {
        const from = monday + i * dayMs;
        const date = new Date(from + shiftedMs).toISOString().slice(0, 10);
        return {
          date,
          from: new Date(from).toISOString(),
          to: new Date(from + dayMs).toISOString(),
          inMonth: date.startsWith(month),
        };
      }),
    );
  }
  return weeks;
}

/** An instant as a field for Beijing time holds it, and back. `null`: no time was written. */
export const toField = (instant: string): string =>
  new Date(Date.parse(instant) + shiftedMs).toISOString().slice(0, 16);
export function fromField(value: string): string | null {
  const ms = Date.parse(`${value}:00${offset}`);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
