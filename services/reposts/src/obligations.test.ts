import type { Rule, Source } from '@tongsheng/contracts';
import { minutesLater, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { bind, dueAt, startClock } from './obligations.ts';

describe('the clock of an obligation', () => {
  it('starts at the stated time when it is exact', () => {
    const publication = { at: minutesLater(-30), precision: 'minute' as const, text: null };
    expect(startClock(publication, noon)).toEqual({ basis: 'stated', startsAt: minutesLater(-30) });
  });
  it.each([
    ['only a day is given', { at: minutesLater(-700), precision: 'day' as const, text: '2026-11-23' }],
    ['no time is given', { at: null, precision: 'none' as const, text: null }],
    ['the time is still to come', { at: minutesLater(5), precision: 'second' as const, text: null }],
  ])('starts at first sight when %s', (_, publication) => {
    expect(startClock(publication, noon)).toEqual({ basis: 'first_seen', startsAt: noon });
  });
  it('ends exactly twelve hours later, whatever the zone does', () => {
    expect(dueAt('2026-11-23T04:00:00.123Z', 'PT12H')).toBe('2026-11-23T16:00:00.123Z');
  });
});

const source: Source = {
  sourceId: 'national',
  name: '总局',
  level: 'national',
  kind: 'feed',
  url: 'https://x.example/feed',
  column: '政策',
  zone: 'Asia/Shanghai',
  pollSeconds: 300,
  fullText: false,
  also: [],
  paused: false,
};
const rule = (ruleId: string, order: number, more: Partial<Rule> = {}): Rule => ({
  ruleId,
  name: ruleId,
  order,
  sources: ['national'],
  titleIncludes: [],
  effect: 'mandatory',
  sites: ['province', 'city'],
  limit: 'PT12H',
  column: '税收政策',
  ...more,
});
const sites = ['province', 'city', 'other'];
const item = { sourceId: 'national', title: '关于增值税的公告' };

describe('rules', () => {
  it('the first that matches decides, and says why', () => {
    const bound = bind(
      item,
      source,
      [rule('later', 20), rule('first', 10, { titleIncludes: ['增值税'], sites: ['city'] })],
      sites,
    );
    expect(bound).toMatchObject({ sites: ['city'], rule: { ruleId: 'first', because: '来源“总局”，标题含“增值税”' } });
  });
  it('can say that an item need not be reposted', () => {
    expect(bind(item, source, [rule('skip', 1, { effect: 'ignore' })], sites)).toBeNull();
  });
  it('leave no item without an owner: what no rule matches binds every site within twelve hours', () => {
    expect(bind(item, source, [], sites)).toMatchObject({ sites, limit: 'PT12H', rule: { ruleId: 'regulation' } });
  });
});
