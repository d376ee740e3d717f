import { z } from 'zod';
import { commandHead, instant, line, personId, siteId, token } from './words.ts';

/**
 * What is drawn up of a period: the two yearly tables that are due by 31 January (国办函〔2018〕12号, 税总发〔2017〕84号
 * 二(五)1), and the bulletins of a month and of a quarter.
 */
export const reportKind = z.enum(['supervision', 'work', 'monthly', 'quarterly']);
export type ReportKind = z.infer<typeof reportKind>;

/** `work-2026`, `quarterly-2026-q3`, `monthly-2026-09`: one of each site, so that none is drawn up twice. */
export const reportId = token;
const key = { reportId, site: siteId };
const said = { by: personId, byName: line };

/** The name of one entry of the form, as its template gives it. */
export const reportFieldId = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);
/** An entry's value in the words of the form; empty means that it is not known. */
const value = z.string().max(4_000);

/** An instant range, `to` excluded, in the deployment's time: a year, a quarter or a month. */
export const reportPeriod = z.object({ from: instant, to: instant });
export type ReportPeriod = z.infer<typeof reportPeriod>;

/** The form is there to be filled, with its figures still to come. */
const ReportOpened = z.object({
  type: z.literal('report.opened'),
  ...key,
  kind: reportKind,
  period: reportPeriod,
  /** Which form, in which edition: what was filled in is read by the form it was filled into. */
  template: token,
  /** Null: nothing falls due, as with a bulletin. */
  dueAt: instant.nullable(),
  ...said,
  openedAt: instant,
});
/** What the log says, as of a position. Counted again, it is said again; the form shows where it moved. */
const ReportComputed = z.object({
  type: z.literal('report.computed'),
  ...key,
  figures: z.array(z.object({ field: reportFieldId, value })).max(500),
  position: z.int().min(0),
  ...said,
  computedAt: instant,
});
/** What a person knows and the log does not; or knows better, with the reason. */
const ReportFilled = z.object({
  type: z.literal('report.filled'),
  ...key,
  entries: z
    .array(z.object({ field: reportFieldId, value, note: z.string().trim().max(1_000) }))
    .min(1)
    .max(500),
  ...said,
  filledAt: instant,
});
/** Handed to another person, who answers for it. `revision` names exactly what was handed over. */
const ReportSubmitted = z.object({
  type: z.literal('report.submitted'),
  ...key,
  revision: z.int().min(1),
  ...said,
  submittedAt: instant,
});
const ReportReturned = z.object({
  type: z.literal('report.returned'),
  ...key,
  reason: line,
  ...said,
  returnedAt: instant,
});
/** Signed as it stands; from now on nothing in it changes, and what is wrong is said in an addendum. */
const ReportApproved = z.object({
  type: z.literal('report.approved'),
  ...key,
  revision: z.int().min(1),
  ...said,
  approvedAt: instant,
});
/** The public can read it. */
const ReportPublished = z.object({
  type: z.literal('report.published'),
  ...key,
  url: z.url(),
  publicPosition: z.int().min(1),
  /** 1, and one more for each addendum. */
  version: z.int().min(1),
  publishedAt: instant,
});
const ReportAmended = z.object({
  type: z.literal('report.amended'),
  ...key,
  text: z.string().trim().min(1).max(4_000),
  ...said,
  amendedAt: instant,
});
/** So many days are left, and it is not published; 0: its day is over. */
const ReportReminded = z.object({
  type: z.literal('report.reminded'),
  ...key,
  days: z.int().min(0),
  fellDueAt: instant,
  remindedAt: instant,
});

export const ReportEvent = z.discriminatedUnion('type', [
  ReportOpened,
  ReportComputed,
  ReportFilled,
  ReportSubmitted,
  ReportReturned,
  ReportApproved,
  ReportPublished,
  ReportAmended,
  ReportReminded,
]);
export type ReportEvent = z.infer<typeof ReportEvent>;

const command = { ...commandHead, ...key };

