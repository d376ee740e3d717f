import type { RepostRow } from '@tongsheng/contracts';
import type { QueueView } from '../api/views.ts';
import { inView, keyOf } from './rows.ts';

/**
 * The order on the screen, which stays as it is while someone works: rows change in place, and what is new waits
 * beside the list until it is merged in.
 */
export type FrozenOrder = readonly string[];

/** The list as it ought to be: open by time left, or, of what is closed, as the server orders it. */
export function merged(rows: RepostRow[], view: QueueView): FrozenOrder {
  if (view === 'closed') return rows.map(keyOf);
  return rows
    .filter(inView[view])
    .sort((one, other) =>
      one.dueAt === other.dueAt ? compare(keyOf(one), keyOf(other)) : compare(one.dueAt, other.dueAt),
    )
    .map(keyOf);
}

/** Rows that belong into the list and are not in it yet. */
export function arrived(order: FrozenOrder, rows: RepostRow[], view: QueueView): RepostRow[] {
  const shown = new Set(order);
  const due = new Set(merged(rows, view));
  return rows.filter((row) => due.has(keyOf(row)) && !shown.has(keyOf(row)));
}

/** Where to go after `from`: the next row that still waits, else the one before, else nowhere. */
export function nextOpen(order: FrozenOrder, rows: ReadonlyMap<string, RepostRow>, from: string): string | null {
  const at = order.indexOf(from);
  const waits = (key: string) => key !== from && rows.get(key)?.state === 'queued';
  return order.slice(at + 1).find(waits) ?? order.slice(0, Math.max(at, 0)).findLast(waits) ?? null;
}

const compare = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0);
