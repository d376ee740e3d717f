import type { Entry } from '@tongsheng/bus';
import type { SourceHealthEvent } from '@tongsheng/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldBatch, keysOf, missedBy, type Batch } from './batch.ts';
import { defineProjection } from './projection.ts';

type Row = { sourceId: string; failures: number };

/** Counts failures of a source; a recovery removes it. */
const failing = defineProjection({
  name: 'failing',
  version: 1,
  follows: ['poll'],
  keyOf: (event) => event.sourceId,
  apply(row: Row | null, event): Row | null {
    switch (event.type) {
      case 'source.failed':
        return { sourceId: event.sourceId, failures: (row?.failures ?? 0) + 1 };
      case 'source.recovered':
        return null;
      case 'source.entry_rejected':
      case 'source.escalated':
      case 'source.went_quiet':
      case 'source.spoke':
      case 'source.disagreed':
      case 'source.agreed':
        return row;
    }
  },
  sets: ({ failures }): Record<string, number> => ({ all: failures, [failures > 2 ? 'bad' : 'fair']: failures }),
});

const at = '2026-11-23T04:00:00.000Z';
const events = {
  fails: (sourceId: string): SourceHealthEvent => ({
    type: 'source.failed',
    sourceId,
    code: 'x',
    detail: '',
    failedAt: at,
  }),
  works: (sourceId: string): SourceHealthEvent => ({ type: 'source.recovered', sourceId, recoveredAt: at }),
  rejects: (sourceId: string): SourceHealthEvent => ({
    type: 'source.entry_rejected',
    sourceId,
    key: '',
    title: '',
    code: 'x',
    detail: '',
    rejectedAt: at,
  }),
};
const anyEvent = fc
  .tuple(fc.constantFrom('fails', 'works', 'rejects'), fc.constantFrom('a', 'b', 'c'))
  .map(([what, sourceId]) => events[what](sourceId));
const entriesOf = (decisions: SourceHealthEvent[][], aggregate = 'poll') =>
  decisions.map((each, i) => ({ aggregate, events: each, position: i + 1 }) as unknown as Entry);

/** Applies a batch as the store does. */
function applyTo(model: { rows: Map<string, Row>; sets: Map<string, Map<string, number>> }, batch: Batch<Row>): void {
  for (const [key, row] of batch.rows)
    if (row === null) model.rows.delete(key);
    else model.rows.set(key, row);
  for (const [name, members] of batch.sets) {
    const set = model.sets.get(name) ?? new Map<string, number>();
    for (const [key, score] of members)
      if (score === null) set.delete(key);
      else set.set(key, score);
    if (set.size > 0) model.sets.set(name, set);
    else model.sets.delete(name);
  }
}
function fold(entries: Entry[], sizes: number[]) {
  const model = { rows: new Map<string, Row>(), sets: new Map<string, Map<string, number>>() };
  const waiting = [...entries];
  for (const size of [...sizes, entries.length]) {
    const batch = waiting.splice(0, size);
    if (batch.length > 0) applyTo(model, foldBatch(failing, model.rows, batch));
  }
  return model;
}

