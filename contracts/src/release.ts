import { z } from 'zod';
import { keptFile } from './item.ts';
import { channelId, commandHead, hash, html, instant, line, personId, siteId, token } from './words.ts';

export const releaseId = token;
const key = { releaseId, site: siteId };

/** Press release 通稿, policy 政策文件, interpretation 解读, response 回应, rebuttal 辟谣, notice 公告. */
export const releaseKind = z.enum(['press', 'policy', 'interpretation', 'response', 'rebuttal', 'notice']);
export type ReleaseKind = z.infer<typeof releaseKind>;

/** A file of the house's own, in the evidence store by its hash: a picture of the text, an attachment, a cover. */
export const releaseFile = keptFile.omit({ url: true });
export type ReleaseFile = z.infer<typeof releaseFile>;

/** What one channel gets instead of the common text; what is absent is the common one. */
export const variant = z.object({
  title: line.optional(),
  summary: z.string().max(1000).optional(),
  html: html.optional(),
  cover: releaseFile.optional(),
});
export type Variant = z.infer<typeof variant>;

/** What is written: the same fields for every kind; a rebuttal also names the rumor it answers. */
export const draft = z.object({
  kind: releaseKind,
  /** What an interpretation is made of (国办发〔2017〕47号: 文字、图表、音频、视频). */
  format: z.enum(['text', 'chart', 'audio', 'video']).default('text'),
  title: line,
  /** 文号, of a policy. */
  documentNumber: line.nullable().default(null),
  summary: z.string().max(1000),
  html,
  /** Rebuttals only: what is being said, and where it was seen. */
  rumor: z
    .object({
      claim: line,
      seenWhere: z.string().max(500),
      verdict: z.enum(['false', 'misleading', 'outdated']),
      /** The case that this answers. */
      rumorCaseId: token.nullable().default(null),
      /** Where it stands, for the public to see: a link makes a rumor louder, so that it is there only when somebody wants it. */
      publicLink: z.url().nullable().default(null),
    })
    .nullable(),
  channels: z.array(channelId).max(100),
  /** By channel. */
  variants: z.record(channelId, variant).default({}),
  cover: releaseFile.nullable().default(null),
  /** Pictures of the text and attachments; the text names them by `files/<hash>`. */
  files: z.array(releaseFile).max(200).default([]),
  /** The release that this one explains. */
  interprets: releaseId.nullable().default(null),
  /** Goes out with this linked release, at its T0 and never alone. */
  linked: z.object({ site: siteId, linkedId: token }).nullable().default(null),
  /** Of a new version of what is public: what was wrong, and what is right now, for the public to read. */
  correction: z.object({ note: line }).optional(),
});
export type Draft = z.infer<typeof draft>;

/** The steps between writing and the world, each another person (税总发〔2017〕84号 二(三)1: 保密审查). */
export const reviewStep = z.enum(['review', 'confidentiality', 'sign']);
export type ReviewStep = z.infer<typeof reviewStep>;

const signed = { step: reviewStep, contentHash: hash, by: personId, byName: line };

/** A draft was written or changed; signatures for the earlier content are void. */
const ReleaseDrafted = z.object({
  type: z.literal('release.drafted'),
  ...key,
  ...draft.shape,
  revision: z.int().min(1),
  contentHash: hash,
  by: personId,
  byName: line,
  draftedAt: instant,
});
/** The drafter sends it into the review chain. */
const ReleaseSubmitted = z.object({
  type: z.literal('release.submitted'),
  ...key,
  contentHash: hash,
  by: personId,
  byName: line,
  submittedAt: instant,
});
/** One step of the chain was passed for exactly this content. */
const ReleaseStepPassed = z.object({ type: z.literal('release.step_passed'), ...key, ...signed, passedAt: instant });
/** A step sends it back to the drafter with a reason. */
const ReleaseReturned = z.object({
  type: z.literal('release.returned'),
  ...key,
  ...signed,
  reason: line,
  returnedAt: instant,
});
/** The last step was passed: from this moment it is the site's word, and the channels are told. */
const ReleaseSigned = z.object({
  type: z.literal('release.signed'),
  ...key,
  ...draft.shape,
  contentHash: hash,
  by: personId,
  byName: line,
  signedAt: instant,
  /** Of what the public gets; a correction is 2 and on. */
  version: z.int().min(1).optional(),
});
/** The page was handed to the public side. */
const ReleasePublished = z.object({
  type: z.literal('release.published'),
  ...key,
  url: z.url(),
  publicPosition: z.int().min(1),
  publishedAt: instant,
  version: z.int().min(1).optional(),
});

