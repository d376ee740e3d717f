import { neighbourStreams } from '@tongsheng/bus';
import type { DemoFake } from '@tongsheng/fakes';
import { fakeChannels, fakeMeans } from './fake-channels.ts';
import type { Newsroom } from './newsroom.ts';
import type { Upstreams } from './upstreams/index.ts';

/** The password of every demonstration account. */
export const demoPassword = 'tongsheng-demo';

export type DemoPerson = { personId: string; name: string; roles: string[]; sites: string[] };

/** Who can be signed in as; four-eyes rules need several. */
export const demoPeople: readonly DemoPerson[] = [
  { personId: 'editor', name: '李编辑', roles: ['editor'], sites: ['*'] },
  { personId: 'editor2', name: '王编辑', roles: ['editor'], sites: ['*'] },
  { personId: 'comms', name: '赵宣传', roles: ['comms'], sites: ['*'] },
  { personId: 'comms2', name: '陈宣传', roles: ['comms'], sites: ['*'] },
  { personId: 'reviewer', name: '钱审核', roles: ['reviewer'], sites: ['*'] },
  { personId: 'confidentiality', name: '孙保密', roles: ['confidentiality'], sites: ['*'] },
  { personId: 'signer', name: '周签发', roles: ['signer'], sites: ['*'] },
  { personId: 'duty', name: '冯值班', roles: ['duty'], sites: ['*'] },
  { personId: 'manager', name: '吴主任', roles: ['manager'], sites: ['*'] },
  { personId: 'admin', name: '郑管理', roles: ['admin', 'manager'], sites: ['*'] },
  { personId: 'security', name: '卫安全', roles: ['security'], sites: ['*'] },
  { personId: 'auditor', name: '何审计', roles: ['auditor'], sites: ['*'] },
];

/** Whose websites the samples stand for. */
const publishers: Record<string, { kind: string; region: string }> = {
  national: { kind: 'tax', region: '000000' },
  'province-portal': { kind: 'government', region: '370000' },
  'city-portal': { kind: 'government', region: '370600' },
};

/** Which part a deployment plays where two are linked. */
export type Part = 'national' | 'province';

export type SeedParts = {
  portalUrl: string;
  /** Where two are linked: which of them it is. */
  part?: Part | undefined;
  /** The portal of the national deployment, whose PUBLIC the province follows instead of a feed. */
  upperUrl?: string | undefined;
  upstreams: Upstreams | null;
  newsroom: Newsroom | null;
  fakes?: readonly DemoFake[];
  webhookSecret: string;
  pollSeconds: number;
  limit?: string;
};

