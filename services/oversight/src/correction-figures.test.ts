import type { CorrectionEvent } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { correctionCases, counted, foldedInto, type CorrectionCase } from './correction-cases.ts';
import { correctionFigures } from './correction-figures.ts';

const key = { correctionId: 'a', site: 'province' };
const said = { by: 'editor', byName: '李编辑' };
const received = (receivedAt: string, dueAt: string): CorrectionEvent => ({
  type: 'correction.received',
  ...key,
  page: { title: '公告', url: null, document: null },
  text: '增值锐应为增值税',
  contact: null,
  receivedAt,
  dueAt,
  unknownYears: [],
});
const answered = (answeredAt: string): CorrectionEvent => ({
  type: 'correction.answered',
  ...key,
  outcome: 'corrected',
  answer: '已更正',
  ...said,
  answeredAt,
});
const entry = {} as Parameters<typeof correctionCases.apply>[2];
const fold = (...events: CorrectionEvent[]): CorrectionCase =>
  events.reduce<CorrectionCase | null>((row, event) => correctionCases.apply(row, event, entry), null)!;

/** The sets of these rows, as the store would keep them. */
const readerOf = (rows: CorrectionCase[]) => {
  const within = (set: string, { min = -Infinity, max = Infinity }: { min?: number; max?: number } = {}) =>
    rows.filter((row) => {
      const score = correctionCases.sets?.(row, '')[set];
      return score !== undefined && score >= min && score <= max;
    });
  return {
    count: async (sets: string[], range?: { min?: number; max?: number }) =>
      sets.map((set) => within(set, range).length),
    list: async (set: string, range?: { min?: number; max?: number }) => within(set, range),
  };
};

const came = '2026-10-31T15:59:59.000Z';
const due = '2026-11-04T16:00:00.000Z';

it('counts a report in Beijing’s month in which it came, by its first answer', async () => {
  const late = fold(received(came, due), answered('2026-11-04T16:00:00.000Z'));
  const inTime = fold(received(came, due), answered('2026-11-04T15:59:59.999Z'), answered('2026-11-09T00:00:00.000Z'));
  const open = fold(received('2026-10-31T16:00:00.000Z', due));
  const spam = fold(received(came, due), {
    type: 'correction.spam_marked',
    ...key,
    reason: '广告',
    ...said,
    markedAt: came,
  });
  const figures = await correctionFigures(readerOf([late, inTime, open, spam]), { at: '2026-11-20T00:00:00.000Z' }, [
    'province',
    'city',
  ]);
  expect(figures.total).toEqual({ received: 3, inTime: 1, late: 1, open: 1, overdue: 1 });
  expect(figures.months.slice(0, 2)).toEqual([
    { month: '2026-11', received: 1, inTime: 0, late: 0, open: 1, overdue: 1 },
    { month: '2026-10', received: 2, inTime: 1, late: 1, open: 0, overdue: 0 },
  ]);
  expect(figures.months).toHaveLength(12);
  expect(figures.sites.map(({ site }) => site)).toEqual(['province']);
});

it('is overdue from its very limit on, not before', async () => {
  const at = (instant: string) =>
    correctionFigures(readerOf([fold(received(came, due))]), { at: instant }, ['province']);
  expect((await at('2026-11-04T15:59:59.999Z')).total.overdue).toBe(0);
  expect((await at(due)).total.overdue).toBe(1);
});

it('stands among those folded into another until it is taken out', () => {
  const folded: CorrectionEvent = { type: 'correction.folded', ...key, into: 'b', ...said, foldedAt: came };
  const sets = (row: CorrectionCase) => Object.keys(correctionCases.sets?.(row, '') ?? {});
  expect(sets(fold(received(came, due), folded))).toContain(foldedInto('b'));
  const again: CorrectionEvent = { type: 'correction.accepted', ...key, ...said, acceptedAt: came };
  expect(sets(fold(received(came, due), folded, again))).toEqual([
    'open',
    counted('province', 'open'),
    counted('province', 'due'),
  ]);
});
