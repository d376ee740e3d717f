import type { Entry } from '@tongsheng/bus';
import type { AggregateName } from '@tongsheng/contracts';
import { leaving, type Projection } from './projection.ts';

/** What one batch of entries does to a read model. */
export type Batch<Row> = {
  /** Key → the row after the batch, null when it is gone. Only rows that changed. */
  rows: Map<string, Row | null>;
  /** Set → member → its new score, null when it leaves the set. */
  sets: Map<string, Map<string, number | null>>;
  /** Sheet → line → its new text, null when it is struck out. */
  sheets: Map<string, Map<string, string | null>>;
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

/** The first entry of each row that is missing though it was there before: its past is to be read from the log. */
export function missedBy<A extends AggregateName, Row>(
  projection: Projection<A, Row>,
  before: ReadonlyMap<string, Row>,
  entries: Entry[],
): Map<string, Entry> {
  const missed = new Map<string, Entry>();
  const seen = new Set<string>();
  if (!projection.leaves) return missed;
  for (const entry of entries) {
    if (!(projection.follows as readonly string[]).includes(entry.aggregate)) continue;
    for (const event of entry.events) {
      const key = projection.keyOf(event as never, entry);
      if (key === null || before.has(key) || seen.has(key)) continue;
      seen.add(key);
      if (!projection.leaves.begins(event as never)) missed.set(key, entry);
    }
  }
  return missed;
}

/**
 * Folds entries over the rows that are there. Pure: many events on one row become one write. `recalled` rows had left: they
 * stand in no set, and what they wrote on sheets is there.
 */
export function foldBatch<A extends AggregateName, Row>(
  projection: Projection<A, Row>,
  stored: ReadonlyMap<string, Row>,
  entries: Entry[],
  recalled: ReadonlyMap<string, Row> = new Map(),
): Batch<Row> {
  const before = recalled.size === 0 ? stored : new Map([...stored, ...recalled]);
  const { rows, positions } = foldRows(projection, before, entries);
  return { rows, sets: moves(projection, stored, rows), sheets: lines(projection, before, rows), positions };
}

/** The rows alone, without the sets and sheets in which they stand. */
export function foldRows<A extends AggregateName, Row>(
  projection: Projection<A, Row>,
  before: ReadonlyMap<string, Row>,
  entries: readonly Entry[],
): Pick<Batch<Row>, 'rows' | 'positions'> {
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
  return { rows, positions };
}

/** The sets of a row, with the one of those that will leave. */
export function setsOf<A extends AggregateName, Row>(
  { sets, leaves }: Projection<A, Row>,
  row: Row,
  key: string,
): Record<string, number> {
  const at = leaves?.at(row) ?? null;
  return { ...sets?.(row, key), ...(at !== null && { [leaving]: at }) };
}

function lines<A extends AggregateName, Row>(
  { sheets: write }: Projection<A, Row>,
  before: ReadonlyMap<string, Row>,
  after: ReadonlyMap<string, Row | null>,
): Batch<Row>['sheets'] {
  const sheets: Batch<Row>['sheets'] = new Map();
  if (!write) return sheets;
  const put = (sheet: string, line: string, text: string | null) => {
    const changed = sheets.get(sheet);
    if (changed) changed.set(line, text);
    else sheets.set(sheet, new Map([[line, text]]));
  };
  for (const [key, row] of after) {
    const old = before.get(key);
    const left = old === undefined ? {} : write(old, key);
    const entered = row === null ? {} : write(row, key);
    for (const [sheet, its] of Object.entries(left))
      for (const line of Object.keys(its)) if (entered[sheet]?.[line] === undefined) put(sheet, line, null);
    for (const [sheet, its] of Object.entries(entered))
      for (const [line, text] of Object.entries(its)) if (left[sheet]?.[line] !== text) put(sheet, line, text);
  }
  return sheets;
}

function moves<A extends AggregateName, Row>(
  projection: Projection<A, Row>,
  before: ReadonlyMap<string, Row>,
  after: ReadonlyMap<string, Row | null>,
): Batch<Row>['sets'] {
  const sets: Batch<Row>['sets'] = new Map();
  if (!projection.sets && !projection.leaves) return sets;
  const move = (set: string, key: string, score: number | null) => {
    const members = sets.get(set);
    if (members) members.set(key, score);
    else sets.set(set, new Map([[key, score]]));
  };
  for (const [key, row] of after) {
    const old = before.get(key);
    const left = old === undefined ? {} : setsOf(projection, old, key);
    const entered = row === null ? {} : setsOf(projection, row, key);
    for (const set of Object.keys(left)) if (!(set in entered)) move(set, key, null);
    for (const [set, score] of Object.entries(entered)) if (left[set] !== score) move(set, key, score);
  }
  return sets;
}