/** What a demonstration installation starts with, in the shape of contracts' `Seed`. */
export function demoSeed(parts: SeedParts) {
  const { portalUrl, upstreams, newsroom, fakes = [], webhookSecret, pollSeconds, limit = 'PT12H', part } = parts;
  const sites = sampleSites
    .filter(({ level }) => (level === 'national') === (part === 'national'))
    .map((site) => ({ ...site, baseUrl: portalUrl }));
  const sources = sourcesOf(parts).map((source) => ({ ...source, pollSeconds }));
  const policy = (policyId: string, name: string, publisher: string, basis: string) => ({
    policyId,
    name,
    basis,
    publisher,
    limit,
  });
  const clause = '税总发〔2017〕84号 二（五）3';
  const policies = [
    policy('superior-tax', '上级税务网站重要政策 12 小时内转载', 'superior_tax', clause),
    policy('same-level-portal', '同级政府门户重要政策 12 小时内转载', 'same_level_government', clause),
    policy(
      'superior-portal',
      '上级政府门户重要政策 12 小时内转载',
      'superior_government',
      '本省政务公开工作要点（示例）',
    ),
  ];
  const rule = (ruleId: string, order: number, name: string, from: string[], column: string) => ({
    ruleId,
    order,
    name,
    sources: from,
    effect: 'mandatory',
    column,
  });
  return {
    sites,
    sources,
    policies: upstreams ? policies : [],
    rules: upstreams
      ? [
          {
            ruleId: 'personnel',
            order: 5,
            name: '人事任免、招考公示不转载',
            titleIncludes: ['任免', '任前公示', '招考'],
            effect: 'ignore',
            column: '转载',
          },
          ...(part === 'national'
            ? [rule('state-council', 10, '中国政府网的政策', ['state-council'], '政府文件')]
            : [
                rule('superior-site', 10, '上级税务网站的政策', ['national-policy'], '税收政策'),
                rule('province-portal', 20, '省政府门户的政策', ['province-gov'], '政府文件'),
                rule('city-portal', 30, '市政府门户的政策', ['city-gov'], '地方法规'),
              ]),
        ]
      : [],
    channels: [
      ...(newsroom
        ? sites.flatMap(({ siteId: site }) => [
            {
              channelId: `${site}-press-mail`,
              name: '示例媒体编辑部邮箱',
              site,
              kind: 'email',
              settings: {
                smtp: newsroom.smtpUrl,
                from: `press@${site}.tax.example`,
                to: ['desk@newsroom.example', 'night@newsroom.example'],
              },
            },
            {
              channelId: `${site}-press-hook`,
              name: '示例媒体编辑部接口',
              site,
              kind: 'webhook',
              settings: { url: newsroom.webhookUrl, secret: webhookSecret },
            },
            {
              channelId: `${site}-renmin`,
              name: '人民号（人工）',
              site,
              kind: 'assisted',
              settings: { platform: 'renmin', address: 'https://rmh.pdnews.cn/' },
            },
          ])
        : []),
      ...(part === 'national' ? [] : fakeChannels(fakes, 'province')),
    ],
    // The sample people sign in by a password that everybody knows; what an installation of one's own asks for, they may try.
    signIn: { factorRoles: [] },
    people: demoPeople.map((person) => ({ ...person, password: demoPassword, passwordIsInitial: false })),
    ...demoDuty({ newsroom, webhookSecret, fakes }),
    ...demoReview,
  };
}

/** The sites of the samples, and what they are called by their neighbours. */
export const sampleSites = [
  { siteId: 'national', name: '国家税务总局网站（示例）', level: 'national', region: '000000' },
  { siteId: 'province', name: '某省税务局网站（示例）', level: 'province', region: '370000' },
  {
    siteId: 'city',
    name: '某市税务局网站（示例）',
    level: 'city',
    region: '370600',
    speaksFor: [{ region: '370681', name: '某县级市' }],
  },
] as const;

/** What is watched: feeds of the sample sites; where two are linked, the province hears the national site over the link. */
function sourcesOf({ upstreams, part, upperUrl }: SeedParts) {
  const feeds = (upstreams?.sites ?? []).map(({ sourceId, name, level, column, feedUrl: url }) => ({
    sourceId,
    name,
    level,
    publisher: publishers[level],
    kind: 'feed',
    url,
    column,
  }));
  if (part === undefined) return feeds;
  const national = feeds.filter(({ level }) => level === 'national');
  if (part === 'national')
    return national.map((source) => ({
      ...source,
      sourceId: 'state-council',
      name: '中国政府网（示例）',
      publisher: { kind: 'government', region: '000000' },
    }));
  const linked = { kind: 'public', url: upperUrl, stream: neighbourStreams('national').public };
  return [
    ...national.map((source) => ({ ...source, ...linked })),
    ...feeds.filter(({ level }) => level !== 'national'),
  ];
}

