import type { MatrixView } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { presetOf } from './preset.ts';

type Owed = MatrixView['cells'][number]['owed'][number];
const owes = (limit: string, more: Partial<Owed> = {}): Owed => ({
  policy: null,
  because: '上级税务网站',
  target: 'site',
  limit,
  columns: [],
  kinds: [],
  ...more,
});
const cell = (site: string, ...owed: Owed[]) => ({ site, sourceId: 'x', owed, override: null });

describe('who is proposed when an item is assigned', () => {
  const item = { columns: ['公告'], kind: 'policy' as const };

  it('is whom the policies bind, within the strictest of their limits', () => {
    expect(presetOf([cell('a', owes('PT24H')), cell('b', owes('PT8H'))], item)).toEqual({
      sites: ['a', 'b'],
      limit: 'PT8H',
    });
  });
  it('is nobody whose policy speaks of other columns or kinds', () => {
    const cells = [cell('a', owes('PT8H', { columns: ['动态'] })), cell('b', owes('PT8H', { kinds: ['news'] }))];
    expect(presetOf(cells, item)).toEqual({ sites: [], limit: 'PT12H' });
  });
  it('is nobody who owes it only on an account', () => {
    expect(presetOf([cell('a', owes('PT1H', { target: 'weibo' }))], item).sites).toEqual([]);
  });
});
