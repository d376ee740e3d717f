import { noon } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxAttempts, nextAttemptAt } from './schedule.ts';

const after = (attempt: number, retryAfterSeconds: number | null = null, deliveryId = 'delivery') => {
  const next = nextAttemptAt({ deliveryId, attempt, at: noon, retryAfterSeconds });
  return next === null ? null : (Date.parse(next) - Date.parse(noon)) / 1_000;
};

describe('the schedule', () => {
  it('waits longer and longer, and ends after ten attempts', () => {
    const waits = Array.from({ length: maxAttempts }, (_, i) => after(i + 1));
    expect(waits.at(-1)).toBeNull();
    for (const [i, least] of [5, 30, 120, 600, 1_800, 3_600, 3_600, 3_600, 3_600].entries()) {
      expect(waits[i]).toBeGreaterThanOrEqual(least);
      expect(waits[i]).toBeLessThan(least * 1.1);
    }
  });
  it('leaves a channel alone for as long as it asks, and never for less than planned', () => {
    expect(after(1, 300)).toBeGreaterThanOrEqual(300);
    expect(after(5, 1)).toBeGreaterThanOrEqual(1_800);
  });
  it('spreads deliveries of the same moment, and says the same for the same attempt', () => {
    const waits = Array.from({ length: 100 }, (_, i) => after(3, null, `delivery-${i}`));
    expect(new Set(waits).size).toBeGreaterThan(50);
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 9 }), (id, attempt) => {
        expect(after(attempt, null, id)).toBe(after(attempt, null, id));
      }),
    );
  });
});
