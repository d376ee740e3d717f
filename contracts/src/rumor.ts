import { z } from 'zod';
import { warningShare } from './repost.ts';
import { releaseFile, releaseId } from './release.ts';
import { commandHead, duration, instant, line, personId, siteId, token } from './words.ts';

export const rumorCaseId = token;
const key = { rumorCaseId, site: siteId };
const said = { by: personId, byName: line };

/** What was seen: what is being said, where, since when, how far it reached, and the proof of it. Never public. */
export const clue = z.object({
  claim: line,
  seenWhere: z.string().max(500),
  /** Kept in the house; linking to it in public is a decision of its own. */
  link: z.url().nullable().default(null),
  since: instant.nullable().default(null),
  /** In the words of who saw it: 转发、阅读、评论. */
  reach: z.string().max(200).default(''),
  evidence: z.array(releaseFile).max(20).default([]),
});
export type Clue = z.infer<typeof clue>;

/** What the facts say of it; `true` and `unclear` are not rebutted. */
export const rumorVerdict = z.enum(['false', 'misleading', 'outdated', 'true', 'unclear']);
export type RumorVerdict = z.infer<typeof rumorVerdict>;

/** How the rumor fares after its rebuttal. */
export const rumorSpread = z.enum(['rising', 'falling', 'gone']);

/** Somebody noticed what is being said. The clock of the rebuttal runs from here. */
const RumorReported = z.object({
  type: z.literal('rumor.reported'),
  ...key,
  ...clue.shape,
  /** The site's own limit from clue to rebuttal (presets: 1 h, 5 h, 24 h). */
  limit: duration,
  dueAt: instant,
  ...said,
  reportedAt: instant,
});
/** The same rumor was seen again, or more is known of it. */
const RumorClueAdded = z.object({
  type: z.literal('rumor.clue_added'),
  ...key,
  ...clue.shape,
  ...said,
  addedAt: instant,
});
/** Somebody looked at the facts and decided what is done about it. */
const RumorAssessed = z.object({
  type: z.literal('rumor.assessed'),
  ...key,
  verdict: rumorVerdict,
  facts: z.string().max(4_000),
  /** Law, document or record that says so. */
  basis: z.string().max(1_000),
  decision: z.enum(['rebut', 'watch', 'drop']),
  /** A limit that begins now: what was only watched is to be rebutted after all. */
  dueAt: instant.optional(),
  ...said,
  assessedAt: instant,
});
/** This release answers it. */
const RumorRebuttalBegun = z.object({
  type: z.literal('rumor.rebuttal_begun'),
  ...key,
  releaseId,
  ...said,
  begunAt: instant,
});
/** The rebuttal is public. */
const RumorRebutted = z.object({
  type: z.literal('rumor.rebutted'),
  ...key,
  releaseId,
  url: z.url(),
  rebuttedAt: instant,
});
/** A share of the time is gone; at 100 the limit is exceeded. */
const RumorWarned = z.object({
  type: z.literal('rumor.warned'),
  ...key,
  share: warningShare,
  fellDueAt: instant,
  warnedAt: instant,
});
/** How far it still spreads, as somebody saw it. */
const RumorEffectNoted = z.object({
  type: z.literal('rumor.effect_noted'),
  ...key,
  spread: rumorSpread,
  reach: z.string().max(200),
  note: z.string().max(2_000),
  ...said,
  notedAt: instant,
});
/** Nothing more is done about it. */
const RumorClosed = z.object({
  type: z.literal('rumor.closed'),
  ...key,
  reason: line,
  ...said,
  closedAt: instant,
});

export const RumorEvent = z.discriminatedUnion('type', [
  RumorReported,
  RumorClueAdded,
  RumorAssessed,
  RumorRebuttalBegun,
  RumorRebutted,
  RumorWarned,
  RumorEffectNoted,
  RumorClosed,
]);
export type RumorEvent = z.infer<typeof RumorEvent>;

const command = { ...commandHead, ...key };

export const RumorCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('rumor.report'),
    ...command,
    clue,
    /** Set by the service, from the site's own limit. */
    limit: duration.optional(),
    dueAt: instant.optional(),
  }),
  z.strictObject({ type: z.literal('rumor.add_clue'), ...command, clue }),
  z.strictObject({
    type: z.literal('rumor.assess'),
    ...command,
    verdict: rumorVerdict,
    facts: RumorAssessed.shape.facts,
    basis: RumorAssessed.shape.basis,
    decision: RumorAssessed.shape.decision,
    /** Set by the service, from the site's own limit. */
    dueAt: instant.optional(),
  }),
  z.strictObject({ type: z.literal('rumor.begin_rebuttal'), ...command, releaseId }),
  z.strictObject({ type: z.literal('rumor.record_rebutted'), ...command, releaseId, url: z.url() }),
  z.strictObject({ type: z.literal('rumor.warn'), ...command, share: warningShare, fellDueAt: instant }),
  z.strictObject({
    type: z.literal('rumor.note_effect'),
    ...command,
    spread: rumorSpread,
    reach: RumorEffectNoted.shape.reach,
    note: RumorEffectNoted.shape.note,
  }),
  z.strictObject({ type: z.literal('rumor.close'), ...command, reason: line }),
]);
export type RumorCommand = z.infer<typeof RumorCommand>;
