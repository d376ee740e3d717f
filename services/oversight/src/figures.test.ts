import {
  obliged,
  presetHours,
  type ComplianceQuery,
  type ComplianceTasksQuery,
  type Figures,
  type ItemKind,
  type PresetLimit,
  type RepostEvent,
} from '@tongsheng/contracts';
import { minutesLater, noon, queueing } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBehind, taskOf } from './behind.ts';
import { Book } from './book.ts';
import { complianceIn, type Compliance } from './compliance.ts';
import { figuresOf, type Names } from './figures.ts';
import { readLine } from './line.ts';

const zone = 'Asia/Shanghai';
const model = complianceIn(zone);
const names: Names = {
  sites: [
    { siteId: 'province', level: 'province' },
    { siteId: 'city', level: 'city' },
  ],
  source: (id) => `来源${id}`,
  person: (id) => `人${id}`,
};

type Owed = {
  site: string;
  sourceId: string;
  column: string;
  kind: ItemKind;
  person: string;
  outcome: 'open' | 'on_time' | 'late' | 'exempted' | 'withdrawn';
  duty: 'repost' | 'update' | 'retract';
  /** Minutes from noon. */
  due: number;
  limit: number;
  spent: number;
};
const owed = (more: Partial<Owed> = {}): Owed => ({
  site: 'province',
  sourceId: 'national',
  column: '通知公告',
  kind: 'notice',
  person: 'li',
  outcome: 'open',
  duty: 'repost',
  due: 0,
  limit: 720,
  spent: 60,
  ...more,
});

const isOut = ({ outcome }: Owed) => outcome === 'on_time' || outcome === 'late';
const rowOf = (each: Owed, position: number): Compliance => ({
  taskId: `t${position}`,
  site: each.site,
  position,
  last: position,
  column: each.column,
  kind: each.kind,
  publishedAt: null,
  approvedBy: null,
  exemption: null,
  counted: [
    {
      itemId: 'item',
      sourceId: each.sourceId,
      sourceName: names.source(each.sourceId),
      title: '公告',
      startsAt: minutesLater(each.due - each.limit),
      dueAt: minutesLater(each.due),
      outcome: each.outcome,
      duty: each.duty,
      settledAt: isOut(each) ? minutesLater(each.due - each.limit + each.spent) : null,
      by: isOut(each) || each.outcome === 'exempted' ? { id: each.person, name: names.person(each.person) } : null,
    },
  ],
  moments: { upstreamAt: null, seenAt: noon, claimedAt: null, approvedAt: null, verifiedAt: null },
});

/** A book of the sheets that the model writes. */
function bookOf(all: readonly Owed[], book = new Book()): Book {
  const sheets = new Map<string, [string, string][]>();
  for (const [i, each] of all.entries())
    for (const [sheet, lines] of Object.entries(model.sheets!(rowOf(each, i + 1), '')))
      sheets.set(sheet, [...(sheets.get(sheet) ?? []), ...Object.entries(lines)]);
  for (const [sheet, lines] of sheets) book.put(...(sheet.split('|') as [string, string]), lines);
  return book;
}

const ask = (more: Partial<ComplianceQuery> = {}): ComplianceQuery => ({
  from: '2026-11-01',
  to: '2026-11-30',
  now: noon,
  ...more,
});
const view = (all: readonly Owed[], query = ask()) =>
  figuresOf(bookOf(all), query, names, { at: query.now, zone, position: 7 });
const counts = ({ due, onTime, late, overdue, open, exempted }: Figures) => ({
  due,
  onTime,
  late,
  overdue,
  open,
  exempted,
});

/** The same figures, counted one by one from the obligations themselves. */
function recount(all: readonly Owed[], { now, limit }: { now: string; limit?: PresetLimit | undefined }) {
  const found = { due: 0, onTime: 0, late: 0, overdue: 0, open: 0, exempted: 0 };
  const nowMinute = (Date.parse(now) - Date.parse(noon)) / 60_000;
  for (const each of all) {
    if (each.outcome === 'withdrawn') continue;
    found.due++;
    const within = limit === undefined ? each.outcome === 'on_time' : each.spent <= limit * 60;
    if (isOut(each)) found[within ? 'onTime' : 'late']++;
    if (each.outcome === 'exempted') found.exempted++;
    if (each.outcome !== 'open') continue;
    found.open++;
    const due = limit === undefined ? each.due : each.due - each.limit + limit * 60;
    if (due < nowMinute) found.overdue++;
  }
  return found;
}

