import type { Rule } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { blank, conditionDraft, draftOf, ruleOf } from './rule-draft.ts';

const rule: Rule = {
  ruleId: 'personnel',
  name: '人事任免不转载',
  order: 5,
  sources: ['national'],
  titleIncludes: ['任免', '招考'],
  conditions: [{ field: 'level', op: 'is', values: ['national'], not: true }],
  effect: 'ignore',
  sites: [],
  limit: 'PT8H',
  column: '转载',
  priority: 'low',
  enabled: true,
};

describe('a rule that is being written', () => {
  it('asks for the same as before, all of it in one list', () => {
    expect(ruleOf(draftOf(rule))).toEqual({
      ...rule,
      sources: [],
      titleIncludes: [],
      conditions: [
        { field: 'source', op: 'is', values: ['national'], not: false },
        { field: 'title', op: 'includes', values: ['任免', '招考'], not: false },
        ...rule.conditions,
      ],
    });
  });
  it('takes words apart at whatever comma they were typed with', () => {
    const typed = {
      ...conditionDraft({ field: 'title', op: 'includes', values: ['x'], not: false }),
      text: '公告、 通知，决定, 公告',
    };
    const { conditions } = ruleOf({ ...blank('new', 10), conditions: [typed] });
    expect(conditions[0]!.values).toEqual(['公告', '通知', '决定']);
  });
  it('does not ask whether a source contains something', () => {
    const chosen = {
      ...conditionDraft({ field: 'source', op: 'is', values: ['a'], not: false }),
      op: 'includes' as const,
    };
    expect(ruleOf({ ...blank('new', 10), conditions: [chosen] }).conditions[0]!.op).toBe('is');
  });
});
