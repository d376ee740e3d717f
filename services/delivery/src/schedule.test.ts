import { minutesLater, noon } from '@tongsheng/test/support';
import type { Trouble, Urgency } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { afterWatch, budgetOf, firstWatchAt, lookAt, retryAt, type Standing } from './schedule.ts';

const ended = { deliveryId: 'delivery', attempt: 1, at: noon, trouble: 'busy' as Trouble, retryAfterSeconds: null };
const standing = (urgency: Urgency, tries = 0, spentMs = 0): Standing => ({
  policy: { urgency, budget: budgetOf(urgency) },
  tries,
  spentMs,
});
const seconds = (instant: string | undefined) => (Date.parse(instant ?? '') - Date.parse(noon)) / 1_000;

/** Every wait of a channel that is never well, in seconds, and the budget used at the end. */
function waits(urgency: Urgency): { each: number[]; spentMs: number } {
  const each: number[] = [];
  let [tries, spentMs] = [0, 0];
  for (;;) {
    const next = retryAt({ ...ended, attempt: tries + 1 }, standing(urgency, tries, spentMs));
    if (next === null) return { each, spentMs };
    each.push((next.spentMs - spentMs) / 1_000);
    tries++;
    spentMs = next.spentMs;
  }
}

describe('the schedule', () => {
  it('of a rebuttal is over within half an hour and tries every minute', () => {
    const { each, spentMs } = waits('rebuttal');
    expect(each.slice(0, 7)).toEqual([2, 4, 8, 16, 32, 60, 60]);
    expect(spentMs).toBeLessThanOrEqual(30 * 60_000);
    expect(spentMs).toBeGreaterThan(28 * 60_000);
  });
  it('of routine work lasts three days and tries every hour', () => {
    const { each, spentMs } = waits('routine');
    expect(each.slice(0, 6)).toEqual([5, 25, 125, 625, 3_125, 3_600]);
    expect(spentMs).toBeGreaterThan(70 * 3_600_000);
    expect(spentMs).toBeLessThanOrEqual(72 * 3_600_000);
  });
  it('leaves a channel alone for as long as it asks, never for less than planned, and doesn’t count the rest', () => {
    const asked = retryAt({ ...ended, retryAfterSeconds: 300 }, standing('routine'));
    expect(seconds(asked?.at)).toBeGreaterThanOrEqual(300);
    expect(asked?.spentMs).toBe(5_000);
    const hasty = retryAt({ ...ended, retryAfterSeconds: 1 }, standing('routine', 5));
    expect(seconds(hasty?.at)).toBeGreaterThanOrEqual(3_600);
  });
  it.each(['rate_limited', 'quota', 'credential'] as const)('takes no budget for %s, however late it is', (trouble) => {
    const spentMs = 72 * 3_600_000;
    const next = retryAt({ ...ended, trouble }, standing('routine', 90, spentMs));
    expect(next?.spentMs).toBe(spentMs);
    expect(seconds(next?.at)).toBeGreaterThanOrEqual(60);
    const asked = retryAt({ ...ended, trouble, retryAfterSeconds: 7 }, standing('routine', 90, spentMs));
    expect(seconds(asked?.at)).toBeLessThan(9);
  });
  it('spreads deliveries of the same moment by up to a fifth, and says the same for the same attempt', () => {
    const at = (deliveryId: string, attempt = 3) =>
      seconds(retryAt({ ...ended, deliveryId, attempt }, standing('routine', 2))?.at);
    expect(new Set(Array.from({ length: 100 }, (_, i) => at(`delivery-${i}`))).size).toBeGreaterThan(50);
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 9 }), (id, attempt) => {
        expect(at(id, attempt)).toBe(at(id, attempt));
        expect(at(id, attempt)).toBeGreaterThanOrEqual(125);
        expect(at(id, attempt)).toBeLessThan(125 * 1.2);
      }),
    );
  });
  it('never spends more than there is, whatever happens in whatever order', () => {
    const troubles = fc.constantFrom<Trouble>('network', 'busy', 'rate_limited', 'quota', 'credential');
    fc.assert(
      fc.property(fc.array(troubles, { maxLength: 200 }), (all) => {
        let [tries, spentMs] = [0, 0];
        for (const trouble of all) {
          const next = retryAt({ ...ended, trouble }, standing('urgent', tries, spentMs));
          if (next === null) continue;
          expect(next.at > noon).toBe(true);
          expect(next.spentMs).toBeGreaterThanOrEqual(spentMs);
          expect(next.spentMs).toBeLessThanOrEqual(12 * 3_600_000);
          if (next.spentMs > spentMs) tries++;
          spentMs = next.spentMs;
        }
      }),
    );
  });
});

describe('the looks at a channel', () => {
  it('come to an end, or follow the channel’s own', () => {
    expect(seconds(lookAt('unknown', 0, noon, undefined) ?? '')).toBe(10);
    expect(lookAt('unknown', 7, noon, undefined)).toBeNull();
    expect(lookAt('pending', 12, noon, undefined)).toBeNull();
    expect(lookAt('pending', 0, noon, ['PT2M'])).toBe(minutesLater(2));
    expect(lookAt('pending', 1, noon, ['PT2M'])).toBeNull();
  });
});

describe('the watch', () => {
  const watch = { confirmedAt: noon, stage: 0, unsures: 0 };

  it('looks after an hour, a day and a week', () => {
    expect(firstWatchAt(noon)).toBe(minutesLater(60));
    const second = afterWatch(watch, 'present', minutesLater(61));
    expect(second.nextAt).toBe(minutesLater(24 * 60));
    const third = afterWatch(second, 'present', minutesLater(24 * 60));
    expect(third.nextAt).toBe(minutesLater(7 * 24 * 60));
    expect(afterWatch(third, 'present', minutesLater(7 * 24 * 60)).nextAt).toBeNull();
  });
  it('asks again soon when it could not tell, and goes on after the third time', () => {
    const once = afterWatch(watch, 'unsure', minutesLater(60));
    expect(once.nextAt).toBe(minutesLater(75));
    const twice = afterWatch(once, 'unsure', minutesLater(75));
    expect(afterWatch(twice, 'unsure', minutesLater(90)).nextAt).toBe(minutesLater(24 * 60));
  });
  it('makes up for what was missed with one look', () => {
    expect(afterWatch(watch, 'present', minutesLater(30 * 60)).nextAt).toBe(minutesLater(30 * 60));
  });
});
