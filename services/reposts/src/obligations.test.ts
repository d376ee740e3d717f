import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { dueAt, startClock } from './obligations.ts';

describe('the clock of an obligation', () => {
  it('starts at the stated time when it is exact', () => {
    const publication = { at: minutesLater(-30), precision: 'minute' as const, text: null };
    expect(startClock(publication, noon)).toEqual({ basis: 'stated', startsAt: minutesLater(-30) });
  });
  it.each([
    ['only a day is given', { at: minutesLater(-700), precision: 'day' as const, text: '2026-11-23' }],
    ['no time is given', { at: null, precision: 'none' as const, text: null }],
    ['the time is still to come', { at: minutesLater(5), precision: 'second' as const, text: null }],
  ])('starts at first sight when %s', (_, publication) => {
    expect(startClock(publication, noon)).toEqual({ basis: 'first_seen', startsAt: noon });
  });
  it('ends exactly twelve hours later, whatever the zone does', () => {
    expect(dueAt('2026-11-23T04:00:00.123Z', 'PT12H')).toBe('2026-11-23T16:00:00.123Z');
  });
});
