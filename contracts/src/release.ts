import { z } from 'zod';
import { channelId, commandHead, hash, html, instant, line, personId, siteId, token } from './words.ts';

export const releaseId = token;
const key = { releaseId, site: siteId };

/** Press release 通稿, or rebuttal 辟谣. */
export const releaseKind = z.enum(['press', 'rebuttal']);

/** What is written: the same fields for every kind; a rebuttal also names the rumor it answers. */
export const draft = z.object({
  kind: releaseKind,
  title: line,
  summary: z.string().max(1000),
  html,
  /** Rebuttals only: what is being said, and where it was seen. Never linked publicly. */
  rumor: z
    .object({ claim: line, seenWhere: z.string().max(500), verdict: z.enum(['false', 'misleading', 'outdated']) })
    .nullable(),
  channels: z.array(channelId).max(100),
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
});
/** The page was handed to the public side. */
const ReleasePublished = z.object({
  type: z.literal('release.published'),
  ...key,
  url: z.url(),
  publicPosition: z.int().min(1),
  publishedAt: instant,
});

export const ReleaseEvent = z.discriminatedUnion('type', [
  ReleaseDrafted,
  ReleaseSubmitted,
  ReleaseStepPassed,
  ReleaseReturned,
  ReleaseSigned,
  ReleasePublished,
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
  z.strictObject({ type: z.literal('release.pass_step'), ...command, step: reviewStep, seenHash: hash }),
  z.strictObject({ type: z.literal('release.return'), ...command, step: reviewStep, seenHash: hash, reason: line }),
  z.strictObject({
    type: z.literal('release.record_published'),
    ...command,
    url: z.url(),
    publicPosition: z.int().min(1),
  }),
]);
export type ReleaseCommand = z.infer<typeof ReleaseCommand>;
