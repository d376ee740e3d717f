import { expect, it } from 'vitest';
import { retryAfterSeconds } from './retry-after.ts';

const now = Date.UTC(2026, 10, 23, 4, 0, 0);
const seconds = (header: string | string[] | undefined) => retryAfterSeconds(header, now);

it('is a number of seconds, or a date', () => {
  expect(seconds('120')).toBe(120);
  expect(seconds(' 0 ')).toBe(0);
  expect(seconds(['30', '60'])).toBe(30);
  expect(seconds('Mon, 23 Nov 2026 04:01:30 GMT')).toBe(90);
});
it('is nothing to wait for when the date has passed', () => {
  expect(seconds('Mon, 23 Nov 2026 03:00:00 GMT')).toBe(0);
});
it.each([
  undefined,
  '',
  'soon',
  '-5',
  '1.5',
  '5 minutes',
  '0x10',
  '9'.repeat(400),
  'in the year 2999',
  '2026'.repeat(2) + 'x',
])('is not known from %s', (header) => {
  expect(seconds(header)).toBeNull();
});
