import { describe, expect, it } from 'vitest';
import { beginOf, endOf, isDay, presetDays } from './period.ts';

/** 2026-11-23 23:30 in Beijing. */
const late = Date.parse('2026-11-23T15:30:00.000Z');

describe('periods of the compliance page', () => {
  it('begin and end at midnight in Beijing', () => {
    expect(beginOf('2026-11-23')).toBe('2026-11-22T16:00:00.000Z');
    expect(endOf('2026-11-23')).toBe('2026-11-23T16:00:00.000Z');
  });

  it('are those that people name', () => {
    expect(presetDays('today', late)).toEqual({ from: '2026-11-23', to: '2026-11-23' });
    expect(presetDays('week', late)).toEqual({ from: '2026-11-17', to: '2026-11-24' });
    expect(presetDays('month', late)).toEqual({ from: '2026-11-01', to: '2026-11-24' });
    expect(presetDays('quarter', late)).toEqual({ from: '2026-10-01', to: '2026-11-24' });
  });

  it.each(['2026-13-01', '昨天', '', undefined])('refuses %s', (text) => expect(isDay(text)).toBe(false));
});
