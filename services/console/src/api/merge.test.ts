import type { ItemRow, LiveChange, RepostRow } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { mergeItems, mergeReposts, mergeRows } from './merge.ts';

const row = (taskId: string, more: Partial<RepostRow> = {}) =>
  ({ site: 'province', taskId, state: 'queued', exemption: null, ...more }) as RepostRow;
const change = (changed: RepostRow): LiveChange => ({
  view: 'reposts',
  key: `${changed.site}/${changed.taskId}`,
  row: changed,
  position: 9,
});
const list = (...rows: RepostRow[]) => ({ rows, total: rows.length, position: 1, serverTime: '' });

describe('rows that change on the screen', () => {
  it('stay where they are; new ones come first, the newest at the top', () => {
    const merged = mergeRows(
      [{ id: 'a' }, { id: 'b', n: 1 }],
      [{ id: 'b', n: 2 }, { id: 'c' }, { id: 'd' }],
      ({ id }) => id,
    );
    expect(merged).toEqual([{ id: 'd' }, { id: 'c' }, { id: 'a' }, { id: 'b', n: 2 }]);
  });

  it('stay in the queue when they were decided, so that the row can say so', () => {
    const decided = row('a', { state: 'approved' });
    expect(mergeReposts(list(row('a')), [change(decided)], 'open', '*').rows).toEqual([decided]);
  });

  it('come into a view only when they belong there', () => {
    const done = row('b', { state: 'verified' });
    const open = list(row('a'));
    expect(mergeReposts(open, [change(done)], 'open', '*')).toBe(open);
    expect(mergeReposts(open, [change(done)], 'closed', '*').rows).toContain(done);
    expect(mergeReposts(open, [change(row('c'))], 'open', 'city')).toBe(open);
    expect(mergeReposts(open, [change(row('c'))], 'waiting_exemption', '*')).toBe(open);
  });
});

it('an item that was found changes where it stands, and keeps its excerpt', () => {
  const row = (itemId: string, version: number) => ({ itemId, version }) as ItemRow;
  const found = (itemId: string) => ({ ...row(itemId, 1), excerpt: '…减免…' });
  const pages = [
    { rows: [found('a'), found('b')], searched: 2, next: '1.1' },
    { rows: [found('c')], searched: 1, next: null },
  ];
  const merged = mergeItems(pages, [row('b', 2), row('b', 3), row('elsewhere', 1)]);
  expect(merged.flatMap(({ rows }) => rows)).toEqual([found('a'), { ...found('b'), version: 3 }, found('c')]);
  expect(merged.map(({ next }) => next)).toEqual(['1.1', null]);
});
