import type { BusClient } from '@tongsheng/bus';
import {
  ComplianceBuilding,
  ComplianceQuery,
  ComplianceTasks,
  ComplianceTasksQuery,
  ComplianceView,
  dutyKind,
  figureOutcome,
  instant,
  presetLimit,
  ReleaseCompliance,
  Refusal,
  token,
  type ComplianceTask,
  complianceReaders,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import { toCsv, type Columns } from '../csv.ts';
import type { Models } from '../models.ts';
import { mustServeSite } from '../permissions.ts';
import { policiesOf, reachOf, rebuttalTimes, rumorsOf } from '../release-compliance.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import { setsFor } from './views.ts';

/** A sheet that a person still opens, and tasks that are read at once for it. */
const mostInFile = 20_000;
const atOnce = 500;
const mostYears = 40;
/** Of each kind that are counted at once. */
const mostCounted = 20_000;

/** Whether the law is kept, and what every figure is made of. */
export function complianceRoutes({
  models,
  client,
  clock,
}: {
  models: Models;
  client: BusClient;
  clock: Clock;
}): Route[] {
  /** What a person may see of what was asked. */
  const asked = <Query extends z.infer<typeof viewQuery>>(query: Query, caller: Caller) => {
    const sites = query.sites ?? (caller.sites.includes('*') ? undefined : [...caller.sites]);
    for (const site of sites ?? []) mustServeSite(caller, site);
    if (query.from > query.to)
      throw new Refusal('command_invalid', `the period ends before it begins: ${query.from} to ${query.to}`);
    if (Number(query.to.slice(0, 4)) - Number(query.from.slice(0, 4)) > mostYears)
      throw new Refusal('command_invalid', `a period is at most ${mostYears} years`);
    const now = clock.now();
    if (query.asOf !== undefined && query.asOf > now)
      throw new Refusal('command_invalid', `${query.asOf} is still to come`);
    return { ...query, now, ...(sites && { sites }) };
  };
  const tasks = async (query: z.input<typeof ComplianceTasksQuery>) =>
    z
      .union([ComplianceTasks, ComplianceBuilding])
      .parse(await client.ask('compliance.tasks', ComplianceTasksQuery.parse(query)));

  return [
    defineRoute({
      method: 'GET',
      path: '/api/compliance',
      says: 'Every figure of a period, by all that it can be broken down by; as it is, or as it stood at `asOf`.',
      may: complianceReaders,
      query: viewQuery,
      answer: z.union([ComplianceView, ComplianceBuilding]),
      handle: async ({ query, caller }) =>
        z
          .union([ComplianceView, ComplianceBuilding])
          .parse(await client.ask('compliance', ComplianceQuery.parse(asked(query, caller)))),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/compliance/releases',
      says: 'Policies with their interpretations, rumors to their rebuttals and the reach of each channel, of a period.',
      may: complianceReaders,
      query: z.object({ from: instant, to: instant }),
      answer: ReleaseCompliance,
      async handle({ query: { from, to }, caller }) {
        const range = { min: Date.parse(from), max: Date.parse(to) - 1, reverse: true };
        const within = (at: string | null) => at !== null && at >= from && at < to;
        const lists = <Row>(reader: Lists<Row>, name: string, span: object) =>
          Promise.all(setsFor(name, caller).map((set) => reader.list(set, span))).then((found) => found.flat());
        const [linked, open, done, deliveries] = await Promise.all([
          lists(models.linked.reader, 'all', { ...range, limit: mostCounted }),
          lists(models.rumors.reader, 'open', { limit: mostCounted }),
          lists(models.rumors.reader, 'done', { ...range, limit: mostCounted }),
          lists(models.deliveries.reader, 'all', { ...range, limit: mostCounted }),
        ]);
        const now = clock.now();
        const rumors = rumorsOf([...open.filter(({ reportedAt }) => within(reportedAt)), ...done], now);
        const policies = policiesOf(linked.filter(({ committedAt }) => within(committedAt)));
        return {
          policies,
          rumors,
          rebuttal: rebuttalTimes(rumors),
          channels: reachOf(deliveries),
          truncated: [linked, open, done, deliveries].some(({ length }) => length >= mostCounted),
          serverTime: now,
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/compliance/tasks',
      says: 'The tasks behind a figure, some at a time, by when they are due.',
      may: complianceReaders,
      query: tasksQuery,
      answer: z.union([ComplianceTasks, ComplianceBuilding]),
      handle: ({ query, caller }) => tasks(asked(query, caller)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/compliance/tasks.csv',
      says: 'All tasks behind a figure, as CSV.',
      may: complianceReaders,
      query: tasksQuery.omit({ offset: true, size: true }),
      answer: z.string(),
      mediaType: 'text/csv',
      async handle({ query, caller, reply }) {
        const wanted = asked(query, caller);
        const all: ComplianceTask[] = [];
        for (let offset = 0, count = 1; offset < count; offset += atOnce) {
          const page = await tasks({ ...wanted, offset, size: atOnce });
          if ('building' in page) throw new Refusal('stale_view', 'the figures of that moment are still being folded');
          if (page.count > mostInFile)
            throw new Refusal(
              'command_invalid',
              `${page.count} tasks are too many for one file; choose a shorter period or a filter (at most ${mostInFile})`,
            );
          all.push(...page.tasks);
          ({ count } = page);
        }
        reply.type('text/csv; charset=utf-8').header('content-disposition', 'attachment; filename="compliance.csv"');
        return toCsv(complianceColumns, all);
      },
    }),
  ];
}

type Lists<Row> = { list(set: string, range: { limit?: number }): Promise<Row[]> };

const viewQuery = z.object({
  ...ComplianceQuery.pick({
    from: true,
    to: true,
    level: true,
    neighbour: true,
    sourceId: true,
    column: true,
    kind: true,
    person: true,
    unit: true,
  }).shape,
  asOf: instant.optional(),
  sites: z
    .string()
    .transform((value) => value.split(',').filter(Boolean))
    .pipe(z.array(token))
    .optional(),
  limit: z.coerce.number().pipe(presetLimit).optional(),
});

const tasksQuery = z.object({
  ...viewQuery.omit({ unit: true }).shape,
  outcome: figureOutcome.optional(),
  duty: dutyKind.optional(),
  offset: z.coerce.number().int().min(0).optional(),
  size: z.coerce.number().int().min(1).max(atOnce).optional(),
});

export const complianceColumns: Columns<ComplianceTask> = [
  ['站点', ({ site }) => site],
  ['来源', ({ sourceName }) => sourceName],
  ['标题', ({ title }) => title],
  ['栏目', ({ column }) => column],
  ['起算', ({ startsAt }) => startsAt],
  ['应办结', ({ dueAt }) => dueAt],
  ['发布', ({ publishedAt }) => publishedAt],
  ['结果', ({ outcome }) => outcome],
  ['义务', ({ duty }) => duty],
  ['签批人', ({ byName }) => byName],
  ['免转理由', ({ exemption }) => exemption?.reason ?? null],
  ['任务号', ({ taskId }) => taskId],
];
