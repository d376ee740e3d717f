import type { ReportName, ReportPeriod } from '@tongsheng/contracts';
import { DateTime } from 'luxon';

/**
 * The period that a report is about, and the end of the day by which it has to be public: 31 January of the year after
 * (国办函〔2018〕12号). Bulletins fall due at no day that a regulation names.
 * @param zone whose calendar counts, as `Asia/Shanghai`; the machine's own plays no part
 */
export function periodOf(name: ReportName, zone: string): { period: ReportPeriod; dueAt: string | null } {
  const { year } = name;
  const from = DateTime.fromObject({ year, month: firstMonthOf(name) }, { zone });
  const to = from.plus({ months: name.kind === 'monthly' ? 1 : name.kind === 'quarterly' ? 3 : 12 });
  const isYearly = name.kind === 'work' || name.kind === 'supervision';
  return {
    period: { from: instantOf(from), to: instantOf(to) },
    dueAt: isYearly ? instantOf(to.plus({ months: 1 })) : null,
  };
}

const firstMonthOf = (name: ReportName): number => {
  if (name.kind === 'monthly') return name.month;
  return name.kind === 'quarterly' ? name.quarter * 3 - 2 : 1;
};

const instantOf = (moment: DateTime): string => {
  const iso = moment.toUTC().toISO();
  if (iso === null) throw new Error(`oversight: ${moment.invalidReason}`);
  return iso;
};

/** The year whose tables are due next: last year's until January is over, then this year's. */
export function yearDueNext(now: string, zone: string): number {
  const { year, month } = DateTime.fromISO(now, { zone });
  return month === 1 ? year - 1 : year;
}