/** How the sample newsroom reviews: notices also by law, and short lists that drafts are looked through for. */
const demoReview = {
  releaseChains: [
    {
      site: '*',
      kind: 'notice',
      acts: [
        { step: 'review', roles: ['reviewer'] },
        { step: 'legal', roles: ['manager'] },
        { step: 'confidentiality', roles: ['confidentiality'] },
        { step: 'sign', roles: ['signer'] },
      ],
    },
  ],
  checklists: [
    {
      listId: 'sample-sensitive',
      site: '*',
      name: '示例敏感词',
      kind: 'sensitive',
      entries: [
        { word: '内部掌握', suggestion: '删去' },
        { word: '最低税负', severity: 'warn', suggestion: '较低税负' },
      ],
    },
    {
      listId: 'sample-typos',
      site: '*',
      name: '示例易错词',
      kind: 'typo',
      entries: [
        { wrong: '帐户', right: '账户' },
        { wrong: '布署', right: '部署' },
      ],
    },
    {
      listId: 'sample-leaders',
      site: '*',
      name: '示例领导名录',
      kind: 'leader',
      entries: [
        { name: '陈示例', position: '局长', order: 1 },
        { name: '林示例', position: '副局长', order: 2 },
      ],
    },
  ],
};

const dayMs = 24 * 3_600_000;
/** Shifts change at half past eight in Beijing, morning and evening. */
const changes = { day: 0.5 * 3_600_000, night: 12.5 * 3_600_000 };
const weeks = 2;

/** A roster for the coming weeks with a hole in it, a ladder for all sites, and how people are reached: the sample newsroom. */
function demoDuty({
  newsroom,
  webhookSecret,
  fakes,
}: Pick<SeedParts, 'newsroom' | 'webhookSecret'> & { fakes: readonly DemoFake[] }) {
  const means = fakeMeans(fakes);
  const robot = means.some(({ kind }) => kind === 'wecom') ? ['wecom'] : [];
  const today = Math.floor(Date.now() / dayMs) * dayMs;
  const iso = (ms: number) => new Date(ms).toISOString();
  const shiftsOf = (day: number) =>
    (['day', 'night'] as const).map((part) => ({
      shiftId: `${iso(day).slice(0, 10)}-${part}`,
      site: '*',
      // Whoever tries it out as the duty officer is on duty, at whatever hour.
      personId: 'duty',
      substituteId: part === 'day' ? 'editor' : 'editor2',
      from: iso(day + changes[part]),
      to: iso(part === 'day' ? day + changes.night : day + dayMs + changes.day),
    }));
  const days = Array.from({ length: weeks * 7 }, (_, i) => today + (i - 1) * dayMs);
  const step = (on: string, whom: string, by: string[], within: string) => ({ on, whom, by, within });
  const urgent = (on: string) => [
    step(on, 'duty', ['console', on === 'share_90' ? 'webhook' : 'email'], 'PT5M'),
    step(on, 'substitute', ['console', 'sms'], 'PT5M'),
    step(on, 'editors', ['console', ...robot], 'PT5M'),
    step(on, 'managers', ['console', 'email'], 'PT10M'),
  ];
  const ladder = {
    site: '*',
    name: '默认告警阶梯',
    steps: [
      step('share_50', 'editors', ['console'], 'PT2H'),
      step('share_50', 'duty', ['console'], 'PT1H'),
      step('share_75', 'duty', ['console'], 'PT15M'),
      step('share_75', 'substitute', ['console'], 'PT15M'),
      ...urgent('share_90'),
      ...urgent('share_100'),
      step('source', 'duty', ['console', 'email'], 'PT15M'),
      step('source', 'managers', ['console', 'email'], 'PT30M'),
      ...urgent('page'),
      ...urgent('incident'),
      step('calendar', 'managers', ['console', 'email'], 'PT1H'),
    ],
  };
  const contact = (personId: string, phone: string, webhook: boolean) => ({
    personId,
    phone,
    email: `${personId}@tax.example`,
    webhook: webhook && newsroom ? { url: newsroom.webhookUrl, secret: webhookSecret } : null,
  });
  return {
    // One night of next week is still to be filled: the roster shows it.
    shifts: days.flatMap(shiftsOf).filter(({ from }) => from !== iso(today + 9 * dayMs + changes.night)),
    ladders: [ladder],
    means,
    contacts: [
      contact('duty', '0571-0000 0001', true),
      contact('editor', '0571-0000 0002', false),
      contact('editor2', '0571-0000 0003', false),
      contact('manager', '0571-0000 0004', false),
    ],
  };
}
