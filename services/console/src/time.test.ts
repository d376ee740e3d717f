import { describe, expect, it } from 'vitest';
import { clockState, minute, span } from './time.ts';

const hour = 3_600_000;

describe('the clock of a task', () => {
  it.each([
    [12 * hour, 'normal'],
    [4 * hour + 1, 'normal'],
    [4 * hour, 'near'],
    [hour + 1, 'near'],
    [hour, 'urgent'],
    [1, 'urgent'],
    [0, 'overdue'],
    [-hour, 'overdue'],
  ] as const)('with %i ms of 12 hours left is %s', (left, state) => {
    expect(clockState(0, 12 * hour, 12 * hour - left)).toBe(state);
  });

  it('is shown as hours, minutes and seconds, whichever way it lies', () => {
    expect(span(41 * 60_000 + 9_000)).toBe('00:41:09');
    expect(span(-(100 * hour + 1_000))).toBe('100:00:01');
  });
});

it('shows every time in Beijing', () => {
  expect(minute('2026-11-23T16:05:00.000Z')).toBe('2026-11-24 00:05');
});
