import type { Policy, Rule, Site } from '@tongsheng/contracts';
import { minutesLater, noon, sampleSource } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Book, type Routable } from './rules.ts';

const item: Routable = {
  sourceId: 'national',
  title: '国家税务总局关于增值税发票管理的公告',
  text: '为优化纳税服务，现就增值税发票管理有关事项公告如下。',
  documentNumber: '税总发〔2026〕84号',
  issuer: null,
  column: '政策法规',
  kind: 'policy',
  publication: { at: minutesLater(-30), precision: 'minute', text: null },
  firstSeenAt: noon,
};
const source = sampleSource('national', 'https://x.example/feed', {
  issuer: '国家税务总局',
  publisher: { kind: 'tax', region: '000000' },
});
const site = (siteId: string, level: Site['level'], region: string): Site => ({
  siteId,
  name: siteId,
  level,
  region,
  speaksFor: [],
  baseUrl: 'https://tax.example',
});
const superior: Policy = {
  policyId: 'superior',
  name: '上级税务网站 12 小时',
  basis: '税总发〔2017〕84号 二（五）3',
  publisher: 'superior_tax',
  sources: [],
  columns: [],
  kinds: [],
  levels: [],
  sites: [],
  target: 'site',
  limit: 'PT12H',
  enabled: true,
};
const rule = (ruleId: string, order: number, more: Partial<Rule> = {}): Rule => ({
  ruleId,
  name: `规则${ruleId}`,
  order,
  sources: [],
  titleIncludes: [],
  conditions: [],
  effect: 'mandatory',
  sites: [],
  limit: 'PT24H',
  column: '税收政策',
  priority: 'normal',
  enabled: true,
  ...more,
});
const book = (rules: Rule[], more: Partial<Book> = {}): Book => ({
  sites: [site('province', 'province', '370000'), site('city', 'city', '370600')],
  policies: [superior],
  overrides: [],
  rules,
  ...more,
});
const when = (field: Rule['conditions'][number]['field'], op: 'is' | 'begins' | 'includes', ...values: string[]) => ({
  field,
  op,
  values,
  not: false,
});

describe('the rules', () => {
  it('are asked in order; the first whose conditions all hold decides, and says which part met it', () => {
    const rules = [
      rule('later', 30),
      rule('first', 20, {
        conditions: [when('title', 'includes', '发票', '增值税'), when('document_number', 'begins', '税总发')],
      }),
      rule('other', 10, { conditions: [when('issuer', 'is', '财政部')] }),
    ];
    expect(decide(item, source, book(rules))).toMatchObject({
      effect: 'mandatory',
      rule: { ruleId: 'first' },
      tried: [{ ruleId: 'other', failed: 'issuer' }],
      matched: [
        { field: 'title', value: '发票', found: '国家税务总局关于增值税发票管理的公告' },
        { field: 'document_number', value: '税总发', found: '税总发〔2026〕84号' },
      ],
      bindings: [{ sites: ['province', 'city'], limit: 'PT12H', policy: { policyId: 'superior' } }],
      column: '税收政策',
      startsAt: minutesLater(-30),
      routeBy: null,
    });
  });
  it('may look at what only the source says, and at the text', () => {
    const rules = [
      rule('one', 1, { conditions: [when('issuer', 'is', '国家税务总局'), when('text', 'includes', '公告如下')] }),
    ];
    const { matched } = decide(item, source, book(rules));
    expect(matched[1]).toEqual({
      field: 'text',
      value: '公告如下',
      found: '…优化纳税服务，现就增值税发票管理有关事项公告如下。',
    });
  });
  it('may ask that something is not so', () => {
    const rules = [
      rule('one', 1, { effect: 'optional', conditions: [{ ...when('title', 'includes', '任免'), not: true }] }),
    ];
    expect(decide(item, source, book(rules))).toMatchObject({ effect: 'optional', bindings: [], routeBy: null });
  });
  it('are not asked when they are switched off', () => {
    expect(decide(item, source, book([rule('off', 1, { enabled: false, effect: 'ignore' })]))).toMatchObject({
      effect: 'unrouted',
      tried: [],
    });
  });
  it('may name the sites, within their own limit where no policy binds them', () => {
    const rules = [rule('one', 1, { sites: ['city', 'gone'] })];
    expect(decide(item, source, book(rules)).bindings).toMatchObject([{ sites: ['city'], limit: 'PT12H' }]);
    expect(decide(item, source, book(rules, { policies: [] })).bindings).toMatchObject([
      { sites: ['city'], limit: 'PT24H', policy: null, because: '规则“规则one”指定的站点' },
    ]);
  });
  it('never bind a site that people set free of the source', () => {
    const overrides = [{ site: 'city', sourceId: 'national', effect: 'free' as const, limit: 'PT12H', reason: '停更' }];
    expect(
      decide(item, source, book([rule('one', 1, { sites: ['city', 'province'] })], { overrides })).bindings,
    ).toMatchObject([{ sites: ['province'] }]);
  });
});

describe('an item that nothing speaks of', () => {
  it('is unrouted, with a deadline of its own: a quarter of the shortest limit that could bind it', () => {
    expect(decide(item, source, book([]))).toMatchObject({
      effect: 'unrouted',
      rule: null,
      routeBy: minutesLater(180),
    });
    const eight = { ...superior, limit: 'PT8H' };
    expect(decide(item, source, book([], { policies: [eight] })).routeBy).toBe(minutesLater(120));
    expect(decide(item, undefined, book([])).routeBy).toBe(minutesLater(180));
  });
  it('is also what is owed, but by nobody', () => {
    expect(decide(item, source, book([rule('one', 1)], { policies: [] }))).toMatchObject({
      effect: 'unrouted',
      rule: { ruleId: 'one' },
      routeBy: minutesLater(180),
    });
  });
});

it('every item is decided: bound, offered, left out by a rule, or unrouted with a deadline', () => {
  const anyRule = fc
    .record({
      order: fc.integer({ min: 0, max: 5 }),
      effect: fc.constantFrom('mandatory', 'optional', 'ignore'),
      enabled: fc.boolean(),
      conditions: fc.array(
        fc.record({
          field: fc.constantFrom('title', 'text', 'source', 'issuer', 'column', 'kind', 'document_number', 'level'),
          op: fc.constantFrom('is', 'begins', 'includes'),
          values: fc.array(fc.constantFrom('税', '国家税务总局', 'national', 'policy'), { minLength: 1, maxLength: 2 }),
          not: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
      sites: fc.subarray(['province', 'city', 'gone']),
    })
    .map((more) => rule('r', 0, more as Partial<Rule>));
  fc.assert(
    fc.property(fc.array(anyRule, { maxLength: 6 }), fc.constantFrom(source, undefined), (rules, from) => {
      const named = rules.map((each, i) => ({ ...each, ruleId: `r${i}` }));
      const { effect, bindings, rule: by, tried, routeBy } = decide(item, from, book(named));
      expect(bindings.length > 0).toBe(effect === 'mandatory');
      expect(routeBy !== null).toBe(effect === 'unrouted');
      // Whoever reads the record can follow it: every rule before the one that decided was asked, and says what failed.
      const asked = named
        .filter(({ enabled }) => enabled)
        .sort((a, b) => a.order - b.order || (a.ruleId < b.ruleId ? -1 : 1))
        .map(({ ruleId }) => ruleId);
      expect([...tried.map(({ ruleId }) => ruleId), ...(by ? [by.ruleId] : [])]).toEqual(
        asked.slice(0, tried.length + (by ? 1 : 0)),
      );
      if (!by) expect(tried).toHaveLength(asked.length);
    }),
  );
});
