import { taskKey, type ItemRow, type ItemSearch, type QueuePage, type RepostRow } from '@tongsheng/contracts';

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

/**
 * Known rows stay where they are, also those that no longer belong, to be seen until the list is merged. New ones come
 * first; but one that stands further down than what was read comes when that is read.
 */
export function mergeQueue(
  pages: QueuePage[],
  changed: RepostRow[],
  belongs: (row: RepostRow) => boolean,
  inOrder: (one: RepostRow, other: RepostRow) => number,
): QueuePage[] {
  const [first, ...others] = pages;
  const last = pages.at(-1);
  if (!first || !last) return pages;
  const newest = new Map(changed.map((row) => [taskKey(row), row]));
  const follow = (page: QueuePage): QueuePage => {
    if (!page.rows.some((row) => newest.has(taskKey(row)))) return page;
    return { ...page, rows: page.rows.map((row) => newest.get(taskKey(row)) ?? row) };
  };
  const known = new Set(pages.flatMap(({ rows }) => rows.map(taskKey)));
  // Where the pages end; a row that was read may have moved since, so the furthest of the last page.
  const end = last.next === null ? null : last.rows.reduce((one, other) => (inOrder(one, other) < 0 ? other : one));
  const isNew = (row: RepostRow) => !known.has(taskKey(row)) && belongs(row) && (end === null || inOrder(row, end) < 0);
  const came = [...newest.values()].filter(isNew).reverse();
  const followed = [first, ...others].map(follow);
  if (came.length === 0) return followed;
  return followed.map((page, i) => (i === 0 ? { ...page, rows: [...came, ...page.rows] } : page));
}

/** Items that were found change where they stand, and keep what was found of their text. */
export function mergeItems(pages: ItemSearch[], changed: ItemRow[]): ItemSearch[] {
  const newest = new Map(changed.map((row) => [row.itemId, row]));
  return pages.map((page) => ({
    ...page,
    rows: page.rows.map((row) => ({ ...row, ...newest.get(row.itemId) })),
  }));
}
