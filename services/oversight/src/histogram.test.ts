import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, buckets, quantile } from './histogram.ts';

const hour = 3_600_000;
const counted = (all: readonly number[]) => {
  const counts = new Int32Array(buckets);
  for (const ms of all) counts[bucketOf(ms)]!++;
  return counts;
};

describe('the histogram', () => {
  it('tells a median and a 95th percentile within 4.5 % of the exact ones', () => {
    const anyTimes = fc.array(fc.integer({ min: 1_000, max: 60 * 24 * hour }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(anyTimes, fc.constantFrom(0.5, 0.95), (all, share) => {
        const exact = [...all].sort((a, b) => a - b)[Math.ceil(all.length * share) - 1]! / 1_000;
        const told = quantile(counted(all), share)!;
        expect(Math.abs(told - exact) / exact).toBeLessThan(0.045);
      }),
    );
  });
  it('adds up: two of them together are the one of both', () => {
    const anyTimes = fc.array(fc.nat(100 * 24 * hour), { maxLength: 50 });
    fc.assert(
      fc.property(anyTimes, anyTimes, (one, other) => {
        const [a, b] = [counted(one), counted(other)];
        expect(a.map((each, i) => each + b[i]!)).toEqual(counted([...one, ...other]));
      }),
    );
  });
  it('says nothing of nothing', () => expect(quantile(new Int32Array(buckets), 0.5)).toBeNull());
});
