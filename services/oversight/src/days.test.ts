import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { before, dayOf, daysFrom, partOf, unitFor } from './days.ts';

const { TZ } = process.env;
afterEach(() => {
  if (TZ === undefined) delete process.env['TZ'];
  else process.env['TZ'] = TZ;
});

describe('a day', () => {
  it.each(['UTC', 'Asia/Shanghai', 'America/New_York', 'Pacific/Kiritimati'])(
    'begins at midnight where people work, on a machine in %s too',
    (machine) => {
      process.env['TZ'] = machine;
      const beijing = dayOf('Asia/Shanghai');
      expect(beijing(Date.parse('2026-11-22T15:59:59.999Z'))).toBe('2026-11-22');
      expect(beijing(Date.parse('2026-11-22T16:00:00.000Z'))).toBe('2026-11-23');
      const katmandu = dayOf('Asia/Kathmandu');
      expect(katmandu(Date.parse('2026-11-22T18:14:59.999Z'))).toBe('2026-11-22');
      expect(katmandu(Date.parse('2026-11-22T18:15:00.000Z'))).toBe('2026-11-23');
      expect(daysFrom('2028-02-27', '2028-03-01')).toEqual(['2028-02-27', '2028-02-28', '2028-02-29', '2028-03-01']);
      expect(before('2028-02-01', '2028-02-29')).toEqual({ from: '2028-01-01', to: '2028-01-31' });
    },
  );
  it('may be shorter or longer than others where the clocks change', () => {
    const berlin = dayOf('Europe/Berlin');
    expect(berlin(Date.parse('2026-03-28T22:59:59.999Z'))).toBe('2026-03-28');
    expect(berlin(Date.parse('2026-03-29T21:59:59.999Z'))).toBe('2026-03-29');
    expect(berlin(Date.parse('2026-03-29T22:00:00.000Z'))).toBe('2026-03-30');
  });
  it('is part of a month, a quarter and a year', () => {
    expect((['day', 'month', 'quarter', 'year'] as const).map((unit) => partOf('2028-02-29', unit))).toEqual([
      '2028-02-29',
      '2028-02',
      '2028-Q1',
      '2028',
    ]);
    expect([unitFor('2026-11-01', '2026-11-30'), unitFor('2026-01-01', '2026-12-31')]).toEqual(['day', 'month']);
  });
});

describe('the period before', () => {
  it.each([
    ['2026-11-20', '2026-11-23', '2026-11-16', '2026-11-19'],
    ['2026-11-01', '2026-11-23', '2026-10-01', '2026-10-23'],
    ['2026-11-01', '2026-11-30', '2026-10-01', '2026-10-31'],
    ['2026-10-01', '2026-12-31', '2026-07-01', '2026-09-30'],
    ['2027-01-01', '2027-12-31', '2026-01-01', '2026-12-31'],
    ['2027-03-01', '2027-03-30', '2027-02-01', '2027-02-28'],
    ['2028-02-29', '2028-02-29', '2028-02-28', '2028-02-28'],
  ])('%s to %s is compared with %s to %s', (from, to, earlier, last) => {
    expect(before(from, to)).toEqual({ from: earlier, to: last });
  });
  it('ends before the period begins, whatever that is', () => {
    const any = fc.tuple(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: 0, max: 800 }));
    const text = (day: number) => new Date(Date.UTC(2024, 0, 1) + day * 86_400_000).toISOString().slice(0, 10);
    fc.assert(
      fc.property(any, ([begin, length]) => {
        const found = before(text(begin), text(begin + length));
        expect(found.from <= found.to && found.to < text(begin)).toBe(true);
      }),
    );
  });
});
