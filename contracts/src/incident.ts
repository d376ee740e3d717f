import { z } from 'zod';
import { incidentKind, incidentSeverity } from './duty.ts';
import { releaseFile } from './release.ts';
import { warningShare } from './repost.ts';
import { commandHead, duration, instant, line, siteId, token } from './words.ts';

export const incidentId = token;
const key = { incidentId, site: siteId };
/** `by` is a person, or the service that found it. */
const said = { by: token, byName: line };
const evidence = z.array(releaseFile).max(20).default([]);
const words = z.string().trim().min(1).max(4_000);

/** Who or what noticed it. */
export const incidentOrigin = z.discriminatedUnion('from', [
  z.object({ from: z.literal('person') }),
  z.object({ from: z.literal('alarm'), alarmId: token }),
  z.object({ from: z.literal('finding'), finding: line }),
]);
export type IncidentOrigin = z.infer<typeof incidentOrigin>;

/** What is known when it is opened. The address is for the house alone, and never a link in public. */
export const incidentFacts = z.object({
  kind: incidentKind,
  severity: incidentSeverity,
  title: line,
  noticed: words,
  noticedAt: instant,
  url: z.string().trim().max(2_000).default(''),
  evidence,
});
export type IncidentFacts = z.infer<typeof incidentFacts>;

/** Whom an incident is handed on to: the police, the cyberspace administration, the communications administration, the superior, others. */
export const referralOffice = z.enum(['police', 'cyberspace', 'telecom', 'superior', 'other']);
export type ReferralOffice = z.infer<typeof referralOffice>;

export const referral = z.object({
  authority: referralOffice,
  /** The office by its name. */
  office: line,
  /** The number under which they keep it; empty until they gave one. */
  number: z.string().trim().max(100).default(''),
  /** Whom one talks to there, and how. */
  contact: z.string().trim().max(200).default(''),
  text: z.string().trim().max(4_000).default(''),
  referredAt: instant,
  evidence,
});
export type Referral = z.infer<typeof referral>;

/** What is said at the end; printed as 事件报告. */
export const closingReport = z.object({
  /** `handled`: it was one, and is over. `false_alarm`: it was none. */
  outcome: z.enum(['handled', 'false_alarm']),
  cause: words,
  impact: z.string().trim().max(4_000).default(''),
  measures: words,
  prevention: z.string().trim().max(4_000).default(''),
});
export type ClosingReport = z.infer<typeof closingReport>;

/** Something is wrong, and from here on everything about it is written down. The limit of the first report runs. */
const IncidentOpened = z.object({
  type: z.literal('incident.opened'),
  ...key,
  ...incidentFacts.shape,
  origin: incidentOrigin,
  /** The site's own limit from the opening to the first report. */
  limit: duration,
  dueAt: instant,
  ...said,
  openedAt: instant,
});
/** What somebody noticed or did, and when; or that an entry of before was wrong: it stays, and this stands beside it. */
const IncidentNoted = z.object({
  type: z.literal('incident.noted'),
  ...key,
  entryId: token,
  entry: z.enum(['noticed', 'done', 'correction']),
  corrects: token.nullable(),
  text: words,
  happenedAt: instant,
  evidence,
  ...said,
  notedAt: instant,
});
/** It is worse than was thought, or less so. */
const IncidentGraded = z.object({
  type: z.literal('incident.graded'),
  ...key,
  severity: incidentSeverity,
  reason: line,
  ...said,
  gradedAt: instant,
});
/** It was reported upward, for the first time or again. */
const IncidentReported = z.object({
  type: z.literal('incident.reported'),
  ...key,
  /** To whom, and by what: 省局值班室，电话. */
  to: line,
  text: words,
  reportedAt: instant,
  ...said,
  notedAt: instant,
});
/** It was handed on to who is responsible for such things. */
const IncidentReferred = z.object({
  type: z.literal('incident.referred'),
  ...key,
  referralId: token,
  ...referral.shape,
  ...said,
  notedAt: instant,
});
/** What they answered. */
const IncidentAnswered = z.object({
  type: z.literal('incident.answered'),
  ...key,
  referralId: token,
  /** The number that they gave it, where it was not known. */
  number: z.string().trim().max(100).default(''),
  text: words,
  answeredAt: instant,
  ...said,
  notedAt: instant,
});
/** A share of the time to the first report is gone; at 100 the limit is exceeded. */
const IncidentWarned = z.object({
  type: z.literal('incident.warned'),
  ...key,
  share: warningShare,
  fellDueAt: instant,
  warnedAt: instant,
});
/** It is over, and this is what is said of it. */
const IncidentClosed = z.object({
  type: z.literal('incident.closed'),
  ...key,
  ...closingReport.shape,
  ...said,
  closedAt: instant,
});
/** It was not over. The report of before stays in the log. */
const IncidentReopened = z.object({
  type: z.literal('incident.reopened'),
  ...key,
  reason: line,
  ...said,
  reopenedAt: instant,
});

