import { expect, it } from 'vitest';
import { periodInWords, proposedReports } from './period-words.ts';

it('names a period by Beijing’s calendar', () => {
  const period = { from: '2026-06-30T16:00:00.000Z', to: '2026-09-30T16:00:00.000Z' };
  expect(periodInWords({ kind: 'quarterly', period })).toBe('2026-Q3');
  expect(periodInWords({ kind: 'monthly', period })).toBe('2026-07');
  expect(periodInWords({ kind: 'work', period })).toBe('2026');
});

it('proposes what is over first, and from December on the year that ends', () => {
  expect(proposedReports('2027-01-10T02:00:00.000Z')).toEqual([
    'work-2026',
    'supervision-2026',
    'quarterly-2026-q4',
    'monthly-2026-12',
    'work-2027',
    'supervision-2027',
    'quarterly-2027-q1',
    'monthly-2027-01',
  ]);
  expect(proposedReports('2026-11-30T16:30:00.000Z')[0]).toBe('work-2026');
  expect(proposedReports('2026-11-30T15:30:00.000Z')[0]).toBe('work-2025');
});
