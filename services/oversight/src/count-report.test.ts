import { newestForm, type Site } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { countReport } from './count-report.ts';

const province: Site = {
  siteId: 'province',
  name: '省局网站',
  level: 'province',
  region: '110000',
  speaksFor: [],
  baseUrl: 'https://province.example',
};
const period = { from: '2025-12-31T16:00:00.000Z', to: '2026-12-31T16:00:00.000Z' };
const inside = Date.parse('2026-06-01T00:00:00.000Z').toString(36);
/** One release of our own, as it stands on a sheet. */
const published = `${inside} 0`;

it('reads a sheet again that changes while it is read, and says the position that all stand at', async () => {
  const sheets: Record<string, [string, string][]> = {
    'province|2026-06': [['1', published]],
    'city|2026-06': [['2', published]],
  };
  let [position, asked] = [10, 0];
  const { figures, position: stoodAt } = await countReport({
    marks: {
      changedSheets: async (known) => ({
        generation: 'v1-1',
        position,
        afresh: known === null,
        names: known === null ? Object.keys(sheets) : known.position < position ? ['province|2026-06'] : [],
      }),
      async sheets(_, names) {
        const found = names.map((name) => [...sheets[name]!]);
        // Another one is published just behind the reader.
        if (asked++ === 0) {
          sheets['province|2026-06']!.push(['3', published]);
          position = 12;
        }
        return found;
      },
    },
    of: { site: 'province', kind: 'work', template: newestForm('work').template, period },
    sites: [province],
    repostsOf: async () => ({ due: 4, onTime: 2, late: 1, overdue: 0, exempted: 1 }),
    onShare() {},
  });
  const figureOf = (field: string) => figures.find((each) => each.field === field)?.value;
  expect([figureOf('published_own'), figureOf('published_total'), figureOf('reposts_rate')]).toEqual([
    '2',
    '5',
    '66.67',
  ]);
  expect([stoodAt, asked]).toEqual([12, 2]);
});