/** Signed for a linked release and taken out of it before its T0: it is a draft again, and needs every signature anew. */
const ReleasePulledBack = z.object({
  type: z.literal('release.pulled_back'),
  ...key,
  reason: line,
  by: personId,
  byName: line,
  pulledBackAt: instant,
});

/** The correction that was being written is off: what is public stays as it is. */
const ReleaseCorrectionDropped = z.object({
  type: z.literal('release.correction_dropped'),
  ...key,
  /** Of what is public. */
  title: line,
  contentHash: hash,
  reason: line,
  by: personId,
  byName: line,
  droppedAt: instant,
});
/** Taken back: its address says so for ever. `killed`: at once, and of its text nothing may be left in public. */
const ReleaseWithdrawn = z.object({
  type: z.literal('release.withdrawn'),
  ...key,
  version: z.int().min(2),
  killed: z.boolean(),
  reason: line,
  publicReason: line.nullable(),
  by: personId,
  byName: line,
  withdrawnAt: instant,
});

export const ReleaseEvent = z.discriminatedUnion('type', [
  ReleaseDrafted,
  ReleaseSubmitted,
  ReleaseStepPassed,
  ReleaseReturned,
  ReleaseSigned,
  ReleasePublished,
  ReleasePulledBack,
  ReleaseCorrectionDropped,
  ReleaseWithdrawn,
]);
export type ReleaseEvent = z.infer<typeof ReleaseEvent>;

const command = { ...commandHead, ...key };

export const ReleaseCommand = z.discriminatedUnion('type', [
  /** `baseRevision` is the revision the writer started from, 0 for a new release; `contentHash` covers the draft. */
  z.strictObject({
    type: z.literal('release.draft'),
    ...command,
    draft,
    contentHash: hash,
    baseRevision: z.int().min(0),
  }),
  z.strictObject({ type: z.literal('release.submit'), ...command, seenHash: hash }),
  z.strictObject({
    type: z.literal('release.pass_step'),
    ...command,
    step: reviewStep,
    seenHash: hash,
    /** Set by the service at the last step: whether a linked release counts it among its parts, and explains its policies. */
    linked: z.object({ hasPart: z.boolean(), speaksTogether: z.boolean() }).optional(),
  }),
  z.strictObject({ type: z.literal('release.return'), ...command, step: reviewStep, seenHash: hash, reason: line }),
  /** Said by the service alone, when its linked release let go of it. */
  z.strictObject({
    type: z.literal('release.pull_back'),
    ...command,
    reason: line,
    by: personId,
    byName: line,
  }),
  z.strictObject({
    type: z.literal('release.record_published'),
    ...command,
    url: z.url(),
    publicPosition: z.int().min(1),
    version: z.int().min(1).optional(),
  }),
  z.strictObject({ type: z.literal('release.drop_correction'), ...command, reason: line }),
  /** Said by the service alone, when it was decided that it is taken back. */
  z.strictObject({
    type: z.literal('release.withdraw'),
    ...command,
    version: z.int().min(2),
    killed: z.boolean(),
    reason: line,
    publicReason: line.nullable(),
    by: personId,
    byName: line,
  }),
]);
export type ReleaseCommand = z.infer<typeof ReleaseCommand>;
