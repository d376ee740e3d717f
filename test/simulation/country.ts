import type { Chain, Ladder, Person, Policy, Rule, Shift, Site, Source } from '@tongsheng/contracts';
import type { Column } from './upstreams.ts';

/** Publications on a working day of the sources that everybody watches, and of each site's own. */
export type Volume = { national: number; stateCouncil: number; province: number; portal: number };

/** What a site owes for a source, written down by hand: the log is judged by it, not by the matrix that made it. */
export type Owes = { site: string; sourceId: string; limit: string };

export type Country = {
  sites: Site[];
  columns: Column[];
  policies: Policy[];
  rules: Rule[];
  chains: Chain[];
  people: Person[];
  shifts: Shift[];
  ladders: Ladder[];
  owes: Owes[];
};

const superior = 'PT12H';
const portal = 'PT8H';
const stateCouncil = 'PT24H';

/** So many sites under the nation, every fourth a city of the province before it, with what they watch and who works there. */
export function countryOf(platforms: number, volume: Volume, period: { from: string; to: string }): Country {
  const sites: Site[] = [];
  const columns: Column[] = [];
  const owes: Owes[] = [];
  const people: Person[] = [];

  const source = (
    sourceId: string,
    level: Source['level'],
    publisher: Source['publisher'],
    issuer: string,
    daily: number,
    copies: Pick<Column, 'copies' | 'of'> = { copies: 0, of: [] },
  ): void => {
    const base = `https://${sourceId}.example`;
    const hasTwo = columns.length % 2 === 0;
    columns.push({
      source: {
        sourceId,
        name: `${issuer}栏目`,
        level,
        publisher,
        kind: 'feed',
        url: `${base}/feed.xml`,
        also: hasTwo ? [{ kind: 'list', url: `${base}/list.html`, selectors: { row: 'li' } }] : [],
        column: '政策文件',
        zone: 'Asia/Shanghai',
        pollSeconds: 120,
        fullText: false,
        paused: false,
      },
      daily,
      issuer,
      ...copies,
    });
  };
  source('sat', 'national', { kind: 'tax', region: '000000' }, '国家税务总局', volume.national);
  source('gov', 'national-portal', { kind: 'state_council', region: '000000' }, '国务院', volume.stateCouncil);

  let province = '';
  let provinceTax: string | null = null;
  for (let i = 0; i < platforms; i++) {
    const isCity = i % 4 === 3;
    const siteId = isCity ? `city-${i}` : `province-${i}`;
    const name = isCity ? `第${i}市` : `第${i}省`;
    const region = isCity ? `${province.slice(0, 2)}0100` : `${11 + i}0000`;
    if (!isCity) province = region;
    sites.push({
      siteId,
      name: `${name}税务局`,
      level: isCity ? 'city' : 'province',
      region,
      speaksFor: [],
      baseUrl: 'https://tax.example',
    });
    source(
      `portal-${i}`,
      isCity ? 'city-portal' : 'province-portal',
      { kind: 'government', region },
      `${name}人民政府`,
      volume.portal,
      { copies: 0.15, of: ['sat', 'gov'] },
    );
    owes.push({ site: siteId, sourceId: `portal-${i}`, limit: portal });
    owes.push({ site: siteId, sourceId: 'sat', limit: superior });
    owes.push({ site: siteId, sourceId: 'gov', limit: stateCouncil });
    if (isCity && provinceTax) owes.push({ site: siteId, sourceId: provinceTax, limit: superior });
    if (!isCity && (i + 1) % 4 === 3) {
      provinceTax = `tax-${i}`;
      source(provinceTax, 'province', { kind: 'tax', region }, `${name}税务局`, volume.province);
    }
    const person = (personId: string, roles: Person['roles']) =>
      people.push({
        personId,
        name: personId,
        roles,
        sites: [siteId],
        passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2g',
        disabled: false,
      });
    person(`editor-${i}-a`, ['editor']);
    person(`editor-${i}-b`, ['editor']);
    person(`chief-${i}`, ['reviewer', 'confidentiality', 'signer', 'manager']);
  }

  return {
    sites,
    columns,
    owes,
    people,
    policies: [
      policyOf('superior', '上级税务网站', 'superior_tax', superior),
      policyOf('portal', '同级政府门户', 'same_level_government', portal),
      policyOf('state-council', '国务院文件', 'state_council', stateCouncil),
    ],
    rules: [ruleOf()],
    chains: [
      {
        chainId: 'two',
        name: '两人审核',
        sites: [sites[0]!.siteId],
        kinds: [],
        acts: [
          { steps: ['first'], roles: ['editor'] },
          { steps: ['second', 'confidentiality'], roles: ['reviewer', 'confidentiality'] },
        ],
        enabled: true,
      },
    ],
    shifts: [
      { shiftId: 'always', site: '*', personId: 'editor-0-a', substituteId: 'editor-0-b', ...period, cancelled: false },
    ],
    ladders: [
      {
        site: '*',
        name: '默认',
        steps: [
          { on: 'share_50', whom: 'editors', by: ['console'], within: 'PT30M' },
          { on: 'share_75', whom: 'editors', by: ['console'], within: 'PT20M' },
          { on: 'share_75', whom: 'duty', by: ['console'], within: 'PT20M' },
          { on: 'share_90', whom: 'managers', by: ['console'], within: 'PT15M' },
          { on: 'share_100', whom: 'managers', by: ['console'], within: 'PT15M' },
          { on: 'share_100', whom: 'duty', by: ['console'], within: 'PT15M' },
          { on: 'source', whom: 'duty', by: ['console'], within: 'PT30M' },
        ],
      },
    ],
  };
}

const policyOf = (policyId: string, name: string, publisher: Policy['publisher'], limit: string): Policy => ({
  policyId,
  name,
  basis: '税总发〔2017〕84号 二（五）3',
  publisher,
  sources: [],
  columns: [],
  kinds: [],
  levels: [],
  sites: [],
  target: 'site',
  limit,
  enabled: true,
});

const ruleOf = (): Rule => ({
  ruleId: 'all',
  name: '重要政策信息',
  order: 1,
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
