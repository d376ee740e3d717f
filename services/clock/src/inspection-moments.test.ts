import type { InspectionEvent, SiteCheckEvent } from '@tongsheng/contracts';
import { hashA, minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { callsOf, type Appointment } from './appointments.ts';
import { inspectionMoments } from './inspection-moments.ts';

const fold = (...events: (InspectionEvent | SiteCheckEvent)[]) =>
  events.reduce<Appointment | null>((row, event) => inspectionMoments.apply(row, event, {} as never), null);
const tells = (row: Appointment | null) => row?.moments.map(({ tell }) => tell) ?? null;

describe('a quarter', () => {
  const key = { inspectionId: '2026-Q4', site: 'province' };
  const period = { startsAt: '2026-09-30T16:00:00.000Z', dueAt: '2026-12-31T16:00:00.000Z' };
  const expected = (expectedAt: string): InspectionEvent => ({
    type: 'inspection.expected',
    ...key,
    ...period,
    expectedAt,
  });
  const published: InspectionEvent = {
    type: 'inspection.published',
    ...key,
    stage: 'results',
    version: 1,
    url: 'https://tax.example/province/inspection/2026-Q4',
    publicPosition: 1,
    publishedAt: noon,
  };
  it('is warned of at its shares that are still to come, and ends in any case', () => {
    expect(tells(fold(expected(period.startsAt)))).toEqual([50, 75, 90, 100]);
    expect(tells(fold(expected('2026-11-26T00:00:00.000Z')))).toEqual([75, 90, 100]);
    expect(fold(expected('2027-06-01T00:00:00.000Z'))!.moments).toEqual([{ tell: 100, at: Date.parse(period.dueAt) }]);
  });
  it('whose result is public is warned of no more, and still ends', () => {
    expect(tells(fold(expected(period.startsAt), published))).toEqual([100]);
    expect(tells(fold(expected(period.startsAt), { ...published, stage: 'list' }))).toEqual([50, 75, 90, 100]);
  });
  it('that nobody had expected is watched from when it was opened', () => {
    const opened: InspectionEvent = {
      type: 'inspection.opened',
      ...key,
      ...period,
      population: [{ siteId: 'city', name: '市', level: 'city', homeUrl: 'https://city.example/' }],
      excluded: [],
      listHash: hashA,
      share: 30,
      publicValueName: '下一交易日收盘点位',
      by: 'manager',
      byName: '吴主任',
      openedAt: '2026-12-01T00:00:00.000Z',
    };
    expect(tells(fold(opened))).toEqual([75, 90, 100]);
    expect(tells(fold(expected(period.startsAt), opened))).toEqual([50, 75, 90, 100]);
  });
});

describe('the probes of a check', () => {
  const key = { checkId: 'inspection-2026-Q4', site: 'city' };
  const begun: SiteCheckEvent = {
    type: 'site_check.begun',
    ...key,
    name: '市',
    homeUrl: 'https://city.example/',
    columns: [],
    probes: 3,
    everyMinutes: 60,
    withinSeconds: 15,
    by: 'oversight',
    byName: 'oversight',
    begunAt: noon,
  };
  const due = (n: number): SiteCheckEvent => ({
    type: 'site_check.probe_due',
    ...key,
    n,
    fellDueAt: minutesLater(60 * n),
    dueAt: minutesLater(60 * n),
  });
  it('fall due one after the other, the first at once', () => {
    expect(callsOf([fold(begun)!]).map(({ moment, tell }) => [tell, moment])).toEqual([[0, Date.parse(noon)]]);
    expect(callsOf([fold(begun, due(0))!]).map(({ moment, tell }) => [tell, moment])).toEqual([
      [1, Date.parse(minutesLater(60))],
    ]);
  });
  it('go on where they were, however often everything was down, and end with the check', () => {
    const missed: SiteCheckEvent = {
      type: 'site_check.probe_missed',
      ...key,
      n: 1,
      fellDueAt: minutesLater(60),
      missedAt: minutesLater(100),
    };
    expect(tells(fold(begun, due(0), missed))).toEqual([2]);
    expect(fold(begun, { type: 'site_check.ended', ...key, endedAt: noon })).toBeNull();
  });
});
