import { isExact, type Obligation, type Publication, type Rule, type Source } from '@tongsheng/contracts';
import { DateTime, Duration } from 'luxon';

/** What a rule says about an item: who owes it, why, within which limit. */
export type Binding = Pick<Obligation, 'rule' | 'limit'> & { sites: string[]; column: string };

/** When the clock starts: at the stated time of publication where it is exact, else at first sight. */
export function startClock(publication: Publication, firstSeenAt: string): Pick<Obligation, 'basis' | 'startsAt'> {
  return isExact(publication, firstSeenAt)
    ? { basis: 'stated', startsAt: publication.at! }
    : { basis: 'first_seen', startsAt: firstSeenAt };
}

export function dueAt(startsAt: string, limit: string): string {
  return DateTime.fromISO(startsAt, { zone: 'utc' }).plus(Duration.fromISO(limit)).toISO()!;
}

/** Nobody wrote a rule for it: the regulation itself binds, on every site, because a lost item is worst. */
const unruled = { ruleId: 'regulation', name: '税总发〔2017〕84号 二（五）3', limit: 'PT12H' };

/** The first rule, by order, whose conditions the item meets; without any, the regulation's own 12 hours everywhere. */
export function bind(
  item: { sourceId: string; title: string },
  source: Source | undefined,
  rules: readonly Rule[],
  sites: readonly string[],
): Binding | null {
  for (const rule of [...rules].sort((a, b) => a.order - b.order)) {
    if (!rule.sources.includes(item.sourceId)) continue;
    const word = rule.titleIncludes.find((each) => item.title.includes(each));
    if (rule.titleIncludes.length > 0 && word === undefined) continue;
    if (rule.effect === 'ignore') return null;
    const because = `来源“${source?.name ?? item.sourceId}”${word === undefined ? '' : `，标题含“${word}”`}`;
    const { ruleId, name, limit, column } = rule;
    return { rule: { ruleId, name, because }, limit, column, sites: rule.sites.filter((site) => sites.includes(site)) };
  }
  const { ruleId, name, limit } = unruled;
  const because = `没有规则匹配来源“${source?.name ?? item.sourceId}”`;
  return { rule: { ruleId, name, because }, limit, column: source?.column ?? '转载', sites: [...sites] };
}
