import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextLook, type PaceFacts } from './pace.ts';

const facts: PaceFacts = {
  pollSeconds: 120,
  zone: 'Asia/Shanghai',
  now: '2026-11-23T04:00:00.000Z',
  failures: 0,
  silentSeconds: 600,
  retryAfterSeconds: null,
  pushed: false,
  jitter: 0,
};
const night = '2026-11-23T18:00:00.000Z';
const look = (more: Partial<PaceFacts>) => nextLook({ ...facts, ...more });

describe('a source is looked at', () => {
  it('every two minutes while something happens', () => {
    expect(look({})).toEqual({ seconds: 120, pace: 'usual' });
    expect(look({ silentSeconds: null })).toEqual({ seconds: 120, pace: 'usual' });
  });
  it('more seldom the longer it is silent, five minutes at most by day and thirty at night', () => {
    expect(look({ silentSeconds: 3_600 })).toEqual({ seconds: 180, pace: 'silence' });
    expect(look({ silentSeconds: 1e9 })).toEqual({ seconds: 300, pace: 'silence' });
    expect(look({ silentSeconds: 1e9, now: night })).toEqual({ seconds: 1_800, pace: 'night' });
    expect(look({ now: night })).toEqual({ seconds: 120, pace: 'usual' });
  });
  it('half as often after each failure, and every half hour at the least, for ever', () => {
    const seconds = [1, 2, 3, 4, 50].map((failures) => look({ failures }).seconds);
    expect(seconds).toEqual([240, 480, 960, 1_800, 1_800]);
  });
  it('when its server says, within an hour', () => {
    expect(look({ retryAfterSeconds: 600, failures: 1 })).toEqual({ seconds: 600, pace: 'retry_after' });
    expect(look({ retryAfterSeconds: 86_400 }).seconds).toBe(3_600);
    expect(look({ retryAfterSeconds: 1 }).seconds).toBe(120);
  });
  it('seldom while a hub tells what is new', () => {
    expect(look({ pushed: true })).toEqual({ seconds: 300, pace: 'push' });
  });
});

it('never sooner than nine tenths of its interval, never later than an hour, whatever happens', () => {
  const anyFacts = fc.record({
    pollSeconds: fc.integer({ min: 1, max: 3_600 }),
    failures: fc.integer({ min: 0, max: 100 }),
    silentSeconds: fc.option(fc.integer({ min: 0, max: 1e8 })),
    retryAfterSeconds: fc.option(fc.integer({ min: 0, max: 1e8 })),
    pushed: fc.boolean(),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    now: fc.constantFrom(facts.now, night),
  });
  fc.assert(
    fc.property(anyFacts, (more) => {
      const { seconds } = look(more);
      expect(seconds).toBeGreaterThanOrEqual(more.pollSeconds * 0.9);
      expect(seconds).toBeLessThanOrEqual(3_600);
      const untroubled = more.failures === 0 && more.retryAfterSeconds === null;
      if (untroubled) expect(seconds).toBeLessThanOrEqual(Math.max(more.now === night ? 1_800 : 300, more.pollSeconds));
    }),
  );
});
