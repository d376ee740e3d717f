import type {
  Binding,
  Condition,
  Decision,
  ItemKind,
  Matched,
  Override,
  Policy,
  Publication,
  Rule,
  RuleField,
  Site,
  Source,
  TriedRule,
} from '@tongsheng/contracts';
import { DateTime } from 'luxon';
import { bindingsOf, lengthOf } from './matrix.ts';
import { startClock } from './obligations.ts';

/** What rules look at. `text` is the visible text. */
export type Routable = {
  sourceId: string;
  title: string;
  text: string;
  documentNumber: string | null;
  issuer: string | null;
  column: string | null;
  kind: ItemKind;
  publication: Publication;
  firstSeenAt: string;
};

/** All that is registered and judges items. */
export type Book = {
  sites: readonly Site[];
  policies: readonly Policy[];
  overrides: readonly Override[];
  rules: readonly Rule[];
};

/** What is unrouted must be routed within a quarter of the shortest limit that could bind it, at most this. */
const routeWithinMs = 3 * 3_600_000;

/** Asks the rules about an item, in their order. The first whose conditions all hold decides; the answer says why. */
export function decide(item: Routable, source: Source | undefined, book: Book): Decision {
  const tried: TriedRule[] = [];
  for (const rule of inOrder(book.rules)) {
    const { ruleId, name } = rule;
    const answer = ask(rule, item, source);
    if ('failed' in answer) {
      tried.push({ ruleId, name, failed: answer.failed });
      continue;
    }
    const bindings = rule.effect === 'mandatory' ? bindingsBy(rule, item, source, book) : [];
    // A duty that binds nobody is no answer.
    const effect = rule.effect === 'mandatory' && bindings.length === 0 ? 'unrouted' : rule.effect;
    const { column, priority } = rule;
    return {
      ...startOf(item),
      kind: item.kind,
      effect,
      rule: { ruleId, name },
      matched: answer.matched,
      tried,
      column,
      priority,
      bindings,
      routeBy: effect === 'unrouted' ? routeBy(item, source, book) : null,
    };
  }
  return {
    ...startOf(item),
    kind: item.kind,
    effect: 'unrouted',
    rule: null,
    matched: [],
    tried,
    column: source?.column ?? '转载',
    priority: 'high',
    bindings: [],
    routeBy: routeBy(item, source, book),
  };
}

const startOf = ({ publication, firstSeenAt }: Routable) => startClock(publication, firstSeenAt);

/** Rules that are switched on, as they are asked. */
export const inOrder = (rules: readonly Rule[]): Rule[] =>
  rules.filter(({ enabled }) => enabled).sort((a, b) => a.order - b.order || (a.ruleId < b.ruleId ? -1 : 1));

/** What a rule asks for, in one form. */
export const conditionsOf = ({ sources, titleIncludes, conditions }: Rule): Condition[] => [
  ...(sources.length > 0 ? [{ field: 'source' as const, op: 'is' as const, values: sources, not: false }] : []),
  ...(titleIncludes.length > 0
    ? [{ field: 'title' as const, op: 'includes' as const, values: titleIncludes, not: false }]
    : []),
  ...conditions,
];

function ask(rule: Rule, item: Routable, source: Source | undefined): { matched: Matched[] } | { failed: RuleField } {
  const matched: Matched[] = [];
  for (const condition of conditionsOf(rule)) {
    const { field, values, not } = condition;
    const hit = hitOf(condition, item, source);
    if ((hit === null) === !not) return { failed: field };
    matched.push(hit ? { field, ...hit } : { field, value: values.join('、').slice(0, 500), found: '' });
  }
  return { matched };
}

/** The value that a field meets, and the part of the field that meets it. */
function hitOf(
  { field, op, values }: Condition,
  item: Routable,
  source: Source | undefined,
): Pick<Matched, 'value' | 'found'> | null {
  for (const text of fieldOf(field, item, source)) {
    for (const value of values) {
      const at =
        op === 'is'
          ? text === value
            ? 0
            : -1
          : op === 'begins'
            ? text.startsWith(value)
              ? 0
              : -1
            : text.indexOf(value);
      if (at >= 0) return { value, found: excerpt(text, at, value.length) };
    }
  }
  return null;
}

function fieldOf(field: RuleField, item: Routable, source: Source | undefined): string[] {
  const fields: Record<RuleField, (string | null | undefined)[]> = {
    source: [item.sourceId],
    level: [source?.level],
    column: [item.column, source?.column],
    issuer: [item.issuer ?? source?.issuer],
    document_number: [item.documentNumber],
    kind: [item.kind],
    title: [item.title],
    text: [item.text],
  };
  return fields[field].filter((each) => typeof each === 'string');
}

const around = 20;
const excerpt = (text: string, at: number, length: number): string => {
  const from = Math.max(0, at - around);
  const to = Math.min(text.length, at + length + around);
  return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`.slice(0, 300);
};

function bindingsBy(rule: Rule, item: Routable, source: Source | undefined, book: Book): Binding[] {
  const registered =
    rule.sites.length === 0 ? book.sites : book.sites.filter(({ siteId }) => rule.sites.includes(siteId));
  const byPolicy = source ? bindingsOf(source, sortOf(item, source), registered, book) : [];
  const free = new Set(
    book.overrides.filter((each) => each.sourceId === item.sourceId && each.effect === 'free').map(({ site }) => site),
  );
  const bound = new Set(byPolicy.filter(({ target }) => target === 'site').flatMap(({ sites }) => sites));
  const named = registered
    .map(({ siteId }) => siteId)
    .filter((siteId) => rule.sites.includes(siteId) && !bound.has(siteId) && !free.has(siteId));
  if (named.length === 0) return byPolicy;
  const because = `规则“${rule.name}”指定的站点`;
  return [...byPolicy, { policy: null, because, target: 'site', limit: rule.limit, sites: named }];
}

export const sortOf = (item: Pick<Routable, 'column' | 'kind'>, source: Source) => ({
  columns: [item.column, source.column].filter((each) => each !== null),
  kind: item.kind,
});

function routeBy(item: Routable, source: Source | undefined, book: Book): string {
  const limits = source
    ? bindingsOf(source, sortOf(item, source), book.sites, book).map(({ limit }) => lengthOf(limit))
    : [];
  const ms = Math.min(routeWithinMs, ...limits.map((limit) => limit / 4));
  return DateTime.fromISO(item.firstSeenAt, { zone: 'utc' }).plus(ms).toISO()!;
}
