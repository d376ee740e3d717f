import type { ReportEvent } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import type { Appointment } from './appointments.ts';
import { reportMoments } from './report-moments.ts';

const key = { reportId: 'work-2026', site: 'province' };
const said = { by: 'wang', byName: '王宣传' };
const opened = (openedAt: string, dueAt: string | null = '2027-01-31T16:00:00.000Z'): ReportEvent => ({
  type: 'report.opened',
  ...key,
  kind: 'work',
  period: { from: '2025-12-31T16:00:00.000Z', to: '2026-12-31T16:00:00.000Z' },
  template: 'work-2018',
  dueAt,
  ...said,
  openedAt,
});
const fold = (...events: ReportEvent[]) =>
  events.reduce<Appointment | null>((row, event) => reportMoments.apply(row, event, {} as never), null);
const tells = (row: Appointment | null) => row?.moments.map(({ tell }) => tell);

it('speaks of a table 30, 14, 7, 3 and 1 days before its end, and at its end', () => {
  const row = fold(opened('2026-12-01T00:00:00.000Z'));
  expect(tells(row)).toEqual([30, 14, 7, 3, 1, 0]);
  expect(new Date(row!.moments[2]!.at).toISOString()).toBe('2027-01-24T16:00:00.000Z');
});

it('does not speak of days that are over when it is opened, but of an end that is', () => {
  expect(tells(fold(opened('2027-01-29T00:00:00.000Z')))).toEqual([1, 0]);
  expect(tells(fold(opened('2027-03-01T00:00:00.000Z')))).toEqual([0]);
});

it('is silent once it is approved, and of what falls due at no day', () => {
  const approved: ReportEvent = {
    type: 'report.approved',
    ...key,
    revision: 2,
    ...said,
    approvedAt: '2027-01-05T00:00:00.000Z',
  };
  expect(fold(opened('2026-12-01T00:00:00.000Z'), approved)).toBeNull();
  expect(fold(opened('2026-12-01T00:00:00.000Z', null))).toBeNull();
});
