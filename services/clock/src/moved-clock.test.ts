// Somebody moves the wall clock by an hour, either way, before T0, shortly before it and right at it: the linked release is
// reminded of and committed by the time that really passed, not a millisecond before, and each of it once.
import type { LinkedEvent } from '@tongsheng/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { appointments, callsOf, type Appointment, type Call } from './appointments.ts';
import { SteadyClock } from './steady.ts';
import { Ticker } from './ticker.ts';

const [minute, hour] = [60_000, 3_600_000];
const begun = Date.parse('2026-11-23T04:00:00.000Z');
const t0 = begun + 40 * minute;
const planned: LinkedEvent = {
  type: 'linked.planned',
  linkedId: 'l',
  site: 'province',
  title: '联动',
  parts: [],
  sites: ['province'],
  channels: [],
  t0: new Date(t0).toISOString(),
  revision: 1,
  by: 'comms',
  byName: '赵宣传',
  plannedAt: new Date(begun).toISOString(),
};

beforeEach(() => {
  vi.useFakeTimers({ now: begun });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lives through an hour and three quarters; the wall clock is moved once. @returns what was told, and when it really was */
async function live(moveAt: number, byMs: number): Promise<{ tell: number; at: number }[]> {
  const real = () => Date.now();
  const wall = () => real() + (real() >= moveAt ? byMs : 0);
  const steady = new SteadyClock(wall, real, () => {});
  let row = appointments.apply(null, planned, {} as never);
  const told: { tell: number; at: number }[] = [];
  const fire = async ({ tell }: Call) => {
    told.push({ tell, at: real() });
    const left: Appointment['moments'] = row!.moments.filter((each) => each.tell !== tell);
    row = { ...row!, moments: left };
  };
  const due = async (before: number) => callsOf(row ? [row] : []).filter(({ moment }) => moment <= before);
  const ticker = new Ticker({
    due,
    now: () => steady.now(),
    fire,
    onError: (error) => expect.unreachable(String(error)),
  });
  ticker.look();
  await vi.advanceTimersByTimeAsync(105 * minute);
  await ticker.stop();
  return told;
}

describe('when the wall clock is moved by an hour', () => {
  const moments = [begun + 5 * minute, t0 - 30 * minute, t0 - 10 * minute, t0 - 500, t0 - 1, t0];
  it.each(moments.map((at) => [(at - t0) / minute, at]))(
    'ahead, %d minutes from T0, nothing is told early, and all of it at its time',
    async (_, at) => {
      const told = await live(at, hour);
      expect(told.map(({ tell }) => tell)).toEqual([30, 10, 0]);
      for (const { tell, at: when } of told) {
        expect(when).toBeGreaterThanOrEqual(t0 - tell * minute);
        expect(when).toBeLessThan(t0 - tell * minute + 1_000);
      }
    },
  );
  it.each(moments.map((at) => [(at - t0) / minute, at]))(
    'back, %d minutes from T0, nothing is told early or twice, and all of it by the wall’s own time',
    async (_, at) => {
      const told = await live(at, -hour);
      expect(told.map(({ tell }) => tell)).toEqual([30, 10, 0]);
      for (const { tell, at: when } of told) {
        expect(when).toBeGreaterThanOrEqual(t0 - tell * minute);
        expect(when).toBeLessThan(t0 - tell * minute + hour + 1_000);
      }
    },
  );
});
