import { z } from 'zod';
import { pageEvidence } from './outside.ts';
import { releaseId } from './release.ts';
import { channelId, commandHead, hash, instant, line, personId, siteId } from './words.ts';

const round = z.int().min(1);
/** One release, and which of its corrections and withdrawals, in the order in which they were brought up. */
const key = { releaseId, site: siteId, round };

/**
 * - `correct`: everyone who has any version gets the new one.
 * - `withdraw`: taken back, decided by two people.
 * - `kill`: taken back at once on one signer's word, because each minute does harm; a second person looks afterwards.
 */
export const recallKind = z.enum(['correct', 'withdraw', 'kill']);
export type RecallKind = z.infer<typeof recallKind>;

/**
 * What a place has of the release. `has`: a version is there. `may_have`: nobody knows yet. `under_way`: nothing has
 * left the house. `gone`: it was there and is no more. `never`: surely nothing.
 */
export const holding = z.enum(['has', 'may_have', 'under_way', 'gone', 'never']);
export type Holding = z.infer<typeof holding>;

/**
 * What is done about it. `edit`, `delete`: in its place. `replace`: taken away, and the new version put there. `notice`:
 * what was sent stays with who got it, and they are told. `send`: the new version, as if it were the first. `person`:
 * nobody but a person can. `nothing`: it is gone.
 */
export const recallMeans = z.enum(['edit', 'replace', 'delete', 'notice', 'send', 'person', 'nothing']);
export type RecallMeans = z.infer<typeof recallMeans>;

/** Why only a person can: the platform offers no way, its time for that is over, or we no longer push there as we did. */
export const whyPerson = z.enum(['no_interface', 'too_late', 'channel_gone', 'channel_changed']);
export type WhyPerson = z.infer<typeof whyPerson>;

export const recallTargetId = z.string().regex(/^(page|channel)\/[A-Za-z0-9_-]{1,64}$/);

/** A place that has, or may have, any version: a page on a site, or a channel. */
export const recallTarget = z.object({
  /** `page/<site>` or `channel/<channel>`. */
  targetId: recallTargetId,
  name: line,
  channelId: channelId.nullable(),
  channelKind: z.string().max(64).nullable(),
  holding,
  /** The newest version that it has or may have; 0: none. */
  has: z.int().min(0),
  url: z.url().nullable(),
  means: recallMeans,
  why: whyPerson.nullable(),
});
export type RecallTarget = z.infer<typeof recallTarget>;

/**
 * How it ended. `absent`: it can't be read there any more. `corrected`: the new version is there. `noticed`: they were
 * told. `never_had`: it turned out that it never arrived. `gone`: it had gone by itself. `kept`: nothing can be done, a
 * person says so.
 */
export const recallEnd = z.enum(['absent', 'corrected', 'noticed', 'never_had', 'gone', 'kept']);
export type RecallEnd = z.infer<typeof recallEnd>;

const by = { by: personId, byName: line };
/** What the public may read of why; null: nothing but that it is gone. */
const publicReason = line.nullable();

/** Somebody asks that it be taken back; another person decides. */
const RecallProposed = z.object({
  type: z.literal('recall.proposed'),
  ...key,
  title: line,
  reason: line,
  publicReason,
  targets: z.array(recallTarget).max(2_000),
  ...by,
  proposedAt: instant,
});
/** The proposal is off. */
const RecallDropped = z.object({
  type: z.literal('recall.dropped'),
  ...key,
  reason: line,
  ...by,
  droppedAt: instant,
});
/** Decided: from here on it is carried out, place by place. */
const RecallDecided = z.object({
  type: z.literal('recall.decided'),
  ...key,
  kind: recallKind,
  /** What it brings: the corrected version, or the one that says that it was taken back. Later is higher. */
  version: z.int().min(2),
  title: line,
  /** Of the version that goes out; of a withdrawal, of what was there last. */
  contentHash: hash,
  reason: line,
  publicReason,
  targets: z.array(recallTarget).max(2_000),
  /** Other releases that went out in the same moment and stay: a policy, its interpretation. */
  together: z.array(z.object({ releaseId, title: line })).max(50),
  proposedBy: personId.nullable(),
  ...by,
  decidedAt: instant,
});
/** A later round takes over what was not yet done of this one. */
const RecallSuperseded = z.object({
  type: z.literal('recall.superseded'),
  ...key,
  byRound: round,
  supersededAt: instant,
});
/** A second person looked at what one signer had killed. */
const RecallCountersigned = z.object({
  type: z.literal('recall.countersigned'),
  ...key,
  verdict: z.enum(['agreed', 'objected']),
  note: z.string().max(500),
  ...by,
  countersignedAt: instant,
});
/** The old text was overwritten in the public stream itself. */
const RecallErased = z.object({
  type: z.literal('recall.erased'),
  ...key,
  messages: z.int().min(0),
  /** Why it could not be; null: it was. */
  refused: z.string().max(500).nullable(),
  erasedAt: instant,
});
/** A channel says that it is done; whether the public sees that is looked at from outside. */
const RecallTargetTold = z.object({
  type: z.literal('recall.target_told'),
  ...key,
  targetId: recallTargetId,
  url: z.url(),
  detail: z.string().max(2_000),
  toldAt: instant,
});
/** This place is done with. */
const RecallTargetSettled = z.object({
  type: z.literal('recall.target_settled'),
  ...key,
  targetId: recallTargetId,
  end: recallEnd,
  detail: z.string().max(2_000),
  /** What was seen from outside. */
  evidence: pageEvidence.nullable(),
  /** Who says so, where it was a person; the screenshot is in the evidence store. */
  by: personId.nullable(),
  byName: line.nullable(),
  screenshot: hash.nullable(),
  settledAt: instant,
});
/** By itself it won't come about: a person has to. */
const RecallTargetFailed = z.object({
  type: z.literal('recall.target_failed'),
  ...key,
  targetId: recallTargetId,
  detail: z.string().max(2_000),
  failedAt: instant,
});

