import {
  DutyBookEntry,
  DutyFigures,
  HandoverRow,
  instant,
  nameOfAlarm,
  token,
  type DutyBookWhat,
  type Role,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { toCsv, type Columns } from '../csv.ts';
import { dutyBook, type DutyRecord } from '../duty-book.ts';
import { dutyFiguresCsv } from '../duty-figures-csv.ts';
import { dutyFigures } from '../duty-figures.ts';
import type { Models } from '../models.ts';
import { mustServeSite, servesSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import { merged, setsFor } from './views.ts';

const watchers: readonly Role[] = ['duty', 'editor', 'manager', 'admin'];
/** An alarm that was raised before a period may be taken in it, and a shift that ends after it be handed over. In ms. */
const beforeMs = 7 * 24 * 3_600_000;
const most = 5_000;
const periodQuery = z.object({ from: instant, to: instant, site: token.optional() });
type PeriodQuery = z.infer<typeof periodQuery>;

/** What stood open beside a person's shift: listed when it is handed over. */
export async function openThings(models: Models, caller: Caller) {
  const [alarms, incidents] = await Promise.all([
    merged(models.alarms, setsOf('open', caller), { limit: 200, reverse: true }),
    merged(models.incidents, setsFor('open', caller), { limit: 200 }),
  ]);
  return {
    alarms: alarms
      .filter(({ about }) => about.kind !== 'drill')
      .map(({ alarmId, site, about, state }) => ({ alarmId, site, title: nameOfAlarm(about), state })),
    incidents: incidents.map(({ incidentId, site, title }) => ({ incidentId, site, title })),
  };
}

/** A person's own sites, and what is for everyone. */
const setsOf = (name: string, { sites }: Pick<Caller, 'sites'>) =>
  sites.includes('*') ? [`${name}:*`] : [...sites, 'sources'].map((site) => `${name}:${site}`);

/** The duty book, the figures of a period, and the handovers. */
export function dutyBookRoutes({ models, clock }: { models: Models; clock: Clock }): Route[] {
  const nameOf = (personId: string) => models.people.get(personId)?.name ?? personId;

  const record = async ({ from, to, site }: PeriodQuery, caller: Caller): Promise<DutyRecord> => {
    if (site !== undefined) mustServeSite(caller, site);
    const concerns = (of: string | null) => of === null || of === '*' || site === undefined || of === site;
    const range = { min: Date.parse(from) - beforeMs, max: Date.parse(to), limit: most };
    const [alarms, incidents, handovers] = await Promise.all([
      merged(models.alarms, setsOf('all', caller), range),
      merged(models.incidents, setsFor('all', caller), { limit: most, reverse: true }),
      merged(models.handovers, setsOf('all', caller), { ...range, max: range.max + beforeMs }),
    ]);
    const shifts = models.shifts
      .all()
      .filter((each) => !each.cancelled && each.from < to && each.to > from)
      .filter((each) => each.site === '*' || servesSite(caller, each.site))
      .map(({ type: _type, ...each }) => ({
        ...each,
        name: nameOf(each.personId),
        substituteName: each.substituteId && nameOf(each.substituteId),
      }));
    return {
      shifts: shifts.filter((each) => concerns(each.site)),
      handovers: handovers.filter((each) => concerns(each.site)),
      alarms: alarms.filter((each) => concerns(each.site)),
      incidents: incidents.filter((each) => concerns(each.site)),
    };
  };
  const book = async (query: PeriodQuery, caller: Caller) => dutyBook(await record(query, caller), query);
  const bookColumns: Columns<DutyBookEntry> = [
    ['时间', ({ at }) => beijing(at)],
    ['事项', ({ what }) => whatWords[what]],
    ['内容', ({ title }) => title],
    ['说明', ({ detail }) => detail],
    ['人员', ({ who }) => who],
    ['站点', ({ site }) => (site === null ? '全部站点' : (models.sites.get(site)?.name ?? site))],
  ];

  return [
    defineRoute({
      method: 'GET',
      path: '/api/duty/book',
      says: 'The duty book of a period: shifts, handovers, alarms, drills and incidents in their order.',
      may: watchers,
      query: periodQuery,
      answer: z.object({ rows: z.array(DutyBookEntry), serverTime: instant }),
      handle: async ({ query, caller }) => ({ rows: await book(query, caller), serverTime: clock.now() }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/duty/book.csv',
      says: 'The same as CSV.',
      may: watchers,
      query: periodQuery,
      answer: z.string(),
      mediaType: 'text/csv',
      async handle({ query, caller, reply }) {
        reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="duty-book.csv"');
        return toCsv(bookColumns, await book(query, caller));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/duty/figures',
      says: 'How long it took until alarms were taken and closed, and incidents reported; drills by themselves.',
      may: watchers,
      query: periodQuery,
      answer: DutyFigures,
      handle: async ({ query, caller }) => dutyFigures(await record(query, caller), query),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/duty/figures.csv',
      says: 'The same as CSV: a figure a line, times in minutes.',
      may: watchers,
      query: periodQuery,
      answer: z.string(),
      mediaType: 'text/csv',
      async handle({ query, caller, reply }) {
        reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="duty-figures.csv"');
        return dutyFiguresCsv(dutyFigures(await record(query, caller), query));
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/duty/handovers',
      says: 'The shift of the caller that runs or has just ended, and handovers that nobody has accepted yet.',
      may: watchers,
      query: z.object({ atLeast: z.coerce.number().int().min(0).default(0) }),
      answer: z.object({
        mine: z.array(
          z.object({ handoverId: token, site: z.string(), from: instant, to: instant, isGiven: z.boolean() }),
        ),
        waiting: z.array(HandoverRow),
        open: z.object({ alarms: z.int(), incidents: z.int() }),
      }),
      async handle({ query: { atLeast }, caller }) {
        await models.handovers.runner.reach(atLeast);
        const at = clock.now();
        const waiting = (await models.handovers.reader.list('waiting', { limit: 200, reverse: true })).filter(
          ({ site }) => site === '*' || servesSite(caller, site),
        );
        const just = new Date(Date.parse(at) - justMs).toISOString();
        const mine = models.shifts
          .all()
          .filter(({ cancelled, from, to }) => !cancelled && from <= at && to > just)
          .filter(({ personId, substituteId }) => personId === caller.personId || substituteId === caller.personId);
        const rows = await Promise.all(
          mine.map(async ({ shiftId: handoverId, site, from, to }) => {
            const row = await models.handovers.reader.get(site === '*' ? handoverId : `${site}/${handoverId}`);
            if (row?.state === 'accepted' || row?.state === 'waived') return null;
            return { handoverId, site, from, to, isGiven: row?.state === 'given' };
          }),
        );
        const open = await openThings(models, caller);
        return {
          mine: rows.filter((row) => row !== null),
          waiting,
          open: { alarms: open.alarms.length, incidents: open.incidents.length },
        };
      },
    }),
  ];
}

/** How long after its end a shift may still be handed over on the board; in ms. */
const justMs = 12 * 3_600_000;

const beijing = (at: string) => DateTime.fromISO(at, { zone: 'Asia/Shanghai' }).toFormat('yyyy-MM-dd HH:mm:ss');

const whatWords: Record<DutyBookWhat, string> = {
  shift_began: '当班开始',
  shift_ended: '当班结束',
  handed_over: '交班',
  taken_over: '接班',
  handover_overdue: '交接班超时',
  alarm_raised: '告警',
  alarm_taken: '告警接手',
  alarm_unanswered: '告警无人接手',
  alarm_closed: '告警解除',
  drill_begun: '演练开始',
  drill_taken: '演练接手',
  drill_ended: '演练结束（无人接手）',
  incident_opened: '事件登记',
  incident_noted: '事件处置',
  incident_reported: '事件上报',
  incident_referred: '事件移送',
  incident_closed: '事件办结',
};
