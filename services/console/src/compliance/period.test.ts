import { afterEach, describe, expect, it } from 'vitest';
import { beginOf, daysOf, endOf, isDay, presetDays } from './period.ts';

/** 2026-11-23 23:30 in Beijing. */
const late = Date.parse('2026-11-23T15:30:00.000Z');

const { TZ } = process.env;
afterEach(() => {
  if (TZ === undefined) delete process.env['TZ'];
  else process.env['TZ'] = TZ;
});

describe('periods of the compliance page', () => {
  it('begin and end at midnight in Beijing', () => {
    expect(beginOf('2026-11-23')).toBe('2026-11-22T16:00:00.000Z');
    expect(endOf('2026-11-23')).toBe('2026-11-23T16:00:00.000Z');
  });

  it.each(['Asia/Shanghai', 'America/New_York', 'Pacific/Kiritimati'])(
    'are those that people name, in %s too',
    (machine) => {
      process.env['TZ'] = machine;
      expect(presetDays('today', late)).toEqual({ from: '2026-11-23', to: '2026-11-23' });
      expect(presetDays('week', late)).toEqual({ from: '2026-11-17', to: '2026-11-24' });
      expect(presetDays('month', late)).toEqual({ from: '2026-11-01', to: '2026-11-24' });
      expect(presetDays('quarter', late)).toEqual({ from: '2026-10-01', to: '2026-11-24' });
      expect(presetDays('year', late)).toEqual({ from: '2026-01-01', to: '2026-11-24' });
    },
  );

  it.each([
    ['2026-11-23', '2026-11-23', '2026-11-23'],
    ['2026-11', '2026-11-01', '2026-11-24'],
    ['2026-Q3', '2026-07-01', '2026-09-30'],
    ['2026', '2026-02-03', '2026-11-24'],
    ['nonsense', '2026-02-03', '2026-11-24'],
  ])('are parted: %s is from %s to %s', (part, from, to) => {
    expect(daysOf(part, { from: '2026-02-03', to: '2026-11-24' })).toEqual({ from, to });
  });
  it('know the leap day', () => {
    const days = { from: '2028-02-01', to: '2028-02-29' };
    expect(daysOf('2028-02', { from: '2028-01-01', to: '2028-12-31' })).toEqual(days);
  });
  it.each(['2026-13-01', '昨天', '', undefined])('refuses %s', (text) => expect(isDay(text)).toBe(false));
});
