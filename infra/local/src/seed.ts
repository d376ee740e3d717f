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
    { siteId: 'province', name: '某省税务局网站（示例）', level: 'province', baseUrl: portalUrl },
    { siteId: 'city', name: '某市税务局网站（示例）', level: 'city', baseUrl: portalUrl },
  ];
  const sources = (upstreams?.sites ?? []).map(({ sourceId, name, level, column, feedUrl: url }) => ({
    sourceId,
    name,
    level,
    kind: 'feed',
    url,
    column,
    pollSeconds,
  }));
  const rule = (ruleId: string, order: number, name: string, from: string[], to: string[], column: string) => ({
    ruleId,
    order,
    name,
    sources: from,
    effect: 'mandatory',
    sites: to,
    limit,
    column,
  });
  const both = ['province', 'city'];
  return {
    sites,
    sources,
    rules: upstreams
      ? [
          rule('superior-site', 10, '上级税务网站重要政策 12 小时内转载', ['national-policy'], both, '税收政策'),
          rule('province-portal', 20, '同级政府门户重要政策 12 小时内转载（省）', ['province-gov'], both, '政府文件'),
          rule('city-portal', 30, '同级政府门户重要政策 12 小时内转载（市）', ['city-gov'], ['city'], '地方法规'),
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
