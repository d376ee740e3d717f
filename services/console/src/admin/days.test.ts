import { expect, it } from 'vitest';
import { daysOf, linesOf } from './days.ts';

it('reads dates and spans as people write them', () => {
  expect(daysOf('2027-01-01\n2027-02-28 至 2027-03-02\n')).toEqual([
    '2027-01-01',
    '2027-02-28',
    '2027-03-01',
    '2027-03-02',
  ]);
  expect(daysOf('2028-02-28 - 2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
  expect(daysOf('')).toEqual([]);
});

it('reads nothing that is no day, runs backwards, goes on for weeks or is named twice', () => {
  for (const text of ['明天', '2027-02-30', '2027-03-02 至 2027-03-01', '2027-01-01 至 2027-03-01'])
    expect({ text, days: daysOf(text) }).toEqual({ text, days: null });
  expect(daysOf('2027-01-01\n2027-01-01')).toBeNull();
});

it('writes days as few lines, which read the same', () => {
  const days = ['2027-10-01', '2027-10-02', '2027-10-03', '2027-12-25'];
  expect(linesOf(days)).toBe('2027-10-01 - 2027-10-03\n2027-12-25');
  expect(daysOf(linesOf(days))).toEqual(days);
});
