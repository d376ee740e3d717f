import type { Condition, ItemDetail, Rule, RuleField } from '@tongsheng/contracts';
import { hoursOf, limitOf } from '../parts/limit.ts';
import { listOf } from '../parts/list-of.ts';
import { conditionsOf } from './condition-words.ts';

/** A condition that is being written: free text as it is typed. */
export type ConditionDraft = Omit<Condition, 'values'> & { text: string; chosen: string[] };
/** A rule that is being written: all that it asks for in one list. */
export type RuleDraft = Omit<Rule, 'sources' | 'titleIncludes' | 'conditions' | 'limit'> & {
  conditions: ConditionDraft[];
  hours: string;
};

/** Fields whose values are known; of others they are typed. */
export const isListed = (field: RuleField): boolean => field === 'source' || field === 'level' || field === 'kind';

export const conditionDraft = ({ values, ...condition }: Condition): ConditionDraft => ({
  ...condition,
  text: isListed(condition.field) ? '' : values.join('、'),
  chosen: isListed(condition.field) ? values : [],
});

export function draftOf(rule: Rule): RuleDraft {
  const { sources: _sources, titleIncludes: _titles, conditions: _conditions, limit, ...kept } = rule;
  return { ...kept, hours: String(hoursOf(limit)), conditions: conditionsOf(rule).map(conditionDraft) };
}

export const valuesOf = ({ field, text, chosen }: ConditionDraft): string[] =>
  isListed(field) ? chosen : listOf(text);

export function ruleOf({ conditions, hours, ...draft }: RuleDraft): Rule {
  return {
    ...draft,
    name: draft.name.trim(),
    column: draft.column.trim(),
    limit: limitOf(Number(hours) || 12),
    sources: [],
    titleIncludes: [],
    conditions: conditions.map((each) => ({
      field: each.field,
      // A known value is one of them or not.
      op: isListed(each.field) ? 'is' : each.op,
      values: valuesOf(each),
      not: each.not,
    })),
  };
}

export const blank = (ruleId: string, order: number): RuleDraft => ({
  ruleId,
  order,
  name: '',
  conditions: [],
  effect: 'mandatory',
  sites: [],
  hours: '12',
  column: '',
  priority: 'normal',
  enabled: true,
});

/** A rule for items such as this one: its source, its kind, and its column where the source has several. */
export function draftFrom({ row, routing }: ItemDetail, ruleId: string, order: number): RuleDraft {
  const decided = routing.findLast((event) => event.type === 'routing.decided');
  const is = (field: RuleField, value: string | null | undefined): Condition[] =>
    value ? [{ field, op: 'is', values: [value], not: false }] : [];
  return {
    ...blank(ruleId, order),
    column: decided?.column ?? row.column ?? '',
    conditions: [...is('source', row.sourceId), ...is('column', row.column), ...is('kind', decided?.kind)].map(
      conditionDraft,
    ),
  };
}
