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
  /**
   * What a row writes where it is counted: sheet → line → text. A sheet is small (a site's day); who reads one reads all
   * of it. What is written stays when the row leaves.
   */
  sheets?(row: Row, key: string): Record<string, Record<string, string>>;
  /**
   * Rows that nothing is expected of any more leave Redis. An event for one that left reads it again from the log, so a row
   * of such a projection is about one aggregate.
   */
  leaves?: {
    /** From when on (ms), by the time of the log; null: not yet. */
    at(row: Row): number | null;
    /** No row was there before this event; any other one without a row is looked up. */
    begins(event: EventsByAggregate[A]): boolean;
  };
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
  sheet: (name: string, generation: string, sheet: string) => `p:{${name}}:${generation}:sheet:${sheet}`,
  /** Sheets by the position that last changed them. */
  sheets: (name: string, generation: string) => `p:{${name}}:${generation}:sheets`,
  whole: (name: string) => `p:{${name}}:*`,
  pattern: (name: string, generation: string) => `p:{${name}}:${generation}:*`,
  /** Not `changes`, where earlier releases told of each row by itself: one of them may run beside this one. */
  changes: (name: string) => `p:{${name}}:told`,
  /** Written and taken away in one step, to see how the server holds it. */
  probe: 'p:probe',
};

/** The set of rows that will leave, by when. */
export const leaving = 'leaving~';

/** One row that changed: as it is stored, since most of those who hear of it don't read it; null when it is gone. */
export type ChangedRow = { key: string; json: string | null; position: number };

/** What is told to whoever watches. `rebuilt` means: read everything again. */
export type Change = ChangedRow | { rebuilt: true; position: number };
