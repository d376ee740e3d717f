import {
  QueueChoices,
  QueueFilter,
  QueuePage,
  queueSort,
  queueTest,
  queueView,
  type Place,
  type QueueSort,
  type RepostRow,
  taskReaders,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { toCsv, type Columns } from '../csv.ts';
import { mustServeSite } from '../permissions.ts';
import { defineRoute, Written, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import type { TaskQueue } from '../task-queue.ts';

const flag = z.enum(['true', 'false']).default('false');
const query = z.object({
  ...QueueFilter.shape,
  state: queueView.default('open'),
  sort: queueSort.default('due'),
  reverse: flag,
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** `next` of the page before. */
  after: z.string().max(2_000).optional(),
  atLeast: z.coerce.number().int().min(0).default(0),
});
type Query = z.infer<typeof query>;

/** More than a spreadsheet is good for; of what is open there is never so much. */
const mostInCsv = 20_000;

type Found = { rows: Buffer[]; total: number | null; urgent: number; overdue: number; next: Place | null };

/** The queue of repost tasks: found, ordered, page by page, and as a spreadsheet. */
export function queueRoutes({ queue, clock }: { queue: TaskQueue; clock: Clock }): Route[] {
  const sitesOf = (caller: Caller) => (caller.sites.includes('*') ? null : caller.sites);

  const find = async (asked: Query, caller: Caller, now: string, most?: number): Promise<Found> => {
    const { state, sort, reverse, limit, after, atLeast } = asked;
    if (asked.site) mustServeSite(caller, asked.site);
    await queue.reach(atLeast);
    const filter = QueueFilter.parse(asked);
    const who = { me: caller, sites: sitesOf(caller), now: Date.parse(now) };
    if (state !== 'closed') {
      const from = readCursor(after, sort);
      return queue.find({ view: state, filter, sort, reverse: reverse === 'true', ...who }, from, limit);
    }
    const { site, ...rest } = filter;
    const search = { fits: queueTest(rest, who.me, who.now), limit, most };
    const from = readCursor(after, 'due');
    const { rows, total, next } = await queue.closed(
      search,
      site ? [site] : who.sites,
      from && { score: Number(from[0]), key: from[2] },
    );
    return {
      rows: rows.map((json) => Buffer.from(json)),
      total,
      urgent: 0,
      overdue: 0,
      next: next && [next.score, 0, next.key],
    };
  };

  return [
    defineRoute({
      method: 'GET',
      path: '/api/reposts',
      says: 'Repost tasks, page by page: open ones by any filter and order, closed ones newest first.',
      may: taskReaders,
      query,
      answer: QueuePage,
      async handle({ query: asked, caller }) {
        const now = clock.now();
        const { rows, next, ...counts } = await find(asked, caller, now);
        const rest = { ...counts, next: next && writeCursor(next), position: queue.position, serverTime: now };
        return new Written(inOne(rows, JSON.stringify(rest)));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reposts/choices',
      says: 'Which sources and columns the open tasks have.',
      may: taskReaders,
      query: z.object({ state: queueView.exclude(['closed']).default('open') }),
      answer: QueueChoices,
      handle: ({ query: { state }, caller }) => queue.choices(state, sitesOf(caller)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/reposts.csv',
      says: 'All tasks that a filter finds, as CSV.',
      may: taskReaders,
      query: query.omit({ limit: true, after: true }),
      answer: z.string(),
      mediaType: 'text/csv',
      async handle({ query: asked, caller, reply }) {
        const { rows } = await find({ ...asked, limit: mostInCsv }, caller, clock.now(), mostInCsv);
        reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="reposts.csv"');
        return toCsv(
          columns,
          rows.map((json) => JSON.parse(json.toString()) as RepostRow),
        );
      },
    }),
  ];
}

const comma = Buffer.from(',');

/** Rows that are JSON already, and the rest of the object that they belong to. */
function inOne(rows: readonly Buffer[], rest: string): Buffer {
  const parts: Buffer[] = [Buffer.from('{"rows":[')];
  for (const [i, row] of rows.entries()) {
    if (i > 0) parts.push(comma);
    parts.push(row);
  }
  parts.push(Buffer.from(`],${rest.slice(1)}`));
  return Buffer.concat(parts);
}

const writeCursor = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

const places = {
  byNumber: z.tuple([z.number(), z.number(), z.string()]),
  byName: z.tuple([z.string(), z.number(), z.string()]),
};

/** @throws ZodError where it is none of this order's */
function readCursor(text: string | undefined, sort: QueueSort): Place | null {
  if (text === undefined) return null;
  const json = z.string().transform((value, context): unknown => {
    try {
      return JSON.parse(Buffer.from(value, 'base64url').toString());
    } catch {
      context.addIssue('not the end of a page');
      return z.NEVER;
    }
  });
  return json.pipe(sort === 'source' || sort === 'title' ? places.byName : places.byNumber).parse(text);
}

const kinds: Record<RepostRow['kind'], string> = {
  policy: '政策',
  interpretation: '解读',
  notice: '通知',
  news: '动态',
};
const priorities: Record<RepostRow['priority'], string> = { high: '高', normal: '中', low: '低' };
const states: Record<RepostRow['state'], string> = {
  queued: '待办',
  approved: '已同意',
  published: '已发布',
  verified: '公网可见',
  retracting: '撤下中',
  removed: '已撤下，核验中',
  withdrawn: '已撤下',
  exempted: '已豁免',
  merged: '已合并',
};
/** Beijing time, as a spreadsheet reads it. */
const beijing = (instant: string | null) =>
  instant && DateTime.fromISO(instant, { zone: 'Asia/Shanghai' }).toFormat('yyyy-MM-dd HH:mm:ss');

const columns: Columns<RepostRow> = [
  ['站点', ({ site }) => site],
  ['来源', ({ sourceName }) => sourceName],
  ['标题', ({ title }) => title],
  ['文号', ({ documentNumber }) => documentNumber ?? null],
  ['栏目', ({ column }) => column],
  ['类别', ({ kind }) => kinds[kind]],
  ['优先级', ({ priority }) => priorities[priority]],
  ['状态', ({ state }) => states[state]],
  ['起算（北京时间）', ({ startsAt }) => beijing(startsAt)],
  ['应办结（北京时间）', ({ dueAt }) => beijing(dueAt)],
  ['发布（北京时间）', ({ publishedAt }) => beijing(publishedAt)],
  ['认领', ({ claim }) => claim?.byName ?? null],
  ['原文', ({ link }) => link],
  ['我站', ({ url }) => url],
  ['任务号', ({ taskId }) => taskId],
];
