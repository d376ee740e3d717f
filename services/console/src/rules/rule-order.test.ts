import type { Rule } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { inOrder, lastOrder, moved, neighbourOf } from './rule-order.ts';

const rule = (ruleId: string, order: number): Rule => ({
  ruleId,
  order,
  name: ruleId,
  sources: [],
  titleIncludes: [],
  conditions: [],
  effect: 'mandatory',
  sites: [],
  limit: 'PT12H',
  column: '转载',
  priority: 'normal',
  enabled: true,
});
const after = (rules: Rule[], changed: Rule[]) =>
  inOrder(rules.map((each) => changed.find(({ ruleId }) => ruleId === each.ruleId) ?? each)).map(
    ({ ruleId }) => ruleId,
  );

describe('a rule that is moved', () => {
  const rules = [rule('a', 5), rule('b', 10), rule('c', 20)];

  it('changes places with the one above, and nothing else is touched', () => {
    const changed = moved(rules, 'b', -1);
    expect(changed.map(({ ruleId, order }) => [ruleId, order])).toEqual([
      ['b', 5],
      ['a', 10],
    ]);
    expect(after(rules, changed)).toEqual(['b', 'a', 'c']);
  });
  it('goes one place down', () => {
    expect(after(rules, moved(rules, 'a', 1))).toEqual(['b', 'a', 'c']);
  });
  it('stays at the end', () => {
    expect(moved(rules, 'a', -1)).toEqual([]);
    expect(moved(rules, 'c', 1)).toEqual([]);
    expect(neighbourOf(rules, 'c', 1)).toBeUndefined();
  });
  it('gets there also among rules of the same number', () => {
    const same = [rule('a', 1), rule('b', 1), rule('c', 1)];
    expect(after(same, moved(same, 'c', -1))).toEqual(['a', 'c', 'b']);
    expect(after(same, moved(same, 'a', 1))).toEqual(['b', 'a', 'c']);
  });
});

it('a new rule is asked last', () => {
  expect(lastOrder([rule('a', 5), rule('b', 30)])).toBe(40);
  expect(lastOrder([])).toBe(10);
});
