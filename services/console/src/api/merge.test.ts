import type { ItemRow, QueuePage, RepostRow } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { mergeItems, mergeQueue, mergeRows } from './merge.ts';

const row = (taskId: string, more: Partial<RepostRow> = {}) =>
  ({ site: 'province', taskId, state: 'queued', ...more }) as RepostRow;
const page = (next: string | null, ...rows: RepostRow[]) => ({ rows, total: 9, next }) as QueuePage;
const isOpen = ({ state }: RepostRow) => state === 'queued';
const byId = (one: RepostRow, other: RepostRow) => (one.taskId < other.taskId ? -1 : 1);
const idsOf = (pages: QueuePage[]) => pages.map(({ rows }) => rows.map(({ taskId }) => taskId).join(''));

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
    const decided = row('d', { state: 'approved' });
    const [, second] = mergeQueue([page('c', row('b')), page(null, row('d'))], [decided], isOpen, byId);
    expect(second?.rows).toEqual([decided]);
  });

  it('come into a view only when they belong there', () => {
    const pages = [page(null, row('a'))];
    expect(idsOf(mergeQueue(pages, [row('b', { state: 'verified' }), row('c')], isOpen, byId))).toEqual(['ca']);
  });

  it('come with the page that they stand on, where that has not been read', () => {
    const pages = [page('1', row('b'), row('f')), page('2', row('h'), row('k'))];
    expect(idsOf(mergeQueue(pages, [row('c'), row('z')], isOpen, byId))).toEqual(['cbf', 'hk']);
  });

  it('are left alone where nothing of them changed', () => {
    const pages = [page(null, row('a')), page(null, row('b'))];
    expect(mergeQueue(pages, [row('b')], isOpen, byId)[0]).toBe(pages[0]);
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