export const RecallEvent = z.discriminatedUnion('type', [
  RecallProposed,
  RecallDropped,
  RecallDecided,
  RecallSuperseded,
  RecallCountersigned,
  RecallErased,
  RecallTargetTold,
  RecallTargetSettled,
  RecallTargetFailed,
]);
export type RecallEvent = z.infer<typeof RecallEvent>;

const command = { ...commandHead, releaseId, site: siteId };
/** Set by the service, which looks at what is there at that moment. */
const found = z.strictObject({
  version: z.int().min(2),
  title: line,
  contentHash: hash,
  targets: z.array(recallTarget).max(2_000),
  together: z.array(z.object({ releaseId, title: line })).max(50),
});
export type RecallFound = z.infer<typeof found>;
const target = { round, targetId: recallTargetId };

export const RecallCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('recall.propose'),
    ...command,
    reason: line,
    publicReason,
    found: found.optional(),
  }),
  z.strictObject({ type: z.literal('recall.drop'), ...command, round, reason: line }),
  z.strictObject({
    type: z.literal('recall.approve'),
    ...command,
    round,
    found: found.optional(),
  }),
  z.strictObject({ type: z.literal('recall.kill'), ...command, reason: line, publicReason, found: found.optional() }),
  z.strictObject({
    type: z.literal('recall.countersign'),
    ...command,
    round,
    verdict: z.enum(['agreed', 'objected']),
    note: z.string().max(500),
  }),
  /** A person did it, or says that nothing can be done. */
  z.strictObject({
    type: z.literal('recall.report'),
    ...command,
    ...target,
    end: z.enum(['absent', 'corrected', 'noticed', 'never_had', 'kept']),
    note: line,
    screenshot: hash.nullable(),
  }),
  /** From here on said by the service alone: a correction was signed. */
  z.strictObject({ type: z.literal('recall.correct'), ...command, reason: line, ...by, found }),
  z.strictObject({
    type: z.literal('recall.record_told'),
    ...command,
    ...target,
    detail: z.string().max(2_000),
  }),
  z.strictObject({
    type: z.literal('recall.record_seen'),
    ...command,
    ...target,
    detail: z.string().max(2_000),
    evidence: pageEvidence,
  }),
  z.strictObject({ type: z.literal('recall.record_never_had'), ...command, ...target, detail: z.string().max(2_000) }),
  z.strictObject({ type: z.literal('recall.record_failed'), ...command, ...target, detail: z.string().max(2_000) }),
  z.strictObject({
    type: z.literal('recall.record_erased'),
    ...command,
    round,
    messages: z.int().min(0),
    refused: z.string().max(500).nullable(),
  }),
]);
export type RecallCommand = z.infer<typeof RecallCommand>;

/** What channels have of a release, asked of those who push: which of them are meant, and up to which version. */
export const HoldingsQuery = z.strictObject({
  site: siteId,
  releaseId,
  channels: z.array(channelId).max(1_000),
  version: z.int().min(1),
  intent: z.enum(['amend', 'recall']),
});
export type HoldingsQuery = z.infer<typeof HoldingsQuery>;
export const Holdings = z.object({ targets: z.array(recallTarget) });
export type Holdings = z.infer<typeof Holdings>;

/** What would be done if it were decided now. */
export const RecallPlanQuery = z.strictObject({
  site: siteId,
  releaseId,
  kind: recallKind,
});
export type RecallPlanQuery = z.infer<typeof RecallPlanQuery>;
export const RecallPlan = z.object({ ...found.shape });
export type RecallPlan = z.infer<typeof RecallPlan>;

export const recallState = z.enum(['proposed', 'dropped', 'running', 'done', 'superseded']);
export type RecallState = z.infer<typeof recallState>;

/** One round on the board. */
export const RecallRow = z.object({
  ...key,
  kind: recallKind,
  /** Null before it is decided. */
  version: z.int().nullable(),
  title: line,
  state: recallState,
  reason: line,
  publicReason: line.nullable(),
  targets: z.array(
    recallTarget.extend({
      end: recallEnd.nullable(),
      told: z.boolean(),
      failed: z.boolean(),
      detail: z.string(),
      evidence: pageEvidence.nullable(),
      byName: line.nullable(),
      screenshot: hash.nullable(),
      at: instant.nullable(),
    }),
  ),
  together: z.array(z.object({ releaseId, title: line })),
  proposed: z.object({ by: personId, byName: line, at: instant }).nullable(),
  decided: z.object({ by: personId, byName: line, at: instant }).nullable(),
  countersigned: z
    .object({ verdict: z.enum(['agreed', 'objected']), note: z.string(), byName: line, at: instant })
    .nullable(),
  erased: z.object({ messages: z.int(), refused: z.string().nullable(), at: instant }).nullable(),
  /** When the last place was done with. */
  doneAt: instant.nullable(),
  updatedAt: instant,
});
export type RecallRow = z.infer<typeof RecallRow>;

/** Deliveries of a round are named like this, so that the others need not be looked at. */
export const isRecallDelivery = (deliveryId: string): boolean => /^(amend|recall)-[0-9a-f]{32}$/.test(deliveryId);
