import {
  obliged,
  type ComplianceQuery,
  type ComplianceTask,
  type Figures,
  type RepostEvent,
} from '@tongsheng/contracts';
import { minutesLater, noon, queueing } from '@tongsheng/test/support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cell, compliance, type Compliance } from './compliance.ts';
import { figuresOf, tasksBehind, type Cell } from './figures.ts';

const cells: Cell[] = ['province', 'city'].flatMap((site) =>
  ['national', 'portal'].map((sourceId) => ({ site, sourceId, sourceName: `来源${sourceId}` })),
);
const outcomes = ['open', 'on_time', 'late', 'exempted'] as const;

const task = (taskId: string, more: Partial<ComplianceTask> = {}): ComplianceTask => ({
  taskId,
  site: 'province',
  sourceId: 'national',
  sourceName: '来源national',
  title: '公告',
  startsAt: noon,
  dueAt: noon,
  publishedAt: null,
  outcome: 'open',
  duty: 'repost',
  ...more,
});

/** Counts and lists as Redis does: the sets that the projection itself says, by score, both ends included. */
function readerOf(given: ComplianceTask[]): Parameters<typeof figuresOf>[0] {
  const tasks = given.map(({ taskId, site, publishedAt, ...counted }): Compliance => ({
    taskId,
    site,
    publishedAt,
    counted: [{ itemId: 'item', ...counted }],
    moments: { upstreamAt: null, seenAt: noon, claimedAt: null, approvedAt: null, verifiedAt: null },
  }));
  type Span = { min?: number; max?: number };
  const within = (set: string, { min = -Infinity, max = Infinity }: Span) =>
    tasks.filter((each) => {
      const score = compliance.sets!(each, '')[set];
      return score !== undefined && score >= min && score <= max;
    });
  return {
    count: async (sets: string[], span: Span) => sets.map((set) => within(set, span).length),
    list: async (set: string, span: Span) => within(set, span),
    position: async () => 7,
  } as never;
}
const ask = (more: Partial<ComplianceQuery> = {}): ComplianceQuery => ({
  from: minutesLater(-1_000),
  to: minutesLater(1_000),
  asOf: noon,
  ...more,
});

describe('the figures', () => {
  it('count each task by its outcome, and those past their limit among the open', async () => {
    const tasks = [
      task('a', { outcome: 'on_time', publishedAt: noon }),
      task('b', { outcome: 'late', site: 'city' }),
      task('c', { outcome: 'exempted', sourceId: 'portal' }),
      task('d', { dueAt: minutesLater(-1) }),
      task('e', { dueAt: minutesLater(1) }),
    ];
    const view = await figuresOf(readerOf(tasks), ask(), cells);
    expect(view.total).toEqual({ due: 5, onTime: 1, late: 1, overdue: 1, open: 2, exempted: 1 });
    expect(view.bySite.map(({ site, due }) => [site, due])).toEqual([
      ['province', 4],
      ['city', 1],
    ]);
    expect(view.bySource.map(({ sourceId, due }) => [sourceId, due])).toEqual([
      ['national', 4],
      ['portal', 1],
    ]);
    expect(view.position).toBe(7);
  });
  it('call a task overdue from the millisecond after its limit', async () => {
    const overdue = async (asOf: string) =>
      (await figuresOf(readerOf([task('a', { dueAt: noon })]), ask({ asOf }), cells)).total.overdue;
    expect(await overdue(noon)).toBe(0);
    expect(await overdue(noon.replace('.000Z', '.001Z'))).toBe(1);
  });
  it('leave out what falls due outside the period, and cells without a task', async () => {
    const tasks = [task('a', { dueAt: minutesLater(-1_001) }), task('b', { dueAt: minutesLater(1_000) })];
    const view = await figuresOf(readerOf(tasks), ask(), cells);
    expect(view.total.due).toBe(1);
    expect(view.cells).toHaveLength(1);
  });

  const anyTask = fc.record({
    site: fc.constantFrom('province', 'city'),
    sourceId: fc.constantFrom('national', 'portal'),
    outcome: fc.constantFrom(...outcomes),
    dueAt: fc.integer({ min: -1_500, max: 1_500 }).map(minutesLater),
  });
  const anyTasks = fc
    .array(anyTask, { maxLength: 60 })
    .map((all) => all.map((each, i) => task(`t${i}`, { ...each, sourceName: `来源${each.sourceId}` })));
  const anyQuery = fc
    .record({
      asOf: fc.integer({ min: -2_000, max: 2_000 }).map(minutesLater),
      sites: fc.option(fc.subarray(['province', 'city']), { nil: undefined }),
      sourceId: fc.constantFrom(undefined, 'national', 'portal'),
    })
    .map(({ asOf, sites, sourceId }) => ask({ asOf, ...(sites && { sites }), ...(sourceId && { sourceId }) }));

  it('add up, whatever the tasks', async () => {
    const names = ['due', 'onTime', 'late', 'overdue', 'open', 'exempted'] as const;
    const summed = (all: Figures[]) => names.map((name) => all.reduce((sum, each) => sum + each[name], 0));
    await fc.assert(
      fc.asyncProperty(anyTasks, anyQuery, async (tasks, query) => {
        const { total, bySite, bySource, cells: single } = await figuresOf(readerOf(tasks), query, cells);
        for (const parts of [bySite, bySource, single]) expect(summed(parts)).toEqual(summed([total]));
        for (const each of [total, ...single]) {
          expect(each.due).toBe(each.open + each.onTime + each.late + each.exempted);
          expect(each.overdue).toBeLessThanOrEqual(each.open);
        }
      }),
    );
  });
  it('open exactly the tasks that they count', async () => {
    const asked = {
      due: 'due',
      onTime: 'on_time',
      late: 'late',
      overdue: 'overdue',
      open: 'open',
      exempted: 'exempted',
    } as const;
    await fc.assert(
      fc.asyncProperty(anyTasks, anyQuery, async (tasks, query) => {
        const reader = readerOf(tasks);
        const { total } = await figuresOf(reader, query, cells);
        for (const [name, outcome] of Object.entries(asked)) {
          const behind = await tasksBehind(reader, { ...query, outcome }, cells);
          expect(behind).toHaveLength(total[name as keyof Figures]);
          expect(behind.map(({ dueAt }) => dueAt)).toEqual(behind.map(({ dueAt }) => dueAt).sort());
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
    events.reduce<Compliance | null>((row, event) => compliance.apply(row, event, {} as never), null);

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
    expect(fold(queued, asked, { type: 'repost.exempted', ...key, ...by, exemptedAt: noon })).toMatchObject({
      counted: [{ outcome: 'exempted' }],
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
    expect(compliance.sets!(fold(queued, stricter)!, '')).toEqual({
      [cell('province', 'national-policy', 'open')]: Date.parse(facts.dueAt),
      [cell('province', 'portal', 'open')]: Date.parse(minutesLater(60)),
    });
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
    expect(Object.keys(compliance.sets!(fold(queued, out, retract)!, ''))).toEqual([
      cell('province', 'national-policy', 'on_time'),
      cell('province', 'national-policy', 'open', 'retract'),
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
});
