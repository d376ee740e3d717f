import { describe, expect, it } from 'vitest';
import { rhythmOf } from './rhythm.ts';

const day = (n: number, hour = 2) =>
  `2026-11-${String(n).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00.000Z`;
const weekdays = [2, 3, 4, 5, 6, 9, 10, 11, 12, 13].map((n) => day(n));

describe('a silence', () => {
  it('is judged by the source’s own pauses, weekends among them', () => {
    expect(rhythmOf(weekdays, day(16))).toMatchObject({ quiet: false, lastAt: day(13) });
    expect(rhythmOf(weekdays, day(23))).toMatchObject({ quiet: true });
  });
  it('of less than a day is none, however busy the source is', () => {
    const busy = Array.from({ length: 20 }, (_, i) => day(10, i));
    expect(rhythmOf(busy, day(11, 18))?.quiet).toBe(false);
    expect(rhythmOf(busy, day(11, 20))?.quiet).toBe(true);
  });
  it('is not judged by too little, nor by dates still to come', () => {
    expect(rhythmOf(weekdays.slice(0, 5), day(30))).toBeNull();
    expect(rhythmOf([], day(30))).toBeNull();
    expect(rhythmOf([...weekdays, day(29)], day(16))?.lastAt).toBe(day(13));
  });
  it('counts a moment once, in whatever order they come', () => {
    expect(rhythmOf([...weekdays, ...weekdays].reverse(), day(16))).toEqual(rhythmOf(weekdays, day(16)));
  });
});
