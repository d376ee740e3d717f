import type { Entry } from '@tongsheng/bus';
import type { AggregateName } from '@tongsheng/contracts';
import type { Projection } from './projection.ts';

/** What one batch of entries does to a read model. */
export type Batch<Row> = {
  /** Key → the row after the batch, null when it is gone. Only rows that changed. */
  rows: Map<string, Row | null>;
  /** Set → member → its new score, null when it leaves the set. */
  sets: Map<string, Map<string, number | null>>;
  /** The newest entry that touched each changed row. */
  positions: Map<string, number>;
};

/** The keys that a batch will read. */
export function keysOf<A extends AggregateName, Row>(projection: Projection<A, Row>, entries: Entry[]): string[] {
  const keys = new Set<string>();
  for (const entry of entries) {
    if (!(projection.follows as readonly string[]).includes(entry.aggregate)) continue;
    for (const event of entry.events) {
      const key = projection.keyOf(event as never, entry);
      if (key !== null) keys.add(key);
    }
  }
  return [...keys];
}

/** Folds entries over the rows that are there. Pure: many events on one row become one write. */
export function foldBatch<A extends AggregateName, Row>(
  projection: Projection<A, Row>,
  before: ReadonlyMap<string, Row>,
  entries: Entry[],
): Batch<Row> {
  const rows = new Map<string, Row | null>();
  const positions = new Map<string, number>();
  for (const entry of entries) {
    if (!(projection.follows as readonly string[]).includes(entry.aggregate)) continue;
    for (const event of entry.events) {
      const key = projection.keyOf(event as never, entry);
      if (key === null) continue;
      const row = rows.has(key) ? (rows.get(key) ?? null) : (before.get(key) ?? null);
      const next = projection.apply(row, event as never, entry);
      if (next === row) continue;
      rows.set(key, next);
      positions.set(key, entry.position);
    }
  }
  return { rows, sets: moves(projection, before, rows), positions };
}

function moves<A extends AggregateName, Row>(
  projection: Projection<A, Row>,
  before: ReadonlyMap<string, Row>,
  after: ReadonlyMap<string, Row | null>,
): Batch<Row>['sets'] {
  const sets: Batch<Row>['sets'] = new Map();
  if (!projection.sets) return sets;
  const move = (set: string, key: string, score: number | null) => {
    const members = sets.get(set);
    if (members) members.set(key, score);
    else sets.set(set, new Map([[key, score]]));
  };
  for (const [key, row] of after) {
    const old = before.get(key);
    const left = old === undefined ? {} : projection.sets(old, key);
    const entered = row === null ? {} : projection.sets(row, key);
    for (const set of Object.keys(left)) if (!(set in entered)) move(set, key, null);
    for (const [set, score] of Object.entries(entered)) if (left[set] !== score) move(set, key, score);
  }
  return sets;
}
