import { z } from 'zod';
import { hash, instant, siteId, token } from './words.ts';

/** What was compared from outside: of a page that must be there, and of one that must not. */
const checkName = z.enum([
  'title',
  'text',
  'source',
  'source_link',
  'published_date',
  'images',
  'attachments',
  'page_gone',
  'files_gone',
  'not_listed',
  'not_in_feeds',
]);
export type CheckName = z.infer<typeof checkName>;

/** A picture or attachment of what was approved, as the public page has it. */
export const pageFile = z.object({
  name: z.string().max(300),
  hash,
  /** Where the page says it is; null: the page does not speak of it. */
  address: z.string().max(2_000).nullable(),
  /**
   * `same`: to the byte. `of_type`: another system made its own of it, as of a picture. `missing`: the page does not speak
   * of it. `broken`: its address does not answer with it. `other`: something else is there. `unread`: there was no time
   * or room to look.
   */
  found: z.enum(['same', 'of_type', 'missing', 'broken', 'other', 'unread']),
  detail: z.string().max(300),
});
export type PageFile = z.infer<typeof pageFile>;

/** Whether a browser is to take a picture of what was found, or there is none; absent where none is taken. */
const pictureOf = z.enum(['coming', 'no_browser']);

/** What the public received when a page was fetched from outside, compared with what was approved. */
export const pageEvidence = z.object({
  status: z.int(),
  /** SHA-256 of the bytes that the public received. */
  pageHash: hash,
  bytes: z.int(),
  /** The whole answer in the object store, as an HTTP message; absent in what was written before it was kept. */
  snapshot: hash.optional(),
  checks: z.array(z.object({ name: checkName, ok: z.boolean() })),
  /** Share of our text that the page shows, in its order; absent where there was no page to measure. */
  shown: z.number().min(0).max(1).optional(),
  /** What is wrong comes first. */
  files: z.array(pageFile).max(60).optional(),
  picture: pictureOf.optional(),
});
export type PageEvidence = z.infer<typeof pageEvidence>;

/**
 * How a page that was right went wrong. `gone`: nothing answers, or with an error. `replaced`: something else stands
 * there. `edited`: what was approved was changed. `broken_file`: a picture or attachment is missing or another one.
 * `reappeared`: what was taken down can be read again.
 */
export const driftKind = z.enum(['gone', 'replaced', 'edited', 'broken_file', 'reappeared']);
export type DriftKind = z.infer<typeof driftKind>;

/** A stretch of what was approved and what stands there instead; empty: nothing does. */
export const pageChange = z.object({ was: z.string().max(300), now: z.string().max(300) });
export type PageChange = z.infer<typeof pageChange>;

/** What is said of a drift; absent in what was written before it was told. */
export const driftFacts = {
  kind: driftKind.optional(),
  changes: z.array(pageChange).max(10).optional(),
  picture: pictureOf.optional(),
};

/** A page as a browser shows it. */
export const pagePicture = z.object({
  /** Of the picture in the object store, a WebP. */
  hash,
  width: z.int().min(1),
  height: z.int().min(1),
  bytes: z.int().min(1),
  /** Very long pages are cut. */
  whole: z.boolean(),
});
export type PagePicture = z.infer<typeof pagePicture>;

/** What a picture was taken of, and the picture, or why there is none. */
export const pictureTaken = {
  url: z.url(),
  of: z.enum(['verified', 'drifted', 'withdrawn']),
  picture: pagePicture.nullable(),
  because: z.enum(['timeout', 'unreachable', 'crashed', 'too_large', 'too_late']).nullable(),
};

/** One look at a page, as the console shows it. */
export const PageLook = z.object({
  as: z.enum(['verified', 'rechecked', 'drifted', 'withdrawn']),
  at: instant,
  url: z.url().nullable(),
  status: z.int().nullable(),
  pageHash: hash.nullable(),
  snapshot: hash.nullable(),
  checks: pageEvidence.shape.checks,
  shown: z.number().nullable(),
  files: z.array(pageFile),
  kind: driftKind.nullable(),
  reason: z.string().nullable(),
  changes: z.array(pageChange),
  picture: pagePicture.nullable(),
  pictureAt: instant.nullable(),
  /** `none`: no picture is taken of such a look. Else that it is there, is coming, or why not. */
  pictureState: z.enum(['taken', 'none', ...pictureOf.options, ...pictureTaken.because.unwrap().options]),
});
export type PageLook = z.infer<typeof PageLook>;

/** Asks for one more look at a repost that is out, from outside. */
export const RepostLookQuery = z.strictObject({ site: siteId, taskId: token });
/** What that look found; null: nothing of the task is public. */
export const RepostLook = z
  .object({
    title: z.string(),
    url: z.string(),
    fault: z.enum(['missing', 'altered', 'unlabelled', 'date', 'unchecked']).nullable(),
    detail: z.string(),
    snapshot: hash.nullable(),
  })
  .nullable();
export type RepostLook = z.infer<typeof RepostLook>;
