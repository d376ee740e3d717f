import { taskKey, type RepostRow } from '@tongsheng/contracts';
import { minutesLater, queueing } from '@tongsheng/test/support';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findClosed, type ClosedPlace } from './closed-tasks.ts';
import { reposts } from './views/reposts.ts';

const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing();

const closed = (taskId: string, site: string, minute: number, title: string): RepostRow => ({
  ...reposts.apply(null, { ...facts, type: 'repost.queued', taskId, site, title }, null as never)!,
  state: 'verified',
  approvedAt: minutesLater(minute),
});
const scoreOf = (row: RepostRow, set: string) => reposts.sets!(row, '')[set] ?? 0;

/** As Redis reads a sorted set from its end. */
const reading = (rows: RepostRow[]) => async (set: string, range: { max: number; offset: number; limit: number }) =>
  rows
    .map((row) => ({ json: JSON.stringify(row), score: reposts.sets!(row, '')[set], key: taskKey(row) }))
    .filter(({ score }) => score !== undefined && score <= range.max)
    .sort((a, b) => b.score! - a.score! || (a.key < b.key ? 1 : -1))
    .slice(range.offset, range.offset + range.limit)
    .map(({ json }) => json);

const anyRows = fc.uniqueArray(
  fc.record({
    taskId: fc.stringMatching(/^[a-z]{1,2}$/),
    site: fc.constantFrom('a', 'b', 'c'),
    minute: fc.integer({ min: 0, max: 4 }),
    title: fc.constantFrom('公告', '通知'),
  }),
  { maxLength: 40, selector: ({ taskId, site }) => `${site}/${taskId}` },
);

it('reads what some sites have closed, newest first, each once, however many closed at one moment', async () => {
  await fc.assert(
    fc.asyncProperty(
      anyRows,
      fc.integer({ min: 1, max: 7 }),
      fc.constantFrom(undefined, 3),
      fc.boolean(),
      async (tasks, limit, most, selective) => {
        const rows = tasks.map(({ taskId, site, minute, title }) => closed(taskId, site, minute, title));
        const found: string[] = [];
        let from: ClosedPlace | null = null;
        do {
          const page = await findClosed({
            read: reading(rows),
            sets: ['closed:a', 'closed:b'],
            scoreOf,
            fits: selective ? ({ title }) => title === '公告' : null,
            limit,
            most,
            from,
          });
          found.push(...page.rows.map((json) => taskKey(JSON.parse(json) as RepostRow)));
          from = page.next;
        } while (from !== null);
        const wanted = rows
          .filter(({ site, title }) => site !== 'c' && (!selective || title === '公告'))
          .sort((a, b) => Date.parse(b.approvedAt!) - Date.parse(a.approvedAt!) || (taskKey(a) < taskKey(b) ? 1 : -1));
        expect(found).toEqual(wanted.map(taskKey));
      },
    ),
  );
});
