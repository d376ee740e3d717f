import type { LinkedRow, ReleaseRow } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { blankPlan, lacksInterpretation, openSteps, planOf, problemsOf } from './plan.ts';

const now = Date.parse('2026-11-23T04:20:00.000Z');
const part = (releaseId: string, role: 'policy' | 'interpretation' | 'news') => ({ releaseId, site: 'p', role });
const row = (more: Partial<LinkedRow>) =>
  ({
    parts: [part('a', 'policy'), part('b', 'interpretation')],
    signed: [],
    sealedAt: null,
    waived: null,
    ...more,
  }) as LinkedRow;

describe('a plan in its form', () => {
  it('begins at the next full hour, and says all that is missing', () => {
    const blank = blankPlan('p', now + 3_600_000);
    expect(planOf(blank)!.t0).toBe('2026-11-23T06:00:00.000Z');
    expect(problemsOf({ ...blank, sites: [] }, now).map(({ field }) => field)).toEqual(['title', 'sites']);
  });
  it('has a moment, and that is still to come', () => {
    const blank = { ...blankPlan('p', now), title: '题', parts: [part('a', 'news')] };
    expect(problemsOf(blank, now)).toEqual([]);
    expect(problemsOf(blank, now + 86_400_000).map(({ field }) => field)).toEqual(['t0']);
    expect(planOf({ ...blank, t0: '' })).toBeNull();
  });
  it('misses what explains a policy', () => {
    expect(lacksInterpretation({ parts: [part('a', 'policy')] })).toBe(true);
    expect(lacksInterpretation({ parts: [part('a', 'policy'), part('b', 'interpretation')] })).toBe(false);
    expect(lacksInterpretation({ parts: [part('a', 'news')] })).toBe(false);
  });
});

it('what stands between a plan and its moment is named in order', () => {
  const written = [{ releaseId: 'a' }, { releaseId: 'b' }] as ReleaseRow[];
  expect(openSteps(row({ parts: [part('a', 'policy')] }), [])).toEqual(['explain', 'write', 'sign', 'seal']);
  expect(openSteps(row({}), written)).toEqual(['sign', 'seal']);
  expect(openSteps(row({ signed: ['a', 'b'] }), written)).toEqual(['seal']);
  expect(openSteps(row({ signed: ['a', 'b'], sealedAt: '2026-11-23T04:00:00.000Z' }), written)).toEqual([]);
});
