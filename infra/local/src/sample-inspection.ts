import { asSample } from './sample-session.ts';

/** Sites of districts that the sample servers stand for: one whose columns are read, one with a column that is gone. */
const sitesOn = (upstreamUrl: string) => [
  {
    siteId: 'sample-east',
    name: '东区税务局网站（示例）',
    home: 'city',
    columns: [
      { name: '地方性法规', url: `${upstreamUrl}/city/`, kind: 'policy' },
      { name: '政府文件', url: `${upstreamUrl}/province/`, kind: 'notices' },
    ],
  },
  {
    siteId: 'sample-west',
    name: '西区税务局网站（示例）',
    home: 'province',
    columns: [
      { name: '税收政策', url: `${upstreamUrl}/national/`, kind: 'policy' },
      { name: '工作动态', url: `${upstreamUrl}/gone/`, kind: 'news' },
    ],
  },
];

/** `2026-Q4`, by Beijing's calendar. */
function quarter(): string {
  const there = new Date(Date.now() + 8 * 3_600_000);
  return `${there.getUTCFullYear()}-Q${Math.floor(there.getUTCMonth() / 3) + 1}`;
}

/**
 * This quarter's inspection, drawn and being looked at by machine, for a newcomer to go on with; and the province's site
 * watching itself. Said once, however often it starts. @throws what stood in the way at the last try
 */
export const inspectSamples = (consoleUrl: string, upstreamUrl: string): Promise<void> =>
  asSample(consoleUrl, 'admin', async ({ read, say }) => {
    for (const { siteId, name, home, columns } of sitesOn(upstreamUrl)) {
      const publication = {
        kind: 'webhook',
        settings: { url: `${upstreamUrl}/hook`, secret: 'whsec_c2FtcGxlLXNpdGVz' },
      };
      const site = { siteId, name, level: 'city', baseUrl: `${upstreamUrl}/${home}`, columns, publication };
      await say(`sample-site-${siteId}`, { type: 'site.register', site });
    }
    const inspectionId = quarter();
    const of = { site: 'province', inspectionId };
    const { rows } = (await read('/api/inspections')) as { rows: { inspectionId: string; state: string }[] };
    // What somebody has begun is theirs.
    if (rows.some((each) => each.inspectionId === inspectionId && each.state !== 'expected')) return;
    const list = { share: 50, publicValueName: '示例：当日收盘点位', exclude: [] };
    await say(`sample-open-${inspectionId}`, { type: 'inspection.open', ...of, ...list });
    await say(`sample-draw-${inspectionId}`, { type: 'inspection.draw', ...of, publicValue: '3456.78' });
    await say('sample-self-check', { type: 'site_check.begin', site: 'province', checkId: 'self-sample' });
  });
