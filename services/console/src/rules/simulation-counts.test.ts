import { expect, it } from 'vitest';
import { countsOf } from './simulation-counts.ts';

const outcome = (effect: 'mandatory' | 'unrouted', limit: string | null) => ({ effect, rule: null, limit });
const change = { itemId: 'i', sourceId: 's', title: '公告', firstSeenAt: '2026-11-23T04:00:00.000Z' };

it('a trial counts obligations, and items that are decided otherwise or within another limit', () => {
  const changes = [
    {
      ...change,
      before: outcome('unrouted', null),
      after: outcome('mandatory', 'PT12H'),
      gained: ['a', 'b'],
      lost: [],
    },
    { ...change, before: outcome('mandatory', 'PT12H'), after: outcome('mandatory', 'PT8H'), gained: [], lost: ['c'] },
  ];
  expect(countsOf(changes)).toEqual({ gained: 2, lost: 1, effects: 1, limits: 1 });
});
