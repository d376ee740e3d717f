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
  Refusal,
  token,
  type ComplianceTask,
} from '@tongsheng/contracts';
import type { Clock } from '@tongsheng/runtime';
import { z } from 'zod';
import { toCsv, type Columns } from '../csv.ts';
import { mustServeSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';

const readers = ['manager', 'admin', 'duty', 'editor'] as const;
/** A sheet that a person still opens, and tasks that are read at once for it. */
const mostInFile = 20_000;
const atOnce = 500;
const mostYears = 40;

/** Whether the law is kept, and what every figure is made of. */
export function complianceRoutes({ client, clock }: { client: BusClient; clock: Clock }): Route[] {
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
      may: readers,
      query: viewQuery,
      answer: z.union([ComplianceView, ComplianceBuilding]),
      handle: async ({ query, caller }) =>
        z
          .union([ComplianceView, ComplianceBuilding])
          .parse(await client.ask('compliance', ComplianceQuery.parse(asked(query, caller)))),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/compliance/tasks',
      says: 'The tasks behind a figure, some at a time, by when they are due.',
      may: readers,
      query: tasksQuery,
      answer: z.union([ComplianceTasks, ComplianceBuilding]),
      handle: ({ query, caller }) => tasks(asked(query, caller)),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/compliance/tasks.csv',
      says: 'All tasks behind a figure, as CSV.',
      may: readers,
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

const viewQuery = z.object({
  ...ComplianceQuery.pick({
    from: true,
    to: true,
    level: true,
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