describe('a batch', () => {
  it('makes the same model however the entries are cut', () => {
    const decisions = fc.array(fc.array(anyEvent, { minLength: 1, maxLength: 3 }), { maxLength: 30 });
    fc.assert(
      fc.property(decisions, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 10 }), (all, sizes) => {
        expect(fold(entriesOf(all), sizes)).toEqual(fold(entriesOf(all), []));
      }),
    );
  });
  it('keeps every row in exactly the sets that it says', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), fc.array(fc.integer({ min: 1, max: 5 })), (all, sizes) => {
        const { rows, sets } = fold(entriesOf(all.map((each) => [each])), sizes);
        const wanted = new Map<string, Map<string, number>>();
        for (const [key, row] of rows)
          for (const [name, score] of Object.entries(failing.sets!(row, key)))
            wanted.set(name, (wanted.get(name) ?? new Map<string, number>()).set(key, score));
        expect(sets).toEqual(wanted);
      }),
    );
  });
  it('writes a row once, with the position of what changed it last', () => {
    const batch = foldBatch(
      failing,
      new Map(),
      entriesOf([[events.fails('a')], [events.fails('a')], [events.rejects('a')]]),
    );
    expect(batch.rows).toEqual(new Map([['a', { sourceId: 'a', failures: 2 }]]));
    expect(batch.positions).toEqual(new Map([['a', 2]]));
  });
  it('leaves alone what nothing changed, and entries of others', () => {
    expect(foldBatch(failing, new Map(), entriesOf([[events.rejects('a')]])).rows).toEqual(new Map());
    const others = entriesOf([[events.fails('a')]], 'item');
    expect(foldBatch(failing, new Map(), others).rows).toEqual(new Map());
    expect(keysOf(failing, others)).toEqual([]);
  });
  it('passes by what the projection says is none of its own', () => {
    const onlyB = { ...failing, keyOf: (event: SourceHealthEvent) => (event.sourceId === 'b' ? 'b' : null) };
    const entries = entriesOf([[events.fails('a'), events.fails('b')]]);
    expect(keysOf(onlyB, entries)).toEqual(['b']);
    expect([...foldBatch(onlyB, new Map(), entries).rows.keys()]).toEqual(['b']);
  });
  it('reads each key that it will need once', () => {
    expect(keysOf(failing, entriesOf([[events.fails('a'), events.fails('b')], [events.works('a')]]))).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('a row that left', () => {
  const tally = {
    ...failing,
    sheets: ({ sourceId, failures }: Row): Record<string, Record<string, string>> => ({
      [failures % 2 ? 'odd' : 'even']: { [sourceId]: String(failures) },
    }),
    leaves: { at: () => 0, begins: () => false },
  };
  type Sheets = Map<string, Map<string, string>>;
  /** Folds as the store does; after each batch rows leave, as many as are said. */
  function foldLeaving(entries: Entry[], cuts: { size: number; leave: number }[]) {
    const rows = new Map<string, Row>();
    const sheets: Sheets = new Map();
    const waiting = [...entries];
    for (const { size, leave } of [...cuts, { size: entries.length, leave: 0 }]) {
      const batch = waiting.splice(0, size);
      if (batch.length === 0) continue;
      const recalled = new Map<string, Row>();
      for (const [key, entry] of missedBy(tally, rows, batch)) {
        const past = entries.filter(({ position }) => position < entry.position);
        const row = foldBatch(tally, new Map(), past).rows.get(key);
        if (row) recalled.set(key, row);
      }
      const done = foldBatch(tally, rows, batch, recalled);
      applyTo({ rows, sets: new Map() }, done);
      for (const [sheet, lines] of done.sheets) {
        const its = sheets.get(sheet) ?? new Map<string, string>();
        for (const [line, text] of lines)
          if (text === null) its.delete(line);
          else its.set(line, text);
        sheets.set(sheet, its);
      }
      for (const key of [...rows.keys()].slice(0, leave)) rows.delete(key);
    }
    return Object.fromEntries(
      [...sheets].filter(([, { size }]) => size > 0).map(([name, its]) => [name, new Map(its)]),
    );
  }

  it('is counted as if it had stayed, whenever it left and whatever came for it afterwards', () => {
    const decisions = fc.array(fc.array(anyEvent, { minLength: 1, maxLength: 3 }), { maxLength: 30 });
    const cuts = fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), leave: fc.integer({ min: 0, max: 3 }) }));
    fc.assert(
      fc.property(decisions, cuts, (all, when) => {
        const staying = foldLeaving(entriesOf(all), []);
        expect(foldLeaving(entriesOf(all), when)).toEqual(staying);
      }),
    );
  });
  it('is not looked up for what begins a row, nor for what comes after that', () => {
    const begun = {
      ...tally,
      leaves: { at: () => 0, begins: ({ type }: SourceHealthEvent) => type === 'source.failed' },
    };
    const of = (...decisions: SourceHealthEvent[][]) => [...missedBy(begun, new Map(), entriesOf(decisions)).keys()];
    expect(of([events.fails('a')], [events.works('a')])).toEqual([]);
    expect(of([events.works('a')], [events.fails('b'), events.works('b')])).toEqual(['a']);
  });
});
