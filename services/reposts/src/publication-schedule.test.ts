import { noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { nextAttemptAt } from './publication-schedule.ts';
import type { Trouble } from '@tongsheng/cms';

const seconds = (
  attempt: number,
  outcome: Trouble['outcome'],
  retryAfterSeconds: number | null = null,
  taskId = 'task',
) => {
  const trouble = { code: 'c', detail: 'd', outcome, retryAfterSeconds };
  const next = nextAttemptAt({ taskId, attempt, at: noon, trouble });
  return next === null ? null : (Date.parse(next) - Date.parse(noon)) / 1_000;
};

describe('an attempt that did not publish is followed by the next one', () => {
  it.each([
    [1, 5],
    [2, 30],
    [3, 120],
    [4, 600],
    [5, 1_800],
    [500, 1_800],
  ])('after attempt %d within %d s and a tenth, without end', (attempt, wait) => {
    const waited = seconds(attempt, 'rejected_retryable')!;
    expect(waited).toBeGreaterThanOrEqual(wait);
    expect(waited).toBeLessThanOrEqual(wait * 1.1);
  });
  it('not before a slow site has surely ended, where it may have happened', () => {
    expect(seconds(1, 'unknown')).toBeGreaterThanOrEqual(60);
    expect(seconds(4, 'unknown')).toBeGreaterThanOrEqual(600);
  });
  it('when the other side wants it, within reason', () => {
    expect(seconds(1, 'rejected_retryable', 90)).toBeGreaterThanOrEqual(90);
    expect(seconds(5, 'rejected_retryable', 90)).toBeGreaterThanOrEqual(1_800);
    expect(seconds(1, 'rejected_retryable', 10 ** 9)).toBeLessThanOrEqual(6 * 3_600 * 1.1);
  });
  it('never by itself where a person must mend something', () => {
    expect(seconds(1, 'rejected_permanent', 5)).toBeNull();
  });
  it('not at one moment for all pages of a site', () => {
    const moments = new Set(Array.from({ length: 50 }, (_, i) => seconds(3, 'not_sent', null, `task-${i}`)));
    expect(moments.size).toBeGreaterThan(40);
  });
});
