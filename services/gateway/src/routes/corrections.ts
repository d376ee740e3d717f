import type { BusClient, Journal } from '@tongsheng/bus';
import {
  CalendarsView,
  CorrectionDetail,
  CorrectionFigures,
  CorrectionRow,
  instant,
  Refusal,
  token,
  type CorrectionOutcome,
  type CorrectionState,
  correctionReaders,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import { toCsv, type Columns } from '../csv.ts';
import { timelineOf } from '../details.ts';
import type { Models } from '../models.ts';
import type { RepostTasks } from '../repost-tasks.ts';
import { mustServeSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import { pageKey } from '../views/corrections.ts';
import { merged, setsFor } from './views.ts';

export type CorrectionTools = { models: Models; tasks: RepostTasks; client: BusClient; journal: Journal; clock: Clock };

const fresh = { atLeast: z.coerce.number().int().min(0).default(0) };
const most = 1_000;

/** What netizens reported, how that stands, and how fast they are answered. */
export function correctionRoutes({ models, tasks, client, journal, clock }: CorrectionTools): Route[] {
  const listed = async (caller: Caller) => {
    const [open, done] = await Promise.all([
      merged(models.corrections, setsFor('open', caller), { limit: most }),
      merged(models.corrections, setsFor('done', caller), { reverse: true, limit: most }),
    ]);
    return [...open, ...done];
  };
  return [
    defineRoute({
      method: 'GET',
      path: '/api/corrections',
      says: 'Reports of netizens: those that wait for an answer by the time that is left, then the others, newest first.',
      may: correctionReaders,
      query: z.object(fresh),
      answer: z.object({ rows: z.array(CorrectionRow), position: z.int(), serverTime: instant }),
      async handle({ query: { atLeast }, caller }) {
        const { reader, runner } = models.corrections;
        await runner.reach(atLeast);
        return { rows: await listed(caller), position: await reader.position(), serverTime: clock.now() };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/corrections.csv',
      says: 'The same as CSV.',
      may: correctionReaders,
      answer: z.string(),
      mediaType: 'text/csv',
      async handle({ caller, reply }) {
        reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="corrections.csv"');
        return toCsv(columns, await listed(caller));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/corrections/figures',
      says: 'How many came, and how many were answered in time, by month and by site.',
      may: correctionReaders,
      answer: CorrectionFigures,
      handle: async ({ caller }) => {
        const { sites } = caller;
        const query = { at: clock.now(), ...(!sites.includes('*') && { sites: [...sites] }) };
        return CorrectionFigures.parse(await client.ask('corrections.figures', query));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/corrections/:correctionId',
      says: 'One report: what is wrong, where it is mended, what else was said of the page, and all that happened.',
      may: correctionReaders,
      params: z.object({ correctionId: token }),
      query: z.object({ site: token, ...fresh }),
      answer: CorrectionDetail,
      async handle({ params: { correctionId }, query: { site, atLeast }, caller }) {
        mustServeSite(caller, site);
        const { reader, runner } = models.corrections;
        await runner.reach(atLeast);
        const row = await reader.get(`${site}/${correctionId}`);
        if (!row) throw new Refusal('correction_missing', `no correction ${correctionId}`);
        const [past, samePage, work] = await Promise.all([
          journal.read({ aggregate: 'correction', site, id: correctionId }),
          reader.list(`page:${site}/${pageKey(row.page)}`, { reverse: true, limit: 50 }),
          workOf(row),
        ]);
        const others = samePage.filter((other) => other.correctionId !== correctionId);
        return { row, work, others, timeline: timelineOf(past.entries) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/calendars',
      says: 'The holidays and make-up working days that limits are counted by, and the years that nobody has entered.',
      may: 'signed-in',
      answer: CalendarsView,
      handle: async () => CalendarsView.parse(await client.ask('calendars', {})),
    }),
  ];

  /** The page itself first, as the work where it is mended. */
  async function workOf({ site, page: { document }, work }: CorrectionRow): Promise<CorrectionDetail['work']> {
    const own = document && {
      kind: document.kind === 'repost' ? ('repost' as const) : ('release' as const),
      id: document.documentId,
    };
    const all = [...(own && !work.some((each) => each.id === own.id) ? [own] : []), ...work];
    const found = await Promise.all(
      all.map(async (each) => {
        const row = await (each.kind === 'repost'
          ? tasks.row(site, each.id)
          : models.releases.reader.get(`${site}/${each.id}`));
        return row && { ...each, title: row.title, state: row.state, linked: work.some(({ id }) => id === each.id) };
      }),
    );
    return found.filter((each) => each !== null);
  }
}

const columns: Columns<CorrectionRow> = [
  ['受理编号', ({ correctionId }) => correctionId],
  ['站点', ({ site }) => site],
  ['页面', ({ page }) => page.title || page.url],
  ['页面地址', ({ page }) => page.url],
  ['问题', ({ text }) => text],
  ['收到', ({ receivedAt }) => receivedAt],
  ['应答复', ({ dueAt }) => dueAt],
  [
    '时限依据',
    ({ unknownYears }) => (unknownYears.length > 0 ? `暂按双休日（${unknownYears.join('、')} 年未登记）` : ''),
  ],
  ['状态', ({ state }) => stateWords[state]],
  ['办理结果', ({ outcome }) => outcome && outcomeWords[outcome]],
  ['答复', ({ answer }) => answer],
  ['首次答复', ({ answeredAt }) => answeredAt],
  ['答复人', ({ answeredByName }) => answeredByName],
];

const stateWords: Record<CorrectionState, string> = {
  received: '待受理',
  accepted: '办理中',
  folded: '已并案',
  forwarded: '已转办',
  answered: '已答复',
  spam: '无效信息',
};
const outcomeWords: Record<CorrectionOutcome, string> = {
  corrected: '已更正',
  unchanged: '无需更正',
  forwarded: '转相关单位',
  folded: '并案答复',
};
