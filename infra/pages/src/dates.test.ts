import { describe, expect, it } from 'vitest';
import { showDay, showPublication, showTime, statedDate } from './dates.ts';

const at = '2026-11-22T16:05:07.000Z';

describe("a source's date", () => {
  it('is shown exactly as exactly as it was stated, in the time of Beijing', () => {
    expect(showPublication({ at, precision: 'second', text: null })).toBe('2026-11-23 00:05:07');
    expect(showPublication({ at, precision: 'minute', text: null })).toBe('2026-11-23 00:05');
    expect(showPublication({ at: '2026-11-22T16:00:00.000Z', precision: 'day', text: null })).toBe('2026-11-23');
  });

  it('is never made up: without one, the words of the source or that it gave none', () => {
    expect(showPublication({ at: null, precision: 'none', text: '近日' })).toBe('近日');
    expect(showPublication({ at: null, precision: 'none', text: null })).toBe('未标注');
    expect(showPublication({ at, precision: 'none', text: null })).toBe('未标注');
    expect(statedDate({ at: null, precision: 'none', text: '近日' })).toBeNull();
  });
});

it('a moment of ours is shown to the minute, its day in the time of Beijing', () => {
  expect(showTime(at)).toBe('2026-11-23 00:05');
  expect(showDay(at)).toBe('2026-11-23');
});
