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
  { personId: 'reviewer', name: '钱审核', roles: ['reviewer'], sites: ['*'] },
  { personId: 'confidentiality', name: '孙保密', roles: ['confidentiality'], sites: ['*'] },
  { personId: 'signer', name: '周签发', roles: ['signer'], sites: ['*'] },
  { personId: 'manager', name: '吴主任', roles: ['manager'], sites: ['*'] },
  { personId: 'admin', name: '郑管理', roles: ['admin', 'manager'], sites: ['*'] },
];

/** Whose websites the samples stand for. */
const publishers: Record<string, { kind: string; region: string }> = {
  national: { kind: 'tax', region: '000000' },
  'province-portal': { kind: 'government', region: '370000' },
  'city-portal': { kind: 'government', region: '370600' },
};

export type SeedParts = {
  portalUrl: string;
  upstreams: Upstreams | null;
  newsroom: Newsroom | null;
  webhookSecret: string;
  pollSeconds: number;
  limit?: string;
};

/** What a demonstration installation starts with, in the shape of contracts' `Seed`. */
export function demoSeed({ portalUrl, upstreams, newsroom, webhookSecret, pollSeconds, limit = 'PT12H' }: SeedParts) {
  const sites = [
    { siteId: 'province', name: '某省税务局网站（示例）', level: 'province', region: '370000', baseUrl: portalUrl },
    {
      siteId: 'city',
      name: '某市税务局网站（示例）',
      level: 'city',
      region: '370600',
      speaksFor: [{ region: '370681', name: '某县级市' }],
      baseUrl: portalUrl,
    },
  ];
  const sources = (upstreams?.sites ?? []).map(({ sourceId, name, level, column, feedUrl: url }) => ({
    sourceId,
    name,
    level,
    publisher: publishers[level],
    kind: 'feed',
    url,
    column,
    pollSeconds,
  }));
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
          rule('superior-site', 10, '上级税务网站的政策', ['national-policy'], '税收政策'),
          rule('province-portal', 20, '省政府门户的政策', ['province-gov'], '政府文件'),
          rule('city-portal', 30, '市政府门户的政策', ['city-gov'], '地方法规'),
        ]
      : [],
    channels: newsroom
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
        ])
      : [],
    people: demoPeople.map((person) => ({ ...person, password: demoPassword })),
  };
}
