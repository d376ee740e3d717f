import { describe, expect, it } from 'vitest';
import { SteadyClock } from './steady.ts';

const hour = 3_600_000;

/** A clock whose wall and whose passing can be moved. */
function clocks() {
  const at = { wall: 1_000_000, passed: 0 };
  const steps: number[] = [];
  const steady = new SteadyClock(
    () => at.wall,
    () => at.passed,
    (by) => steps.push(by),
  );
  const pass = (ms: number) => {
    at.wall += ms;
    at.passed += ms;
  };
  return { at, steps, steady, pass };
}

describe('a clock for what must not be early', () => {
  it('follows the wall clock through its small corrections', () => {
    const { at, steady, pass, steps } = clocks();
    for (let i = 0; i < 10_000; i++) {
      pass(250);
      at.wall += 5;
      expect(steady.now()).toBe(at.wall);
    }
    expect(steps).toEqual([]);
  });
  it('is not led ahead by an hour, and says so once', () => {
    const { at, steady, pass, steps } = clocks();
    pass(500);
    at.wall += hour;
    expect(steady.now()).toBe(at.wall - hour);
    pass(10 * 60_000);
    expect(steady.now()).toBe(at.wall - hour);
    expect(steps).toEqual([hour]);
  });
  it('waits with the wall clock when that is moved back', () => {
    const { at, steady, pass } = clocks();
    pass(500);
    at.wall -= hour;
    expect(steady.now()).toBe(at.wall);
  });
  it('goes on as before when the wall clock is put right', () => {
    const { at, steady, pass, steps } = clocks();
    at.wall += hour;
    steady.now();
    pass(60_000);
    at.wall -= hour;
    expect(steady.now()).toBe(at.wall);
    at.wall += hour;
    steady.now();
    expect(steps).toHaveLength(2);
  });
});
