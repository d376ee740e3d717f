import { describe, expect, it } from 'vitest';
import { hasJumped, minute, offsetAsked, offsetHeard, span } from './time.ts';

const hour = 3_600_000;

describe('what is left of a limit', () => {
  it('is shown as hours, minutes and seconds, whichever way it lies', () => {
    expect(span(41 * 60_000 + 9_000)).toBe('00:41:09');
    expect(span(-(100 * hour + 1_000))).toBe('100:00:01');
  });
});

it('shows every time in Beijing', () => {
  expect(minute('2026-11-23T16:05:00.000Z')).toBe('2026-11-24 00:05');
});

describe('the server’s clock', () => {
  const noon = Date.parse('2026-11-23T04:00:00.000Z');
  /** An office PC whose clock goes wrong by `skew` asks at noon, and the answer takes `took`. */
  const asking = (skew: number, took = 80) => ({ sentAt: noon + skew, receivedAt: noon + skew + took, took });

  it.each([0, 1_500, -40 * 60_000, 8 * hour])('is known to a machine whose own is wrong by %i ms', (skew) => {
    expect(offsetAsked(asking(skew), noon + 40)).toBe(0 - skew);
  });

  it('is not learned from an answer that lay in a machine that slept', () => {
    expect(offsetAsked(asking(0, 2 * hour), noon)).toBeNull();
    // Many machines stop the steady clock while they sleep.
    expect(offsetAsked({ sentAt: noon, receivedAt: noon + 2 * hour, took: 90 }, noon)).toBeNull();
  });

  it('is not learned from an answer during which somebody set our clock', () => {
    expect(offsetAsked({ sentAt: noon, receivedAt: noon - hour, took: 90 }, noon)).toBeNull();
  });

  it('is never put back by a message that waited, which is a reason to ask', () => {
    expect(offsetHeard(0, -2 * hour)).toEqual({ offset: 0, isDoubtful: true });
    expect(offsetHeard(0, -300)).toEqual({ offset: 0, isDoubtful: false });
  });

  it('is put forward by a message at once, because none comes early', () => {
    expect(offsetHeard(-hour, 0)).toEqual({ offset: 0, isDoubtful: true });
    expect(offsetHeard(null, 5_000)).toEqual({ offset: 5_000, isDoubtful: true });
  });

  it('is asked for after a sleep, and when our own was set', () => {
    const before = { wall: noon, steady: 1_000 };
    expect(hasJumped(before, { wall: noon + 1_100, steady: 2_100 })).toBe(false);
    expect(hasJumped(before, { wall: noon + 2 * hour, steady: 1_000 + 2 * hour })).toBe(true);
    expect(hasJumped(before, { wall: noon + 2 * hour, steady: 1_900 })).toBe(true);
    expect(hasJumped(before, { wall: noon - hour, steady: 2_000 })).toBe(true);
  });
});
