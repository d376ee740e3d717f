import type { Condition, Rule } from '@tongsheng/contracts';
import type { useWords } from '../words/index.ts';
import type { useValueWords } from './value-words.ts';

type Say = ReturnType<typeof useWords>;
type SayValue = ReturnType<typeof useValueWords>;

/** All that a rule asks for, in one form: as the server reads it. */
export const conditionsOf = ({ sources, titleIncludes, conditions }: Rule): Condition[] => [
  ...(sources.length > 0 ? [{ field: 'source' as const, op: 'is' as const, values: sources, not: false }] : []),
  ...(titleIncludes.length > 0
    ? [{ field: 'title' as const, op: 'includes' as const, values: titleIncludes, not: false }]
    : []),
  ...conditions,
];

/** `标题含 任免 或 任前公示` */
export function conditionInWords({ field, op, values, not }: Condition, t: Say, value: SayValue): string {
  return t('rule.said', {
    field: t(`rule.field.${field}`),
    op: t(not ? `rule.not.${op}` : `rule.op.${op}`),
    values: values.map((each) => value(field, each)).join(t('rule.or')),
  });
}

export function conditionsInWords(conditions: readonly Condition[], t: Say, value: SayValue): string {
  if (conditions.length === 0) return t('rule.everything');
  return conditions.map((each) => conditionInWords(each, t, value)).join(t('rule.and'));
}
