import { expect, it } from 'vitest';
import { fromField, monthAfter, monthOf, toField, weeksOf } from './month.ts';

it('a month is Beijing’s', () => {
  expect(monthOf(Date.parse('2026-10-31T16:00:00.000Z'))).toBe('2026-11');
  expect(monthAfter('2026-12', 1)).toBe('2027-01');
  expect(monthAfter('2026-01', -1)).toBe('2025-12');
});

it('its weeks begin on Monday and hold every day once', () => {
  const weeks = weeksOf('2026-11');
  expect(weeks[0]![0]).toMatchObject({ date: '2026-10-26', inMonth: false, from: '2026-10-25T16:00:00.000Z' });
  expect(weeks.flat().filter(({ inMonth }) => inMonth)).toHaveLength(30);
  for (const week of weeks) expect(week).toHaveLength(7);
  const days = weeks.flat();
  for (const [i, { from }] of days.slice(1).entries()) expect(from).toBe(days[i]!.to);
});

it('a field says Beijing time', () => {
  expect(toField('2026-11-23T00:30:00.000Z')).toBe('2026-11-23T08:30');
  expect(fromField('2026-11-23T08:30')).toBe('2026-11-23T00:30:00.000Z');
  expect(fromField('')).toBeNull();
});
