import { parseReportId } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { periodOf, yearDueNext } from './report-period.ts';

const of = (id: string) => periodOf(parseReportId(id)!, 'Asia/Shanghai');

it('is the calendar’s year, quarter and month in Beijing, a leap day included', () => {
  expect(of('work-2026').period).toEqual({ from: '2025-12-31T16:00:00.000Z', to: '2026-12-31T16:00:00.000Z' });
  expect(of('quarterly-2026-q3').period).toEqual({ from: '2026-06-30T16:00:00.000Z', to: '2026-09-30T16:00:00.000Z' });
  expect(of('monthly-2028-02').period).toEqual({ from: '2028-01-31T16:00:00.000Z', to: '2028-02-29T16:00:00.000Z' });
});

it('falls due when the 31st of January is over, for the yearly tables alone', () => {
  expect(of('supervision-2026').dueAt).toBe('2027-01-31T16:00:00.000Z');
  expect(of('monthly-2026-09').dueAt).toBeNull();
});

it('knows what is no name of a report', () => {
  for (const id of ['work-26', 'monthly-2026-13', 'quarterly-2026-q5', 'other-2026', ''])
    expect(parseReportId(id)).toBeNull();
});

it('knows whose tables are due next, by Beijing’s midnight', () => {
  expect(yearDueNext('2026-11-26T00:00:00.000Z', 'Asia/Shanghai')).toBe(2026);
  expect(yearDueNext('2027-01-31T15:59:59.999Z', 'Asia/Shanghai')).toBe(2026);
  expect(yearDueNext('2027-01-31T16:00:00.000Z', 'Asia/Shanghai')).toBe(2027);
});
