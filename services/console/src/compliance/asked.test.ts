import { describe, expect, it } from 'vitest';
import { askedBy, figureBy } from './asked.ts';

const period = { from: '2026-11-01', to: '2026-11-30' };

describe('an address of the compliance page', () => {
  it('asks for what it says, and for a period in its order', () => {
    expect(askedBy({ ...period, site: 'city', source: 'portal', kind: 'policy', limit: 8, unit: 'month' })).toEqual({
      ...period,
      sites: 'city',
      sourceId: 'portal',
      kind: 'policy',
      limit: '8',
      unit: 'month',
    });
    expect(askedBy({ from: period.to, to: period.from, unit: 'decade' })).toEqual(period);
  });
  it('opens the tasks of a row, of a part of the period, and of a limit', () => {
    expect(figureBy({ ...period, site: 'city', outcome: 'late', of: 'column:通知:公告', part: '2026-11-23' })).toEqual({
      from: '2026-11-23',
      to: '2026-11-23',
      sites: 'city',
      column: '通知:公告',
      outcome: 'late',
    });
    expect(figureBy({ ...period, outcome: 'on_time', of: 'limit:12' })).toEqual({
      ...period,
      outcome: 'on_time',
      limit: '12',
    });
    expect(figureBy({ ...period, outcome: 'due', duty: 'retract' })).toEqual({
      ...period,
      outcome: 'due',
      duty: 'retract',
    });
  });
  it('opens nothing where no figure is named, and no row that there is not', () => {
    expect(figureBy(period)).toBeNull();
    expect(figureBy({ ...period, outcome: 'all' })).toBeNull();
    expect(figureBy({ ...period, outcome: 'due', of: 'outcome:late' })).toEqual({ ...period, outcome: 'due' });
  });
});
