import { taskKey, type RepostRow } from '@tongsheng/contracts';

/**
 * The order on the screen, which stays as it is while someone works: rows change in place, and what is new waits
 * beside the list until it is merged in.
 */
export type FrozenOrder = readonly string[];

type Belongs = (row: RepostRow) => boolean;
type InOrder = (one: RepostRow, other: RepostRow) => number;

/** The list as it ought to be. */
export const merged = (rows: RepostRow[], belongs: Belongs, inOrder: InOrder): FrozenOrder =>
  rows.filter(belongs).sort(inOrder).map(taskKey);

/** Rows that belong into the list and are not in it yet. */
export function arrived(order: FrozenOrder, rows: RepostRow[], belongs: Belongs): RepostRow[] {
  const shown = new Set(order);
  return rows.filter((row) => !shown.has(taskKey(row)) && belongs(row));
}

/** A page that was read lies below the list: what is not in it yet comes at its end. */
export function continued(order: FrozenOrder, page: RepostRow[]): FrozenOrder {
  const shown = new Set(order);
  const more = page.map(taskKey).filter((key) => !shown.has(key));
  return more.length === 0 ? order : [...order, ...more];
}

/** Where to go after `from`: the next row that still waits, else the one before, else nowhere. */
export function nextOpen(order: FrozenOrder, rows: ReadonlyMap<string, RepostRow>, from: string): string | null {
  const at = order.indexOf(from);
  const waits = (key: string) => key !== from && rows.get(key)?.state === 'queued';
  return order.slice(at + 1).find(waits) ?? order.slice(0, Math.max(at, 0)).findLast(waits) ?? null;
}
