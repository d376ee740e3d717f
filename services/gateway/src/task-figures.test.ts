import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byTimeLeft } from './task-figures.ts';

it('puts every task into one class by its time left, and names the classes that have none', () => {
  const minute = 60_000;
  expect(byTimeLeft([-1, 0, 1, 30 * minute, 31 * minute, 61 * minute, 200 * minute, 700 * minute], 0)).toEqual({
    overdue: 2,
    under_30m: 2,
    under_1h: 1,
    under_3h: 1,
    under_6h: 1,
    more: 1,
  });
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.integer(), (dues, now) => {
      expect(Object.values(byTimeLeft(dues, now)).reduce((sum, each) => sum + each, 0)).toBe(dues.length);
    }),
  );
});