/** A day of the deployment that a minute lies in: Beijing is eight hours ahead, always. */
const dayOf = ({ due }: Owed) => new Date(Date.parse(minutesLater(due)) + 8 * 3_600_000).toISOString().slice(0, 10);

const anyOwed: fc.Arbitrary<Owed> = fc.record({
  site: fc.constantFrom('province', 'city'),
  sourceId: fc.constantFrom('national', 'portal'),
  column: fc.constantFrom('通知公告', '政策文件'),
  kind: fc.constantFrom<ItemKind>('policy', 'news'),
  person: fc.constantFrom('li', 'wang'),
  outcome: fc.constantFrom('open', 'on_time', 'late', 'exempted', 'withdrawn'),
  duty: fc.constantFrom('repost', 'repost', 'repost', 'update', 'retract'),
  // Some two months around noon of 23 November.
  due: fc.integer({ min: -45_000, max: 45_000 }),
  limit: fc.constantFrom(60, 720, 1_440),
  spent: fc.integer({ min: 0, max: 3_000 }),
});
const anyPile = fc.array(anyOwed, { maxLength: 60 });
const anyQuery = fc
  .record({
    from: fc.constantFrom('2026-10-01', '2026-11-01', '2026-11-20', '2026-11-23'),
    to: fc.constantFrom('2026-11-23', '2026-11-30', '2026-12-31'),
    now: fc.integer({ min: -30_000, max: 50_000 }).map(minutesLater),
    sites: fc.constantFrom(undefined, ['province'], ['city', 'province']),
    level: fc.constantFrom(undefined, undefined, 'city' as const),
    sourceId: fc.constantFrom(undefined, undefined, 'portal', 'unknown'),
    column: fc.constantFrom(undefined, undefined, '政策文件'),
    kind: fc.constantFrom(undefined, undefined, 'policy' as const),
    person: fc.constantFrom(undefined, undefined, 'li'),
    limit: fc.constantFrom(undefined, ...presetHours),
  })
  .map(
    (query) => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)) as ComplianceQuery,
  );
const asked = (all: readonly Owed[], query: ComplianceQuery) =>
  all.filter(
    (each) =>
      dayOf(each) >= query.from &&
      dayOf(each) <= query.to &&
      (!query.sites || query.sites.includes(each.site)) &&
      (!query.level || each.site === query.level) &&
      (!query.sourceId || each.sourceId === query.sourceId) &&
      (!query.column || each.column === query.column) &&
      (!query.kind || each.kind === query.kind) &&
      (!query.person || (each.person === query.person && (isOut(each) || each.outcome === 'exempted'))),
  );

