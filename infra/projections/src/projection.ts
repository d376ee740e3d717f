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
  changes: (name: string) => `p:{${name}}:changes`,
};

/** One row that changed, as it is told to whoever watches. `rebuilt` means: read everything again. */
export type Change<Row = unknown> =
  | { key: string; row: Row | null; position: number }
  | { rebuilt: true; position: number };
