import { z } from 'zod';
import { commandHead, hash, html, instant, itemId, line, sourceId } from './words.ts';

/** What a source said about when it published: the instant, how exact it was, and the words it used. */
export const publication = z.object({
  at: instant.nullable(),
  precision: z.enum(['second', 'minute', 'day', 'none']),
  text: z.string().max(200).nullable(),
});
export type Publication = z.infer<typeof publication>;

/** One version of an item, as read and sanitised. */
export const content = z.object({
  title: line,
  link: z.url().nullable(),
  html,
  author: z.string().max(500).nullable(),
  categories: z.array(z.string().max(200)).max(50),
  /** SHA-256 of title, link and text: what an approval is bound to. */
  contentHash: hash,
});
export type Content = z.infer<typeof content>;

const seen = { itemId, sourceId, version: z.int().min(1), ...content.shape };

/** A source carries something new. Said once, however often it is seen. */
const ItemPublished = z.object({
  type: z.literal('item.published'),
  ...seen,
  /** The stable key the identity was made of: guid, link, or content. */
  key: z.string().max(2000),
  publication,
  firstSeenAt: instant,
});

/** A source changed what it carries. The version before stays as it was. */
const ItemRevised = z.object({ type: z.literal('item.revised'), ...seen, seenAt: instant });

export const ItemEvent = z.discriminatedUnion('type', [ItemPublished, ItemRevised]);
export type ItemEvent = z.infer<typeof ItemEvent>;

export const ItemCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('item.observe'),
    ...commandHead,
    itemId,
    sourceId,
    key: z.string().min(1).max(2000),
    publication,
    content,
  }),
]);
export type ItemCommand = z.infer<typeof ItemCommand>;

/** Why a source could not be read; a closed list that the console words. */
export const sourceTrouble = z.object({ code: z.string().max(64), detail: z.string().max(1000) });

/** A source could not be read any more, or fails in another way than before. */
const SourceFailed = z.object({
  type: z.literal('source.failed'),
  sourceId,
  ...sourceTrouble.shape,
  failedAt: instant,
});
/** A source that failed is read again. */
const SourceRecovered = z.object({ type: z.literal('source.recovered'), sourceId, recoveredAt: instant });
/** One entry of a source could not become an item; the others did. Kept for a person to see. */
const EntryRejected = z.object({
  type: z.literal('source.entry_rejected'),
  sourceId,
  key: z.string().max(2000),
  title: z.string().max(500),
  ...sourceTrouble.shape,
  rejectedAt: instant,
});

export const SourceHealthEvent = z.discriminatedUnion('type', [SourceFailed, SourceRecovered, EntryRejected]);
export type SourceHealthEvent = z.infer<typeof SourceHealthEvent>;

export const SourceHealthCommand = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('source.report_failure'), ...commandHead, sourceId, ...sourceTrouble.shape }),
  z.strictObject({ type: z.literal('source.report_success'), ...commandHead, sourceId }),
  z.strictObject({
    type: z.literal('source.reject_entry'),
    ...commandHead,
    sourceId,
    key: z.string().max(2000),
    title: z.string().max(500),
    ...sourceTrouble.shape,
  }),
]);
export type SourceHealthCommand = z.infer<typeof SourceHealthCommand>;
