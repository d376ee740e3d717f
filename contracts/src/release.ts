import { z } from 'zod';
import { keptFile } from './item.ts';
import { authority, hurry, reviewAct, reviewStep, standsFor } from './review.ts';
import { waivedFindings } from './checks.ts';
import { warningShare } from './repost.ts';
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

/** `onBehalfOf`: whom the signer stands in for. */
const signer = { by: personId, byName: line, onBehalfOf: standsFor.optional() };
const signed = { step: reviewStep, contentHash: hash, ...signer };

/** What an urgent signature left undone, until when. */
export const reviewDebt = z.object({ acts: z.array(reviewAct).min(1), dueAt: instant });
export type ReviewDebt = z.infer<typeof reviewDebt>;

/** A passage, found again by what stands around it (W3C Web Annotation, TextQuoteSelector). */
export const quote = z.object({
  exact: z.string().min(1).max(500),
  prefix: z.string().max(50).default(''),
  suffix: z.string().max(50).default(''),
});
export type Quote = z.infer<typeof quote>;

const remark = z.string().trim().min(1).max(2_000);
const comment = { commentId: token, text: remark };

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
/** The drafter sends it into the review chain, which stays as it is now whatever becomes of the settings. */
const ReleaseSubmitted = z.object({
  type: z.literal('release.submitted'),
  ...key,
  contentHash: hash,
  /** Absent: review, confidentiality, signature. */
  acts: z.array(reviewAct).min(1).optional(),
  /** Present: it takes the urgent path. */
  urgent: hurry.optional(),
  /** What the checks found to be forbidden, and why it is right here. */
  waived: waivedFindings.optional(),
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
  ...signer,
  /** It took the urgent path: what is still to be signed. */
  debt: reviewDebt.optional(),
  signedAt: instant,
  /** Of what the public gets; a correction is 2 and on. */
  version: z.int().min(1).optional(),
});
/** After an urgent signature: one of the steps that were left out was passed, for exactly what went out. */
const ReleaseDebtStepPassed = z.object({
  type: z.literal('release.debt_step_passed'),
  ...key,
  ...signed,
  passedAt: instant,
});
/** The last step that had been left out was passed: the review is whole. */
const ReleaseDebtSettled = z.object({
  type: z.literal('release.debt_settled'),
  ...key,
  ...signed,
  settledAt: instant,
});
/** The full review found a fault in what went out: it is to be corrected. */
const ReleaseDebtObjected = z.object({
  type: z.literal('release.debt_objected'),
  ...key,
  ...signed,
  reason: line,
  objectedAt: instant,
});
/** A share of the time for the full review is gone; at 100 the limit is exceeded. */
const ReleaseDebtWarned = z.object({
  type: z.literal('release.debt_warned'),
  ...key,
  share: warningShare,
  fellDueAt: instant,
  warnedAt: instant,
});
/** Somebody remarked on the draft, or on a passage of it. */
const ReleaseCommented = z.object({
  type: z.literal('release.commented'),
  ...key,
  ...comment,
  /** What it speaks of; null for the whole. */
  quote: quote.nullable(),
  /** The text that lay before its writer. */
  revision: z.int().min(1),
  contentHash: hash,
  by: personId,
  byName: line,
  commentedAt: instant,
});
/** Somebody answered a comment. */
const ReleaseCommentAnswered = z.object({
  type: z.literal('release.comment_answered'),
  ...key,
  ...comment,
  answerId: token,
  by: personId,
  byName: line,
  answeredAt: instant,
});
/** A comment is done with, or is open again. */
const ReleaseCommentSettled = z.object({
  type: z.literal('release.comment_settled'),
  ...key,
  commentId: token,
  resolved: z.boolean(),
  by: personId,
  byName: line,
  settledAt: instant,
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
  ReleaseDebtStepPassed,
  ReleaseDebtSettled,
  ReleaseDebtObjected,
  ReleaseDebtWarned,
  ReleaseCommented,
  ReleaseCommentAnswered,
  ReleaseCommentSettled,
]);
export type ReleaseEvent = z.infer<typeof ReleaseEvent>;

const command = { ...commandHead, ...key };

const submitKnown = z.object({
  acts: z.array(reviewAct).min(1),
  urgent: z.array(reviewAct).min(1).nullable(),
  debtLimit: hurry.shape.limit,
  forbidden: waivedFindings.shape.findings,
});

export const ReleaseCommand = z.discriminatedUnion('type', [
  /** `baseRevision` is the revision the writer started from, 0 for a new release; `contentHash` covers the draft. */
  z.strictObject({
    type: z.literal('release.draft'),
    ...command,
    draft,
    contentHash: hash,
    baseRevision: z.int().min(0),
  }),
  z.strictObject({
    type: z.literal('release.submit'),
    ...command,
    seenHash: hash,
    /** Why it takes the urgent path. */
    urgent: line.optional(),
    /** Why what the checks forbid is right here. */
    waiver: line.optional(),
    /** Set by the service: the chain in force, and what the checks forbid in it. */
    known: submitKnown.optional(),
  }),
  z.strictObject({
    type: z.literal('release.pass_step'),
    ...command,
    ...authority,
    step: reviewStep,
    seenHash: hash,
    /** Set by the service at the last step of the urgent path: until when the rest must be done. */
    debtDueAt: instant.optional(),
    /** Set by the service at the last step: whether a linked release counts it among its parts, and explains its policies. */
    linked: z.object({ hasPart: z.boolean(), speaksTogether: z.boolean() }).optional(),
  }),
  z.strictObject({
    type: z.literal('release.return'),
    ...command,
    ...authority,
    step: reviewStep,
    seenHash: hash,
    reason: line,
  }),
  z.strictObject({
    type: z.literal('release.pass_debt'),
    ...command,
    ...authority,
    step: reviewStep,
    seenHash: hash,
  }),
  z.strictObject({
    type: z.literal('release.object_debt'),
    ...command,
    ...authority,
    step: reviewStep,
    seenHash: hash,
    reason: line,
  }),
  z.strictObject({ type: z.literal('release.warn_debt'), ...command, share: warningShare, fellDueAt: instant }),
  z.strictObject({
    type: z.literal('release.comment'),
    ...command,
    ...comment,
    quote: quote.nullable().default(null),
    seenHash: hash,
  }),
  z.strictObject({ type: z.literal('release.answer_comment'), ...command, ...comment, answerId: token }),
  z.strictObject({
    type: z.literal('release.settle_comment'),
    ...command,
    commentId: token,
    resolved: z.boolean(),
  }),
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
