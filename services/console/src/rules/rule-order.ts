import type { Rule } from '@tongsheng/contracts';

/** Rules as they are asked, those that are switched off in their places. */
export const inOrder = (rules: readonly Rule[]): Rule[] =>
  [...rules].sort((a, b) => a.order - b.order || (a.ruleId < b.ruleId ? -1 : 1));

/** The rule that one moves past, or nothing at the end. */
export function neighbourOf(rules: readonly Rule[], ruleId: string, step: -1 | 1): Rule | undefined {
  const sorted = inOrder(rules);
  return sorted[sorted.findIndex((each) => each.ruleId === ruleId) + step];
}

const apart = 10;

/** What must be registered so that a rule stands one place higher or lower: as few as will do. */
export function moved(rules: readonly Rule[], ruleId: string, step: -1 | 1): Rule[] {
  const rule = rules.find((each) => each.ruleId === ruleId);
  const other = neighbourOf(rules, ruleId, step);
  if (!rule || !other) return [];
  const wanted = inOrder(rules).map((each) => (each === rule ? other : each === other ? rule : each));
  const exchanged = [
    { ...rule, order: other.order },
    { ...other, order: rule.order },
  ];
  const after = rules.map((each) => exchanged.find(({ ruleId: id }) => id === each.ruleId) ?? each);
  const stands = inOrder(after).every(({ ruleId: id }, at) => id === wanted[at]!.ruleId);
  if (stands) return exchanged;
  // Where two have the same number, all are numbered anew.
  return wanted
    .map((each, at) => ({ ...each, order: (at + 1) * apart }))
    .filter((each) => orderOf(rules, each) !== each.order);
}

const orderOf = (rules: readonly Rule[], { ruleId }: Rule) => rules.find((each) => each.ruleId === ruleId)?.order;

/** Where a new rule goes: after all others. */
export const lastOrder = (rules: readonly Rule[]): number => Math.max(0, ...rules.map(({ order }) => order)) + apart;
