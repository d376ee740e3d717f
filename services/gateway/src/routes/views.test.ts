import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { merged } from './views.ts';

describe('the queue of a person with several sites', () => {
  type Row = { site: string; due: number };
  const model = (rows: Row[]) => ({
    projection: { sets: (row: Row) => ({ [`open:${row.site}`]: row.due, 'open:*': row.due }) },
    reader: {
      async list(set: string, { limit, reverse }: { limit: number; reverse?: boolean }) {
        const found = rows.filter(({ site }) => set === 'open:*' || set === `open:${site}`);
        found.sort((a, b) => (reverse ? b.due - a.due : a.due - b.due));
        return found.slice(0, limit);
      },
    },
  });
  const anyRows = fc.array(fc.record({ site: fc.constantFrom('a', 'b', 'c'), due: fc.nat(1_000) }), { maxLength: 40 });

  it('holds the most urgent of exactly those sites, however many others there are', async () => {
    await fc.assert(
      fc.asyncProperty(anyRows, fc.integer({ min: 1, max: 10 }), fc.boolean(), async (rows, limit, reverse) => {
        const found = await merged(model(rows), ['open:a', 'open:b'], { limit, reverse });
        const due = rows.filter(({ site }) => site !== 'c').map((row) => row.due);
        const wanted = due.sort((x, y) => (reverse ? y - x : x - y)).slice(0, limit);
        expect(found.map((row) => row.due)).toEqual(wanted);
        expect(found.every(({ site }) => site !== 'c')).toBe(true);
      }),
    );
  });
});
