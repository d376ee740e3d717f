import type { Entry } from '@tongsheng/bus';
import type { AggregateName, EventsByAggregate } from '@tongsheng/contracts';

/**
 * A read model as a fold: row and event in, row out, `null` deletes. Pure; the runner stores rows, their places in
 * sorted sets and the position in one atomic step, so that a redelivered entry changes nothing.
 */
export type Projection<A extends AggregateName = AggregateName, Row = unknown> = {
  name: string;
  /** Raise it when the fold changes; the new version is built beside the old one and swapped in. */
  version: number;
  follows: readonly A[];
  /** The row an event is about; `null`: none of this projection's. */
  keyOf(event: EventsByAggregate[A], entry: Entry): string | null;
  /** Returning the same row object says that nothing changed. */
  apply(row: Row | null, event: EventsByAggregate[A], entry: Entry): Row | null;
  /** The sorted sets a row stands in, and its score in each: `{ 'open:province': dueAtMs }`. */
  sets?(row: Row, key: string): Record<string, number>;
};

export function defineProjection<const A extends AggregateName, Row>(
  projection: Projection<A, Row>,
): Projection<A, Row> {
  return projection;
}

/** Where a projection's rows live in Redis. Everything of one generation shares a prefix and one slot of a cluster. */
export const keys = {
  live: (name: string) => `p:{${name}}:live`,
  rows: (name: string, generation: string) => `p:{${name}}:${generation}:rows`,
  position: (name: string, generation: string) => `p:{${name}}:${generation}:position`,
  set: (name: string, generation: string, set: string) => `p:{${name}}:${generation}:set:${set}`,
  pattern: (name: string, generation: string) => `p:{${name}}:${generation}:*`,
  /** Not `changes`, where earlier releases told of each row by itself: one of them may run beside this one. */
  changes: (name: string) => `p:{${name}}:told`,
};

/** One row that changed: as it is stored, since most of those who hear of it don't read it; null when it is gone. */
export type ChangedRow = { key: string; json: string | null; position: number };

/** What is told to whoever watches. `rebuilt` means: read everything again. */
export type Change = ChangedRow | { rebuilt: true; position: number };