describe('the figures', () => {
  it('count each task by its outcome, and those past their limit among the open', () => {
    const found = view([
      owed({ outcome: 'on_time' }),
      owed({ outcome: 'late', site: 'city' }),
      owed({ outcome: 'exempted', sourceId: 'portal' }),
      owed({ due: -1 }),
      owed({ due: 1 }),
      owed({ outcome: 'withdrawn' }),
    ]);
    expect(counts(found.total)).toEqual({ due: 5, onTime: 1, late: 1, overdue: 1, open: 2, exempted: 1 });
    expect(found.bySite.map(({ site, due }) => [site, due])).toEqual([
      ['province', 4],
      ['city', 1],
    ]);
    expect(found.byLevel.map(({ level, due }) => [level, due])).toEqual([
      ['province', 4],
      ['city', 1],
    ]);
    expect(found.bySource.map(({ sourceName, due }) => [sourceName, due])).toEqual([
      ['来源national', 4],
      ['来源portal', 1],
    ]);
    expect(found.byPerson.map(({ personName, due }) => [personName, due])).toEqual([['人li', 3]]);
    expect(found.position).toBe(7);
  });
  it('call a task overdue from the millisecond after its limit', () => {
    const overdue = (now: string) => view([owed()], ask({ now })).total.overdue;
    expect(overdue(noon)).toBe(0);
    expect(overdue(noon.replace('.000Z', '.001Z'))).toBe(1);
  });
  it('are compared with the period before, site by site', () => {
    const month = 30 * 24 * 60;
    const found = view([
      owed({ outcome: 'on_time' }),
      owed({ outcome: 'on_time', due: -month }),
      owed({ outcome: 'late', due: -month }),
    ]);
    expect(found.before).toMatchObject({ from: '2026-10-01', to: '2026-10-31', total: { onTime: 1, late: 1 } });
    expect(found.bySite).toMatchObject([{ site: 'province', rateBefore: 0.5 }]);
  });
  it('equal a recount of the obligations, whatever they are and whatever is asked', () => {
    fc.assert(
      fc.property(anyPile, anyQuery, (all, query) => {
        const found = view(all, query);
        const behind = asked(all, query);
        const reposts = behind.filter(({ duty }) => duty === 'repost');
        const by = (of: (each: Owed) => string, rows: readonly Figures[], nameOf: (row: never) => string) =>
          expect(Object.fromEntries(rows.map((row) => [nameOf(row as never), counts(row)]))).toEqual(
            Object.fromEntries(
              [...new Set(reposts.filter(({ outcome }) => outcome !== 'withdrawn').map(of))].map((name) => [
                name,
                recount(
                  reposts.filter((each) => of(each) === name),
                  query,
                ),
              ]),
            ),
          );
        expect(counts(found.total)).toEqual(recount(reposts, query));
        by(
          ({ site }) => site,
          found.bySite,
          ({ site }: { site: string }) => site,
        );
        by(
          ({ sourceId }) => sourceId,
          found.bySource,
          ({ sourceId }: { sourceId: string }) => sourceId,
        );
        by(
          ({ column }) => column,
          found.byColumn,
          ({ column }: { column: string }) => column,
        );
        by(
          ({ kind }) => kind,
          found.byKind,
          ({ kind }: { kind: string }) => kind,
        );
        by(
          ({ site }) => site,
          found.byLevel,
          ({ level }: { level: string }) => level,
        );
        for (const { hours, ...row } of found.presets)
          expect(counts(row)).toEqual(recount(reposts, { now: query.now, limit: hours }));
        for (const [duty, row] of [
          ['update', found.updates],
          ['retract', found.retracts],
        ] as const)
          expect(counts(row)).toEqual(
            recount(
              behind.filter((each) => each.duty === duty),
              { now: query.now },
            ),
          );
        const heat = found.heat.flatMap(({ cells }) => cells.filter((cell) => cell !== null));
        const trend = found.trend.reduce((sum, { due }) => sum + due, 0);
        expect([heat.flat().reduce((sum, each) => sum + each, 0), trend]).toEqual([found.total.due, found.total.due]);
      }),
    );
  });
  it('are the same however often a sheet was written anew', () => {
    fc.assert(
      fc.property(anyPile, anyPile, anyQuery, (before, all, query) => {
        const book = bookOf(before);
        for (const [sheet] of Object.entries(
          Object.assign({}, ...before.map((each, i) => model.sheets!(rowOf(each, i + 1), ''))) as object,
        ))
          book.put(...(sheet.split('|') as [string, string]), []);
        const again = figuresOf(bookOf(all, book), query, names, { at: query.now, zone, position: 7 });
        const { bySite, byColumn, bySource, byPerson, byKind, heat, ...others } = again;
        const {
          bySite: _a,
          byColumn: _b,
          bySource: _c,
          byPerson: _d,
          byKind: _e,
          heat: _f,
          ...fresh
        } = view(all, query);
        expect(others).toEqual(fresh);
        expect(new Set(bySite)).toEqual(new Set(_a));
        expect([byColumn, bySource, byPerson, byKind, heat].map((rows) => rows.length)).toEqual(
          [_b, _c, _d, _e, _f].map((rows) => rows.length),
        );
      }),
    );
  });
  it('open exactly the tasks that they count, page by page, the earliest limit first', () => {
    const figureOf = {
      due: 'due',
      on_time: 'onTime',
      late: 'late',
      overdue: 'overdue',
      open: 'open',
      exempted: 'exempted',
    } as const;
    fc.assert(
      fc.property(anyPile, anyQuery, fc.integer({ min: 1, max: 7 }), (all, query, size) => {
        const book = bookOf(all);
        const { total } = figuresOf(book, query, names, { at: query.now, zone, position: 7 });
        for (const [outcome, name] of Object.entries(figureOf) as [
          ComplianceTasksQuery['outcome'],
          keyof typeof figureOf,
        ][]) {
          const pages = (offset: number): { position: number; due: number }[] => {
            const { found, count } = findBehind(
              book,
              { ...query, outcome, duty: 'repost', offset, size },
              names,
              query.now,
            );
            expect(count).toBe(total[figureOf[outcome]]);
            expect(name).toBe(figureOf[outcome]);
            for (const each of found) {
              const row = rowOf(all[each.sheet.position[each.at]! - 1]!, each.sheet.position[each.at]!);
              expect(taskOf(row, book, each)?.taskId).toBe(row.taskId);
            }
            const these = found.map(({ sheet, at }) => ({ position: sheet.position[at]!, due: sheet.due[at]! }));
            return found.length < size ? these : [...these, ...pages(offset + size)];
          };
          const behind = pages(0);
          expect(new Set(behind.map(({ position }) => position)).size).toBe(total[figureOf[outcome]]);
          expect(behind.map(({ due }) => due)).toEqual(behind.map(({ due }) => due).sort((a, b) => a - b));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('the outcome of a task', () => {
  const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();
  const key = { taskId: 'task', site: 'province' };
  const queued: RepostEvent = { type: 'repost.queued', ...facts };
  const published = (publishedAt: string): RepostEvent => ({
    type: 'repost.published',
    ...key,
    url: 'https://province.example/1',
    publicPosition: 1,
    publishedAt,
  });
  const fold = (...events: RepostEvent[]) =>
    events.reduce<Compliance | null>((row, event) => model.apply(row, event, { position: 1 } as never), null);

  it('is open until the public has it, however far the editors are', () => {
    const approved: RepostEvent = {
      type: 'repost.approved',
      ...key,
      version: 1,
      contentHash: facts.contentHash,
      title: facts.title,
      by: 'li',
      byName: '李',
      approvedAt: noon,
    };
    expect(fold(queued, approved)).toMatchObject({ counted: [{ outcome: 'open' }], publishedAt: null });
  });
  it('is on time up to the limit itself, and late a millisecond after', () => {
    expect(fold(queued, published(facts.dueAt))).toMatchObject({
      counted: [{ outcome: 'on_time' }],
      publishedAt: facts.dueAt,
    });
    expect(fold(queued, published(facts.dueAt.replace('.000Z', '.001Z')))).toMatchObject({
      counted: [{ outcome: 'late' }],
    });
  });
  it('is exempted by the second person’s word, not by the first one’s', () => {
    const by = { by: 'li', byName: '李' };
    const asked: RepostEvent = { type: 'repost.exemption_requested', ...key, reason: '无关', ...by, requestedAt: noon };
    expect(fold(queued, asked)).toMatchObject({ counted: [{ outcome: 'open' }] });
    const signed = { type: 'repost.exempted', ...key, by: 'wang', byName: '王', exemptedAt: noon } as const;
    expect(fold(queued, asked, signed)).toMatchObject({
      counted: [{ outcome: 'exempted', by: { id: 'wang', name: '王' } }],
      exemption: { reason: '无关', requestedByName: '李' },
    });
  });
  it('is each obligation’s own: one repost settles all of them, by their own limits', () => {
    const stricter: RepostEvent = {
      type: 'repost.bound',
      ...obliged.parse(facts),
      ...key,
      itemId: 'other',
      sourceId: 'portal',
      dueAt: minutesLater(60),
    };
    const out = published(minutesLater(90));
    const counted = [
      { itemId: 'item', outcome: 'on_time' },
      { itemId: 'other', outcome: 'late' },
    ];
    expect(fold(queued, stricter, out)).toMatchObject({ counted });
    expect(fold(queued, out, stricter)).toMatchObject({ counted });
    expect(model.sets!(fold(queued, stricter)!, '')).toEqual({ 'open|province': Date.parse(minutesLater(60)) });
    expect(model.sets!(fold(queued, stricter, out)!, '')).toEqual({});
  });
  it('after publication is counted apart: an update and a retraction on time or late by limits of their own', () => {
    const after = { ...key, itemId: 'item', version: 2, contentHash: facts.contentHash, title: '改', limit: 'PT1H' };
    const span = { startsAt: minutesLater(100), dueAt: minutesLater(160) };
    const update: RepostEvent = { type: 'repost.update_due', ...after, ...span };
    const retract: RepostEvent = { type: 'repost.retract_due', ...after, ...span, reason: 'gone' };
    const removed = (at: string): RepostEvent => ({
      type: 'repost.removed',
      ...key,
      url: 'https://province.example/1',
      publicPosition: 2,
      removedAt: at,
    });
    const out = published(minutesLater(5));
    const told = (...events: RepostEvent[]) =>
      fold(queued, out, ...events)!.counted.map(({ duty, outcome }) => `${duty} ${outcome}`);
    expect(told(update)).toEqual(['repost on_time', 'update open']);
    expect(told(update, published(minutesLater(161)))).toEqual(['repost on_time', 'update late']);
    expect(told(update, retract)).toEqual(['repost on_time', 'retract open']);
    expect(told(retract, removed(minutesLater(160)))).toEqual(['repost on_time', 'retract on_time']);
    expect(told(retract, { type: 'repost.retract_lifted', ...key, itemId: 'item', liftedAt: noon })).toEqual([
      'repost on_time',
    ]);
  });
  it('is no figure at all where its source took it back inside the limit, and late where that was past', () => {
    const gone = (withdrawnAt: string): RepostEvent => ({
      type: 'repost.source_withdrawn',
      ...key,
      itemId: 'item',
      reason: 'gone',
      detail: 'HTTP 404',
      withdrawnAt,
    });
    const told = (...events: RepostEvent[]) => fold(queued, ...events)!.counted.map(({ outcome }) => outcome);
    expect(told(gone(minutesLater(5)))).toEqual(['withdrawn']);
    expect(told(gone(minutesLater(721)))).toEqual(['late']);
    expect(told(gone(noon), { type: 'repost.source_returned', ...key, itemId: 'item', returnedAt: noon })).toEqual([
      'open',
    ]);
  });
  it('is told of no task that was never queued', () => {
    expect(fold(published(noon))).toBeNull();
  });
  it('leaves Redis a week after it is closed, and never while anything of it is open', () => {
    const day = 86_400_000;
    expect(model.leaves!.at(fold(queued)!)).toBeNull();
    expect(model.leaves!.at(fold(queued, published(noon))!)).toBe(Date.parse(facts.dueAt) + 7 * day);
    expect(model.leaves!.at(fold(queued, published(minutesLater(9_000)))!)).toBe(
      Date.parse(minutesLater(9_000)) + 7 * day,
    );
  });
  it('stands on its sheet just as a figure needs it, and comes back from it the same', () => {
    const row = fold(queued, published(minutesLater(90)))!;
    const [[sheet, lines] = ['', {}]] = Object.entries(model.sheets!(row, ''));
    expect(sheet).toBe('province|2026-11-24');
    expect(Object.keys(lines)).toEqual(['1']);
    expect(readLine(lines['1']!)).toMatchObject({
      outcome: 'on_time',
      duty: 'repost',
      sourceId: 'national-policy',
      column: facts.column,
      dueMs: Date.parse(facts.dueAt),
      spentMs: Date.parse(minutesLater(90)) - Date.parse(facts.startsAt),
    });
  });
});
