import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextLookMs } from './poller.ts';

it('a source that fails is left alone twice as long each time, and half an hour at most', () => {
  expect([0, 1, 2, 3].map((failures) => nextLookMs(60, failures) / 1_000)).toEqual([60, 120, 240, 480]);
  expect(nextLookMs(60, 12)).toBe(30 * 60_000);
});

it('no source is looked at more often than it says, nor ever given up', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3_600 }), fc.integer({ min: 0, max: 12 }), (pollSeconds, failures) => {
      const wait = nextLookMs(pollSeconds, failures);
      expect(wait).toBeGreaterThanOrEqual(pollSeconds * 1_000);
      expect(wait).toBeLessThanOrEqual(3_600_000);
      expect(nextLookMs(pollSeconds, failures + 1)).toBeGreaterThanOrEqual(wait);
    }),
  );
});
