import { describe, expect, it } from 'vitest';
import { dateAfter, shownDays } from './span.ts';

const dates = (...args: Parameters<typeof shownDays>) =>
  shownDays(...args)
    .flat()
    .map(({ date }) => date);

describe('a calendar', () => {
  it('shows the whole weeks of a month, the week of a day, or the day', () => {
    expect(dates('month', '2026-11-23')).toHaveLength(42);
    expect(dates('week', '2026-11-23')).toEqual(
      ['23', '24', '25', '26', '27', '28', '29'].map((day) => `2026-11-${day}`),
    );
    expect(dates('week', '2026-11-30')).toContain('2026-12-06');
    expect(dates('day', '2026-11-23')).toEqual(['2026-11-23']);
  });
  it('goes on by what it shows', () => {
    expect(dateAfter('month', '2026-12-31', 1)).toBe('2027-01-01');
    expect(dateAfter('week', '2026-11-30', -1)).toBe('2026-11-23');
    expect(dateAfter('day', '2026-11-30', 1)).toBe('2026-12-01');
  });
});