export const ReportCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('report.open'),
    ...command,
    /** Set by the service, from the name and the deployment's time. */
    period: reportPeriod.optional(),
    dueAt: instant.nullable().optional(),
  }),
  z.strictObject({
    type: z.literal('report.compute'),
    ...command,
    /** Set by the service, which reads the log. */
    figures: ReportComputed.shape.figures.optional(),
    position: ReportComputed.shape.position.optional(),
  }),
  z.strictObject({ type: z.literal('report.fill'), ...command, entries: ReportFilled.shape.entries }),
  z.strictObject({ type: z.literal('report.submit'), ...command, revision: z.int().min(1) }),
  z.strictObject({ type: z.literal('report.return'), ...command, reason: line }),
  z.strictObject({ type: z.literal('report.approve'), ...command, revision: z.int().min(1) }),
  z.strictObject({
    type: z.literal('report.record_published'),
    ...command,
    url: z.url(),
    publicPosition: z.int().min(1),
    version: z.int().min(1),
  }),
  z.strictObject({ type: z.literal('report.amend'), ...command, text: ReportAmended.shape.text }),
  z.strictObject({ type: z.literal('report.remind'), ...command, days: z.int().min(0), fellDueAt: instant }),
]);
export type ReportCommand = z.infer<typeof ReportCommand>;

/** Days before its end at which a form that is not published is spoken of; 0 is the end itself. */
export const reportReminders = [30, 14, 7, 3, 1, 0] as const;

/** What a report's name says. */
export type ReportName =
  | { kind: 'supervision' | 'work'; year: number }
  | { kind: 'quarterly'; year: number; quarter: number }
  | { kind: 'monthly'; year: number; month: number };

/** @returns null when the name is none. */
export function parseReportId(id: string): ReportName | null {
  const yearly = /^(supervision|work)-(\d{4})$/.exec(id);
  if (yearly) return { kind: yearly[1] as 'work', year: Number(yearly[2]) };
  const quarterly = /^quarterly-(\d{4})-q([1-4])$/.exec(id);
  if (quarterly) return { kind: 'quarterly', year: Number(quarterly[1]), quarter: Number(quarterly[2]) };
  const monthly = /^monthly-(\d{4})-(0[1-9]|1[0-2])$/.exec(id);
  if (monthly) return { kind: 'monthly', year: Number(monthly[1]), month: Number(monthly[2]) };
  return null;
}

export const reportState = z.enum(['open', 'submitted', 'approved', 'published']);
export type ReportState = z.infer<typeof reportState>;

/** A report as its page shows it: what the log counted, what people filled in, and who answers for it. */
export const ReportRow = z.object({
  reportId,
  site: siteId,
  kind: reportKind,
  period: reportPeriod,
  template: token,
  dueAt: instant.nullable(),
  state: reportState,
  revision: z.int(),
  figures: z.record(z.string(), z.string()),
  /** What it was counted as before, of the figures that moved the last time. */
  moved: z.record(z.string(), z.string()),
  entries: z.record(z.string(), z.object({ value: z.string(), note: z.string(), byName: line, at: instant })),
  /** Who had a hand in it, and so cannot approve it. */
  by: z.array(personId),
  position: z.int(),
  computedAt: instant.nullable(),
  openedByName: line,
  openedAt: instant,
  submittedByName: line.nullable(),
  submittedAt: instant.nullable(),
  returned: z.object({ reason: line, byName: line, at: instant }).nullable(),
  approvedByName: line.nullable(),
  approvedAt: instant.nullable(),
  amendments: z.array(z.object({ text: z.string(), byName: line, at: instant })),
  url: z.url().nullable(),
  publishedAt: instant.nullable(),
});
export type ReportRow = z.infer<typeof ReportRow>;

/** A print of a report: where its bytes are in the evidence store. */
export const ReportCountingQuery = z.strictObject({ site: siteId, reportId });
export type ReportCountingQuery = z.infer<typeof ReportCountingQuery>;
/** How much of a form's figures is counted, 0 to 1; null: nobody counts them. */
export const ReportCounting = z.object({ share: z.number().nullable() });
export type ReportCounting = z.infer<typeof ReportCounting>;
export const ReportFileQuery = z.strictObject({ site: siteId, reportId, format: z.enum(['pdf', 'xlsx']) });
export type ReportFileQuery = z.infer<typeof ReportFileQuery>;
export const ReportFile = z.object({ hash: z.string(), name: line, mediaType: z.string() });
export type ReportFile = z.infer<typeof ReportFile>;
