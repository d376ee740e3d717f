import { stageSpans, type Moments } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stageTimes } from './stages.ts';

const moments: Moments = {
  upstreamAt: minutesLater(-10),
  seenAt: noon,
  claimedAt: minutesLater(5),
  approvedAt: minutesLater(7),
  publishedAt: minutesLater(8),
  verifiedAt: minutesLater(9),
};
const none: Moments = {
  upstreamAt: null,
  seenAt: null,
  claimedAt: null,
  approvedAt: null,
  publishedAt: null,
  verifiedAt: null,
};
const minutes = (of: Moments) =>
  Object.fromEntries(Object.entries(stageSpans(of)).map(([stage, ms]) => [stage, ms / 60_000]));

describe('where the time went', () => {
  it('is told stage by stage, from upstream to proof', () => {
    expect(minutes(moments)).toEqual({ seen: 10, claimed: 5, approved: 2, published: 1, verified: 1 });
  });
  it('counts a stage that was skipped to the next one', () => {
    expect(minutes({ ...moments, claimedAt: null, publishedAt: null })).toEqual({ seen: 10, approved: 7, verified: 2 });
  });
  it('leaves out what nobody can know', () => {
    expect(minutes({ ...none, seenAt: noon })).toEqual({});
    expect(minutes({ ...moments, upstreamAt: minutesLater(60) })).not.toHaveProperty('seen');
  });
  it('is summed by median and 95th percentile', () => {
    const tasks = Array.from({ length: 100 }, (_, i) => ({ ...none, seenAt: noon, claimedAt: minutesLater(i + 1) }));
    expect(stageTimes(tasks)).toEqual([{ stage: 'claimed', tasks: 100, medianSeconds: 3_000, p95Seconds: 5_700 }]);
    expect(stageTimes([])).toEqual([]);
  });
  it('adds up to the whole, whatever was skipped', () => {
    const some = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(some, fc.option(some), some, some, (seen, claimed, approved, published) => {
        let now = 0;
        const after = (span: number) => minutesLater((now += span));
        const of = {
          ...none,
          upstreamAt: noon,
          seenAt: after(seen),
          claimedAt: claimed === null ? null : after(claimed),
          approvedAt: after(approved),
          publishedAt: after(published),
        };
        const sum = Object.values(stageSpans(of)).reduce((one, other) => one + other, 0);
        expect(sum).toBe(now * 60_000);
      }),
    );
  });
});