export const IncidentEvent = z.discriminatedUnion('type', [
  IncidentOpened,
  IncidentNoted,
  IncidentGraded,
  IncidentReported,
  IncidentReferred,
  IncidentAnswered,
  IncidentWarned,
  IncidentClosed,
  IncidentReopened,
]);
export type IncidentEvent = z.infer<typeof IncidentEvent>;

const command = { ...commandHead, ...key };

export const IncidentCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('incident.open'),
    ...command,
    facts: incidentFacts,
    origin: incidentOrigin,
    /** Set by the service, from the site's own limit. */
    limit: duration.optional(),
    dueAt: instant.optional(),
  }),
  z.strictObject({
    type: z.literal('incident.note'),
    ...command,
    entryId: token,
    entry: IncidentNoted.shape.entry,
    corrects: token.nullable().default(null),
    text: words,
    happenedAt: instant,
    evidence,
  }),
  z.strictObject({ type: z.literal('incident.grade'), ...command, severity: incidentSeverity, reason: line }),
  z.strictObject({ type: z.literal('incident.report'), ...command, to: line, text: words, reportedAt: instant }),
  z.strictObject({ type: z.literal('incident.refer'), ...command, referralId: token, referral }),
  z.strictObject({
    type: z.literal('incident.record_answer'),
    ...command,
    referralId: token,
    number: IncidentAnswered.shape.number,
    text: words,
    answeredAt: instant,
  }),
  z.strictObject({ type: z.literal('incident.warn'), ...command, share: warningShare, fellDueAt: instant }),
  z.strictObject({ type: z.literal('incident.close'), ...command, report: closingReport }),
  z.strictObject({ type: z.literal('incident.reopen'), ...command, reason: line }),
]);
export type IncidentCommand = z.infer<typeof IncidentCommand>;

/** One line of an incident's timeline: when it happened, and when and by whom it was written down. */
export const IncidentEntry = z.object({
  entryId: token,
  entry: z.enum(['opened', 'noticed', 'done', 'correction', 'graded', 'reported', 'closed', 'reopened']),
  text: z.string(),
  happenedAt: instant,
  evidence,
  /** Which entry this one corrects. */
  corrects: token.nullable(),
  ...said,
  notedAt: instant,
});
export type IncidentEntry = z.infer<typeof IncidentEntry>;

const answer = z.object({ text: z.string(), answeredAt: instant, ...said });

/** An incident as its page shows it, whole. */
export const IncidentRow = z.object({
  ...key,
  state: z.enum(['open', 'closed']),
  ...incidentFacts.omit({ evidence: true }).shape,
  origin: incidentOrigin,
  openedAt: instant,
  openedByName: line,
  dueAt: instant,
  /** Its first report upward. */
  reportedAt: instant.nullable(),
  entries: z.array(IncidentEntry),
  referrals: z.array(
    z.object({ referralId: token, ...referral.shape, ...said, notedAt: instant, answers: z.array(answer) }),
  ),
  closed: z.object({ ...closingReport.shape, ...said, at: instant }).nullable(),
  updatedAt: instant,
});
export type IncidentRow = z.infer<typeof IncidentRow>;
