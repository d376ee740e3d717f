import type { ItemRow, ItemSearch, LiveChange, RepostRow } from '@tongsheng/contracts';
import { inView, keyOf } from '../reposts/rows.ts';
import type { QueueView, RepostList } from './views.ts';

/** Known rows stay where they are; new ones come first. */
export function mergeRows<Row>(before: Row[], changed: Row[], keyOf: (row: Row) => string): Row[] {
  const newest = new Map(changed.map((row) => [keyOf(row), row]));
  const kept = before.map((row) => {
    const found = newest.get(keyOf(row));
    if (found) newest.delete(keyOf(row));
    return found ?? row;
  });
  return [...newest.values()].reverse().concat(kept);
}

/** As `mergeRows`; a row that no longer belongs stays to be seen until the list is merged or read again. */
export function mergeReposts(list: RepostList, changes: LiveChange[], state: QueueView, site: string): RepostList {
  const rows = changes.filter(({ view, row }) => view === 'reposts' && row !== null).map(({ row }) => row as RepostRow);
  const known = new Set(list.rows.map(keyOf));
  const fitting = rows.filter(
    (row) => known.has(keyOf(row)) || (inView[state](row) && (site === '*' || row.site === site)),
  );
  return fitting.length === 0 ? list : { ...list, rows: mergeRows(list.rows, fitting, keyOf) };
}

/** Items that were found change where they stand, and keep what was found of their text. */
export function mergeItems(pages: ItemSearch[], changed: ItemRow[]): ItemSearch[] {
  const newest = new Map(changed.map((row) => [row.itemId, row]));
  return pages.map((page) => ({
    ...page,
    rows: page.rows.map((row) => ({ ...row, ...newest.get(row.itemId) })),
  }));
}
