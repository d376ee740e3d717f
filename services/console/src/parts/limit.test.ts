import { expect, it } from 'vitest';
import { hoursOf, limitOf, minutesOf, shortest } from './limit.ts';

it('a limit is read however it is spelled', () => {
  expect(['PT12H', 'P1D', 'PT90M', 'P1W', 'P1DT2H'].map(minutesOf)).toEqual([720, 1_440, 90, 10_080, 1_560]);
});
it('hours that were typed come back as they were', () => {
  for (const hours of [0.5, 1, 8, 12, 24]) expect(hoursOf(limitOf(hours))).toBe(hours);
});
it('of several the shortest counts', () => {
  expect(shortest(['PT24H', 'P1D', 'PT8H'])).toBe('PT8H');
  expect(shortest([])).toBeNull();
});
