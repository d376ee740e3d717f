import { z } from 'zod';
import { itemKind } from './item.ts';
import { level } from './registry.ts';
import { stageTime } from './stages.ts';
import { channelId, deploymentName, instant, line, personId, siteId, sourceId, token } from './words.ts';

/** `withdrawn`: its source took it back inside the limit, and nothing was out: not owed, and in no figure. */
export const complianceOutcome = z.enum(['open', 'on_time', 'late', 'exempted', 'withdrawn']);
export type ComplianceOutcome = z.infer<typeof complianceOutcome>;

/** What is owed: the repost itself; and of what is out, to bring it up to date, and to take it down. */
export const dutyKind = z.enum(['repost', 'update', 'retract']);
export type DutyKind = z.infer<typeof dutyKind>;

/** A day of the calendar in the deployment's zone, `2026-11-23`. */
export const calendarDay = z.iso.date();

/** Limits that a manager may hold the figures against, in hours; without one each task's own counts. */
export const presetHours = [8, 12, 24] as const;
export const presetLimit = z.union([z.literal(8), z.literal(12), z.literal(24)]);
export type PresetLimit = z.infer<typeof presetLimit>;

/**
 * Counts of tasks whose limit falls into the period. `due = open + onTime + late + exempted`; overdue is part of open.
 * Times are from when it was owed until the public had it, null where nothing is out; they come from a histogram, and are
 * at most 4.5 % off.
 */
export const figures = z.object({
  due: z.int(),
  onTime: z.int(),
  late: z.int(),
  overdue: z.int(),
  open: z.int(),
  exempted: z.int(),
  medianSeconds: z.number().nullable(),
  p95Seconds: z.number().nullable(),
});
export type Figures = z.infer<typeof figures>;

export const trendUnit = z.enum(['day', 'month', 'quarter', 'year']);
export type TrendUnit = z.infer<typeof trendUnit>;

/** On time, late, overdue, open and not overdue, exempted: of one site in one part of the period. */
export const heatCell = z.tuple([z.int(), z.int(), z.int(), z.int(), z.int()]);
export type HeatCell = z.infer<typeof heatCell>;

/** Every figure of the compliance page; each opens the tasks behind it by the same filter. */
export const ComplianceView = z.object({
  asOf: instant,
  from: calendarDay,
  to: calendarDay,
  /** Whose midnight parts the days. */
  zone: z.string(),
  total: figures,
  /** The period before this one, of the same length, by the same filter. */
  before: z.object({ from: calendarDay, to: calendarDay, total: figures }),
  bySite: z.array(z.object({ site: siteId, ...figures.shape, rateBefore: z.number().nullable() })),
  byLevel: z.array(z.object({ level, ...figures.shape })),
  bySource: z.array(z.object({ sourceId, sourceName: line, ...figures.shape })),
  byColumn: z.array(z.object({ column: line, ...figures.shape })),
  byKind: z.array(z.object({ kind: itemKind, ...figures.shape })),
  /** Who approved what is out, and who signed what was exempted; the busiest, where there are very many. */
  byPerson: z.array(z.object({ personId, personName: line, ...figures.shape })),
  /** What the figures would be if this were everybody's limit. */
  presets: z.array(z.object({ hours: presetLimit, ...figures.shape })),
  unit: trendUnit,
  /** Days, `2026-11`, `2026-Q4` or `2026`, oldest first. */
  trend: z.array(z.object({ part: z.string(), ...figures.shape })),
  /** By site, in the order of the trend's parts; null: nothing was due. */
  heat: z.array(z.object({ site: siteId, cells: z.array(heatCell.nullable()) })),
  /** What was owed after publication; not among the figures above. */
  updates: figures,
  retracts: figures,
  stages: z.array(stageTime),
  /** Log position that the figures stand at. */
  position: z.int(),
});
export type ComplianceView = z.infer<typeof ComplianceView>;

/** The figures of a moment that is over are being folded from the log; `share` of it is done, 0 to 1. */
export const ComplianceBuilding = z.object({
  building: z.object({
    asOf: instant,
    share: z.number(),
    /** How long it will still take if it goes on as fast; null: that is not known yet. */
    secondsLeft: z.int().nullable(),
  }),
});
export type ComplianceBuilding = z.infer<typeof ComplianceBuilding>;

