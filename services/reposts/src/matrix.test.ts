import {
  around,
  superiorsOf,
  type Override,
  type Policy,
  type Publisher,
  type Site,
  type Source,
} from '@tongsheng/contracts';
import { sampleSource } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindingsOf, lengthOf, owedBy } from './matrix.ts';

const site = (siteId: string, level: Site['level'], region: string, more: Partial<Site> = {}): Site => ({
  siteId,
  name: `${siteId}税务局`,
  level,
  region,
  speaksFor: [],
  baseUrl: 'https://tax.example',
  ...more,
});
const province = site('shandong', 'province', '370000');
const yantai = site('yantai', 'city', '370600', { speaksFor: [{ region: '370681', name: '龙口市' }] });
const qingdao = site('qingdao', 'city', '370200', { superior: '000000' });
const sites = [province, yantai, qingdao];

const from = (sourceId: string, kind: Publisher['kind'], region: string): Source =>
  sampleSource(sourceId, `https://${sourceId}.example/`, { publisher: { kind, region } });
const nation = from('chinatax', 'tax', '000000');
const provinceTax = from('sd-tax', 'tax', '370000');
const provinceGov = from('sd-gov', 'government', '370000');
const countyGov = from('longkou-gov', 'government', '370681');

const policy = (policyId: string, publisher: Policy['publisher'], more: Partial<Policy> = {}): Policy => ({
  policyId,
  name: policyId,
  basis: '税总发〔2017〕84号 二（五）3',
  publisher,
  sources: [],
  columns: [],
  kinds: [],
  levels: [],
  sites: [],
  target: 'site',
  limit: 'PT12H',
  enabled: true,
  ...more,
});
const superior = policy('superior', 'superior_tax');
const portal = policy('portal', 'same_level_government');
const policies = [superior, portal];
const sort = { columns: ['税收政策'], kind: 'policy' as const };

const boundBy = (source: Source, book: { policies?: Policy[]; overrides?: Override[] } = {}) =>
  bindingsOf(source, sort, sites, { policies, overrides: [], ...book });
const namesOf = (bindings: ReturnType<typeof boundBy>) => bindings.flatMap((each) => each.sites).sort();

describe('the hierarchy', () => {
  it('is in the division codes: county, city, province, nation', () => {
    expect([around('370681'), around('370600'), around('370000'), around('000000')]).toEqual([
      '370600',
      '370000',
      '000000',
      null,
    ]);
  });
  it('leaves out the province for a city under separate planning', () => {
    expect(superiorsOf(yantai)).toEqual(['370000', '000000']);
    expect(superiorsOf(qingdao)).toEqual(['000000']);
    expect(superiorsOf(site('x', 'city', '370600', {}))).toHaveLength(2);
  });
});

describe('who owes what', () => {
  it('every site follows its superior tax sites', () => {
    expect(namesOf(boundBy(nation))).toEqual(['qingdao', 'shandong', 'yantai']);
    expect(namesOf(boundBy(provinceTax))).toEqual(['yantai']);
  });
  it('every site follows the government portal of its own level, and of the counties that speak through it', () => {
    expect(namesOf(boundBy(provinceGov))).toEqual(['shandong']);
    expect(boundBy(countyGov)).toMatchObject([
      { sites: ['yantai'], because: '来源“来源 longkou-gov”：龙口市的同级政府门户网站，由本站代为发布' },
    ]);
  });
  it('nothing follows for a source whose publisher nobody named', () => {
    expect(boundBy(sampleSource('blog', 'https://blog.example/'))).toEqual([]);
  });
  it('a policy may be narrowed to columns, kinds, levels, sites and sources', () => {
    const only = (more: Partial<Policy>) => namesOf(boundBy(nation, { policies: [{ ...superior, ...more }] }));
    expect(only({ levels: ['city'] })).toEqual(['qingdao', 'yantai']);
    expect(only({ sites: ['shandong'] })).toEqual(['shandong']);
    expect(only({ sources: ['other'] })).toEqual([]);
    expect(only({ columns: ['税收政策'] })).toHaveLength(3);
    expect(only({ columns: ['图片新闻'] })).toEqual([]);
    expect(only({ kinds: ['interpretation'] })).toEqual([]);
    expect(only({ enabled: false })).toEqual([]);
  });
  it('the strictest limit counts, for each target by itself', () => {
    const strict = policy('eight', 'superior_tax', { limit: 'PT8H', levels: ['city'] });
    const weibo = policy('weibo', 'superior_tax', { limit: 'PT1H', target: 'weibo', levels: ['province'] });
    const bindings = boundBy(nation, { policies: [superior, strict, weibo] });
    expect(bindings.map(({ policy: by, target, limit, sites: to }) => [by?.policyId, target, limit, to])).toEqual([
      ['superior', 'site', 'PT12H', ['shandong']],
      ['weibo', 'weibo', 'PT1H', ['shandong']],
      ['eight', 'site', 'PT8H', ['yantai', 'qingdao']],
    ]);
    expect(lengthOf('P1D')).toBe(lengthOf('PT24H'));
  });
  it('people may say otherwise of one site and one source, with a reason', () => {
    const said = (override: Partial<Override>): Override[] => [
      { site: 'yantai', sourceId: 'chinatax', effect: 'free', limit: 'PT12H', reason: '由省局统一转载', ...override },
    ];
    expect(namesOf(boundBy(nation, { overrides: said({}) }))).toEqual(['qingdao', 'shandong']);
    expect(
      boundBy(provinceGov, { overrides: said({ sourceId: 'sd-gov', effect: 'bound', limit: 'PT6H' }) }),
    ).toContainEqual({
      policy: null,
      because: '单独指定：由省局统一转载',
      target: 'site',
      limit: 'PT6H',
      sites: ['yantai'],
    });
    expect(namesOf(boundBy(nation, { overrides: said({ effect: 'none' }) }))).toHaveLength(3);
  });
});

it('no site is bound twice for one target, and none within a longer limit than any policy of its cell asks for', () => {
  const anyPolicy = fc
    .record({
      publisher: fc.constantFrom('superior_tax', 'same_level_government', 'superior_government', 'any'),
      limit: fc.constantFrom('PT1H', 'PT8H', 'PT12H', 'P1D'),
      target: fc.constantFrom('site', 'weibo'),
      levels: fc.subarray(['province', 'city'] as Policy['levels']),
    })
    .map(({ publisher, ...more }) => policy('p', publisher as Policy['publisher'], more as Partial<Policy>));
  fc.assert(
    fc.property(
      fc.array(anyPolicy, { maxLength: 6 }).map((all) => all.map((each, i) => ({ ...each, policyId: `p${i}` }))),
      fc.constantFrom(nation, provinceTax, provinceGov, countyGov),
      (given, source) => {
        const bindings = boundBy(source, { policies: given });
        for (const target of ['site', 'weibo'] as const) {
          const bound = bindings.filter((each) => each.target === target);
          const all = bound.flatMap((each) => each.sites);
          expect(new Set(all).size).toBe(all.length);
          for (const each of sites) {
            const owed = owedBy(each, source, { policies: given, overrides: [] }).filter(
              (one) => one.target === target,
            );
            const limit = bound.find((one) => one.sites.includes(each.siteId))?.limit;
            expect(limit === undefined).toBe(owed.length === 0);
            if (limit) expect(lengthOf(limit)).toBe(Math.min(...owed.map((one) => lengthOf(one.limit))));
          }
        }
      },
    ),
  );
});
