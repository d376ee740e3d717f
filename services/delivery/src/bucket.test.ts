import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { take, type Rate } from './bucket.ts';

/** What is taken when somebody asks at these instants (ms), and when. */
function taken(rate: Rate, asks: number[]): number[] {
  let full = 0;
  return asks.filter((now) => {
    const { full: next, waitMs } = take(full, now, rate);
    full = next;
    return waitMs === 0;
  });
}

describe('a bucket', () => {
  it('gives what it holds at once, and then one after the other', () => {
    expect(taken({ tokens: 3, perSeconds: 3 }, [0, 0, 0, 0, 999, 1_000, 1_000])).toEqual([0, 0, 0, 1_000]);
  });
  it('says how long to wait', () => {
    const rate = { tokens: 20, perSeconds: 60 };
    let full = 0;
    for (let i = 0; i < 20; i++) full = take(full, 0, rate).full;
    expect(take(full, 0, rate).waitMs).toBe(3_000);
    expect(take(full, 3_000, rate).waitMs).toBe(0);
  });
  it('never gives more than its tokens and what flowed in meanwhile, and always gives after the wait that it said', () => {
    const rates = fc.record({ tokens: fc.integer({ min: 1, max: 50 }), perSeconds: fc.integer({ min: 1, max: 600 }) });
    fc.assert(
      fc.property(rates, fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200 }), (rate, gaps) => {
        let now = 0;
        const asks = gaps.map((gap) => (now += gap));
        const got = taken(rate, asks);
        const flow = rate.tokens / (rate.perSeconds * 1_000);
        for (const [i, from] of got.entries()) {
          const upTo = got.at(-1)!;
          expect(got.length - i).toBeLessThanOrEqual(rate.tokens + (upTo - from) * flow + 1e-6);
        }
        const { waitMs, full } = take(now + rate.perSeconds * 1_000, now, rate);
        expect(take(full, now + waitMs, rate).waitMs).toBeLessThan(0.001);
      }),
    );
  });
});
