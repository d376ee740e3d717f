import { isWeekend } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { libraryCalendars } from './holidays.ts';
import { answerLimit, isWorkingDay, type Calendars } from './working-days.ts';

const due = (receivedAt: string, calendars: Calendars = libraryCalendars) => answerLimit(receivedAt, calendars).dueAt;

describe('three working days', () => {
  it('begin on the day after the receipt and end at midnight in Beijing', () => {
    // Monday noon in Beijing: Tuesday, Wednesday, Thursday.
    expect(due('2026-11-23T04:00:00.000Z')).toBe('2026-11-26T16:00:00.000Z');
  });
  it('are counted from the day it is in Beijing, wherever the machine stands', () => {
    // 23:59:59 on Monday there, and a second later Tuesday.
    expect(due('2026-11-23T15:59:59.999Z')).toBe('2026-11-26T16:00:00.000Z');
    expect(due('2026-11-23T16:00:00.000Z')).toBe('2026-11-27T16:00:00.000Z');
  });
  it('leave out weekends, holidays and what is worked instead of them is counted', () => {
    // Friday 2026-09-18; Sunday the 20th is worked, Friday the 25th is Mid-Autumn.
    expect(due('2026-09-18T02:00:00.000Z')).toBe('2026-09-22T16:00:00.000Z');
    // Wednesday before the National Day of 2026: 10-08, 10-09, and Saturday 10-10 is worked.
    expect(due('2026-09-30T02:00:00.000Z')).toBe('2026-10-10T16:00:00.000Z');
  });
  it('run over a leap day as over any other', () => {
    // Wednesday 2028-02-23: 24, 25, and Monday 28; from Friday 25: 28, 29 and 03-01.
    expect(due('2028-02-23T02:00:00.000Z', new Map())).toBe('2028-02-28T16:00:00.000Z');
    expect(due('2028-02-25T02:00:00.000Z', new Map())).toBe('2028-03-01T16:00:00.000Z');
    // 2024 had one, and its Spring Festival ended before.
    expect(due('2024-02-28T02:00:00.000Z')).toBe('2024-03-04T16:00:00.000Z');
  });
});

describe('a table that ends before the limit', () => {
  const known = new Map([...libraryCalendars].filter(([year]) => year <= 2026));
  it('is named, and for its time only weekends are left out', () => {
    expect(answerLimit('2026-12-30T02:00:00.000Z', known)).toEqual({
      dueAt: '2027-01-04T16:00:00.000Z',
      unknownYears: [2027],
    });
    expect(answerLimit('2026-12-25T02:00:00.000Z', known)).toMatchObject({ unknownYears: [] });
  });
  it('gives way to the notice of the year', () => {
    const notice = { holidays: ['2027-01-01', '2027-01-02', '2027-01-03'], workdays: ['2026-12-27'] };
    const entered = new Map([...known, [2027, notice]]);
    expect(answerLimit('2026-12-30T02:00:00.000Z', entered)).toEqual({
      dueAt: '2027-01-05T16:00:00.000Z',
      unknownYears: [],
    });
    // A notice names what is worked in the December before as well.
    expect(isWorkingDay('2026-12-27', entered)).toBe(true);
    expect(isWorkingDay('2026-12-27', known)).toBe(false);
  });
});

it('the library knows this year, and each year of it as the notices have them', () => {
  expect([...libraryCalendars.keys()]).toContain(2026);
  for (const { holidays, workdays } of libraryCalendars.values()) {
    expect(workdays.filter((day) => !isWeekend(day))).toEqual([]);
    expect(workdays.filter((day) => holidays.includes(day))).toEqual([]);
  }
});

const instants = fc
  .date({ min: new Date('2024-01-01'), max: new Date('2029-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString());
const zones = fc.constantFrom('UTC', 'Asia/Shanghai', 'America/Los_Angeles', 'Pacific/Kiritimati', 'Asia/Kolkata');

it('whatever zone the machine is in and whenever it came, the same three working days lie between', () => {
  const before = process.env['TZ'];
  try {
    fc.assert(
      fc.property(instants, zones, zones, (receivedAt, here, there) => {
        process.env['TZ'] = here;
        const limit = answerLimit(receivedAt, libraryCalendars);
        process.env['TZ'] = there;
        expect(answerLimit(receivedAt, libraryCalendars)).toEqual(limit);
        const from = Date.parse(receivedAt) + 8 * 3_600_000;
        const to = Date.parse(limit.dueAt) + 8 * 3_600_000;
        const days: string[] = [];
        for (let at = from - (from % dayMs) + dayMs; at < to; at += dayMs)
          days.push(new Date(at).toISOString().slice(0, 10));
        expect(days.filter((day) => isWorkingDay(day, libraryCalendars))).toHaveLength(3);
        expect(isWorkingDay(days.at(-1)!, libraryCalendars)).toBe(true);
        expect(limit.unknownYears).toEqual(
          [...new Set(days.map((day) => Number(day.slice(0, 4))))].filter((year) => !libraryCalendars.has(year)),
        );
      }),
    );
  } finally {
    if (before === undefined) delete process.env['TZ'];
    else process.env['TZ'] = before;
  }
});

const dayMs = 86_400_000;
