import { describe, expect, it } from 'vitest';
import { subjectOf } from './evidence-pack.ts';

describe('an evidence pack is about', () => {
  it('a task', () => {
    expect(subjectOf({ task: 'city/t1' })).toEqual({ kind: 'task', site: 'city', taskId: 't1' });
  });
  it('days of Beijing, of which the last one counts', () => {
    const period = { from: '2026-11-22T16:00:00.000Z', to: '2026-11-23T16:00:00.000Z' };
    expect(subjectOf({ from: '2026-11-23', to: '2026-11-23' })).toEqual({ kind: 'period', ...period });
    expect(subjectOf({ site: 'city', from: '2026-11-23', to: '2026-11-23' })).toEqual({
      kind: 'site',
      site: 'city',
      ...period,
    });
  });
  it('nothing else, and it is said what is wrong', () => {
    expect(() => subjectOf({})).toThrow('--task, or --from');
    expect(() => subjectOf({ task: 'city' })).toThrow('<site>/<task>');
    expect(() => subjectOf({ task: 'city/t1', site: 'city' })).toThrow('stands alone');
    expect(() => subjectOf({ from: '2026-11-24', to: '2026-11-23' })).toThrow('is after');
    expect(() => subjectOf({ from: '2026-13-01', to: '2026-13-02' })).toThrow('a day is needed');
    expect(() => subjectOf({ site: 'a b', from: '2026-11-23', to: '2026-11-23' })).toThrow("no site's id");
  });
});