export const figureOutcome = z.enum(['due', 'on_time', 'late', 'overdue', 'open', 'exempted']);
export type FigureOutcome = z.infer<typeof figureOutcome>;

/** What the compliance page asks. */
export const ComplianceQuery = z.strictObject({
  /** The first and the last day of the period. */
  from: calendarDay,
  to: calendarDay,
  /** Now, for what is overdue. */
  now: instant,
  /** As it stood at this moment, from the log; absent: as it is. */
  asOf: instant.optional(),
  /** Of what this neighbour told us of its tasks, instead of ours. */
  neighbour: deploymentName.optional(),
  sites: z.array(siteId).optional(),
  level: level.optional(),
  sourceId: sourceId.optional(),
  column: line.optional(),
  kind: itemKind.optional(),
  person: personId.optional(),
  limit: presetLimit.optional(),
  unit: trendUnit.optional(),
});
export type ComplianceQuery = z.infer<typeof ComplianceQuery>;

/** The tasks behind one figure, some at a time, by when they are due. */
export const ComplianceTasksQuery = z.strictObject({
  ...ComplianceQuery.omit({ unit: true }).shape,
  outcome: figureOutcome.default('due'),
  /** Of a figure about what was owed after publication. */
  duty: dutyKind.default('repost'),
  offset: z.int().min(0).default(0),
  size: z.int().min(1).max(500).default(50),
});
export type ComplianceTasksQuery = z.infer<typeof ComplianceTasksQuery>;

/** A task behind a figure, with when it was owed and when the public had it. */
export const ComplianceTask = z.object({
  taskId: token,
  site: siteId,
  sourceId,
  sourceName: line,
  title: line,
  column: line,
  kind: itemKind,
  startsAt: instant,
  dueAt: instant,
  publishedAt: instant.nullable(),
  outcome: complianceOutcome,
  duty: dutyKind,
  /** Who approved it; of an exemption, who signed it. */
  byName: line.nullable(),
  exemption: z.object({ reason: line, requestedByName: line }).nullable(),
});
export type ComplianceTask = z.infer<typeof ComplianceTask>;

/** One page of the tasks behind a figure; `count` is the figure. */
export const ComplianceTasks = z.object({ tasks: z.array(ComplianceTask), count: z.int(), position: z.int() });
export type ComplianceTasks = z.infer<typeof ComplianceTasks>;

/** Whether a policy went out with its interpretation; `late`: with it, and some site or channel came after the moment. */
export const syncOutcome = z.enum(['together', 'late', 'waived']);
/** What became of a rumor: answered in time or late, unanswered past its limit, still within it, or needing no answer. */
export const rumorOutcome = z.enum(['in_time', 'late', 'overdue', 'open', 'closed']);

/** How far a channel was reached by what was asked of it in a period. */
export const channelReach = z.object({
  channelId,
  channelName: line,
  site: siteId,
  asked: z.int(),
  confirmed: z.int(),
  /** Accepted, and nobody knows yet whether it can be seen. */
  pending: z.int(),
  failed: z.int(),
  unknown: z.int(),
  waiting: z.int(),
});

/** What the house itself published, answered and pushed in a period, each figure with what it is made of. */
export const ReleaseCompliance = z.object({
  policies: z.array(
    z.object({
      site: siteId,
      linkedId: token,
      title: line,
      at: instant,
      outcome: syncOutcome,
      /** Of a waiver: who signed it and why. */
      waived: z.object({ byName: line, reason: line }).nullable(),
    }),
  ),
  rumors: z.array(
    z.object({
      site: siteId,
      rumorCaseId: token,
      claim: line,
      reportedAt: instant,
      dueAt: instant,
      rebuttedAt: instant.nullable(),
      outcome: rumorOutcome,
    }),
  ),
  /** From the clue to the rebuttal, of those that were rebutted. */
  rebuttal: z.object({ medianSeconds: z.number().nullable(), p95Seconds: z.number().nullable() }),
  channels: z.array(channelReach),
  /** There was more in the period than is counted at once; the newest is. */
  truncated: z.boolean(),
  serverTime: instant,
});
export type ReleaseCompliance = z.infer<typeof ReleaseCompliance>;
