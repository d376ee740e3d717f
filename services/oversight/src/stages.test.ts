import { minutesLater, noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secondsOf, stageTimes, type Moments } from './stages.ts';

const moments: Moments = {
  upstreamAt: minutesLater(-10),
  seenAt: noon,
  claimedAt: minutesLater(5),
  approvedAt: minutesLater(7),
  verifiedAt: minutesLater(9),
};

describe('where the time went', () => {
  it('is told stage by stage, from upstream to proof', () => {
    expect(secondsOf(moments, minutesLater(8))).toEqual({
      seen: 600,
      claimed: 300,
      approved: 120,
      published: 60,
      verified: 60,
    });
  });
  it('counts a stage that was skipped to the next one', () => {
    expect(secondsOf({ ...moments, claimedAt: null }, null)).toEqual({ seen: 600, approved: 420, verified: 120 });
  });
  it('leaves out what nobody can know', () => {
    expect(
      secondsOf({ ...moments, upstreamAt: null, claimedAt: null, approvedAt: null, verifiedAt: null }, null),
    ).toEqual({});
    expect(secondsOf({ ...moments, upstreamAt: minutesLater(60) }, null)).not.toHaveProperty('seen');
  });
  it('is summed by median and 95th percentile', () => {
    const tasks = Array.from({ length: 100 }, (_, i) => ({
      moments: {
        ...moments,
        seenAt: minutesLater(0),
        claimedAt: minutesLater(i + 1),
        approvedAt: null,
        verifiedAt: null,
      },
      publishedAt: null,
    }));
    expect(stageTimes(tasks)).toContainEqual({ stage: 'claimed', tasks: 100, medianSeconds: 3_000, p95Seconds: 5_700 });
    expect(stageTimes([])).toEqual([]);
  });
  it('adds up to the whole, whatever was skipped', () => {
    const minute = fc.integer({ min: 1, max: 1_000 });
    fc.assert(
      fc.property(minute, fc.option(minute), minute, minute, (a, b, c, d) => {
        const claimed = b === null ? null : a + b;
        const approved = (claimed ?? a) + c;
        const at = {
          upstreamAt: noon,
          seenAt: minutesLater(a),
          claimedAt: claimed === null ? null : minutesLater(claimed),
          approvedAt: minutesLater(approved),
          verifiedAt: null,
        };
        const sum = Object.values(secondsOf(at, minutesLater(approved + d))).reduce((one, other) => one + other, 0);
        expect(sum).toBe((approved + d) * 60);
      }),
    );
  });
});
