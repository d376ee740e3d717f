import type { ReportRow } from '@tongsheng/contracts';

/** Year and month in Beijing, which has had one offset since 1991. */
function monthOf(instant: string): { year: number; month: number } {
  const there = new Date(Date.parse(instant) + 8 * 3_600_000);
  return { year: there.getUTCFullYear(), month: there.getUTCMonth() + 1 };
}

const two = (value: number) => String(value).padStart(2, '0');
const quarterOf = (month: number) => Math.ceil(month / 3);

/** `2026`, `2026-Q3`, `2026-09`: marks that both languages read. */
export function periodInWords({ kind, period }: Pick<ReportRow, 'kind' | 'period'>): string {
  const { year, month } = monthOf(period.from);
  if (kind === 'monthly') return `${year}-${two(month)}`;
  return kind === 'quarterly' ? `${year}-Q${quarterOf(month)}` : String(year);
}

/** The names of reports that one may want to begin now: of what is just over first, then of what is running. */
export function proposedReports(now: string): string[] {
  const { year, month } = monthOf(now);
  const ends = month === 12 ? year : year - 1;
  const quarter = quarterOf(month);
  const before = month === 1 ? `${year - 1}-12` : `${year}-${two(month - 1)}`;
  return [
    `work-${ends}`,
    `supervision-${ends}`,
    quarter === 1 ? `quarterly-${year - 1}-q4` : `quarterly-${year}-q${quarter - 1}`,
    `monthly-${before}`,
    `work-${ends + 1}`,
    `supervision-${ends + 1}`,
    `quarterly-${year}-q${quarter}`,
    `monthly-${year}-${two(month)}`,
  ];
}
