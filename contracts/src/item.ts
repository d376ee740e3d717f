import { z } from 'zod';
import { evidence } from './evidence.ts';
import { sourceKind } from './source.ts';
import { commandHead, hash, html, instant, itemId, line, sourceId } from './words.ts';

/** What a source said about when it published: the instant, how exact it was, and the words it used. */
export const publication = z.object({
  at: instant.nullable(),
  precision: z.enum(['second', 'minute', 'day', 'none']),
  text: z.string().max(200).nullable(),
});
export type Publication = z.infer<typeof publication>;

/**
 * Whether a clock may start at the stated time: it is exact to the minute, and not still to come. A day must not count
 * from midnight: a notice of 18:00 would be late at birth.
 */
export const isExact = ({ at, precision }: Publication, seenAt: string): boolean =>
  at !== null && at <= seenAt && (precision === 'second' || precision === 'minute');

/** Policy document 政策文件, interpretation 解读, notice 通知公告, news 动态. */
export const itemKind = z.enum(['policy', 'interpretation', 'notice', 'news']);
export type ItemKind = z.infer<typeof itemKind>;

/** A file that an item offers beside its text 附件. */
export const attachment = z.object({ url: z.url(), name: z.string().max(300) });
export type Attachment = z.infer<typeof attachment>;

/** One version of an item, as read and sanitised. */
export const content = z.object({
  title: line,
  link: z.url().nullable(),
  html,
  author: z.string().max(500).nullable(),
  categories: z.array(z.string().max(200)).max(50),
  /** SHA-256 of title, link, text and attachments: what an approval is bound to. */
  contentHash: hash,
  /** 发文字号 in its canonical form, such as `税总发〔2017〕84号`: the document's own, not one that it cites. */
  documentNumber: z.string().max(100).nullable().default(null),
  /** 发文机关. */
  issuer: z.string().max(200).nullable().default(null),
  /** The column that the item itself names. */
  column: z.string().max(200).nullable().default(null),
  attachments: z.array(attachment).max(100).default([]),
});
export type Content = z.infer<typeof content>;

const seen = { itemId, sourceId, version: z.int().min(1), ...content.shape, evidence: evidence.optional() };

/** A source carries something new. Said once, however often it is seen. */
const ItemPublished = z.object({
  type: z.literal('item.published'),
  ...seen,
  /** The stable key the identity was made of: guid, link, document number, or content. */
  key: z.string().max(2000),
  publication,
  firstSeenAt: instant,
  /** What noticed it, and its address: its word is the one that counts while the source has it. */
  detector: sourceKind.optional(),
  via: z.url().optional(),
});

/** A source changed what it carries. The version before stays as it was. */
const ItemRevised = z.object({
  type: z.literal('item.revised'),
  ...seen,
  /** It was the item's own page that changed, while what the source carries of it did not. */
  pageHash: hash.optional(),
  seenAt: instant,
});

/** The item's own page was read for the first time: what later readings are compared with. */
const ItemPageSeen = z.object({
  type: z.literal('item.page_seen'),
  itemId,
  sourceId,
  /** SHA-256 of the page's title and text. */
  pageHash: hash,
  evidence: evidence.optional(),
  seenAt: instant,
});

/** How an item's own page can be lost. */
export const absence = z.enum(['gone', 'moved_home', 'text_lost']);
export type Absence = z.infer<typeof absence>;
const lost = { itemId, sourceId, reason: absence, detail: z.string().max(500), evidence: evidence.optional() };

/** The item's page is not what it was. One look is no proof; a second one decides. */
const ItemMissing = z.object({ type: z.literal('item.missing'), ...lost, missingAt: instant });
/** A second look found the page lost as well, or the source itself said so: withdrawn upstream. */
const ItemWithdrawn = z.object({
  type: z.literal('item.withdrawn'),
  ...lost,
  missingSince: instant,
  withdrawnAt: instant,
});
/** The page is there again. */
const ItemReturned = z.object({ type: z.literal('item.returned'), itemId, sourceId, returnedAt: instant });

/** A copy of an image or attachment in the object store, by its SHA-256. */
export const keptFile = z.object({
  url: z.url(),
  name: z.string().max(300),
  hash,
  bytes: z.int().min(0),
  /** By its content, not by what the server said. */
  mediaType: z.string().max(100),
});
export type KeptFile = z.infer<typeof keptFile>;

/** Images and attachments were fetched and kept, because upstream may move them; or could not be, and why. */
const ItemFilesKept = z.object({
  type: z.literal('item.files_kept'),
  itemId,
  sourceId,
  version: z.int().min(1),
  files: z.array(keptFile).max(200),
  failed: z.array(z.object({ url: z.url(), code: z.string().max(64), detail: z.string().max(300) })).max(200),
  keptAt: instant,
});

export const ItemEvent = z.discriminatedUnion('type', [
  ItemPublished,
  ItemRevised,
  ItemPageSeen,
  ItemMissing,
  ItemWithdrawn,
  ItemReturned,
  ItemFilesKept,
]);
export type ItemEvent = z.infer<typeof ItemEvent>;
export type ItemVersion = Extract<ItemEvent, { type: 'item.published' | 'item.revised' }>;

/** The versions among an item's events, oldest first. */
export const versionsOf = (events: readonly ItemEvent[]): ItemVersion[] =>
  events.filter((event) => event.type === 'item.published' || event.type === 'item.revised');

const head = { ...commandHead, itemId, sourceId };

export const ItemCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('item.observe'),
    ...head,
    key: z.string().min(1).max(2000),
    publication,
    content,
    detector: sourceKind.optional(),
    via: z.url().optional(),
    /** The source's other detectors: what one of them brought first is not reworded by this one. */
    others: z.array(z.url()).max(4).default([]),
    evidence: evidence.optional(),
  }),
  z.strictObject({
    type: z.literal('item.report_missing'),
    ...head,
    reason: absence,
    detail: z.string().max(500),
    evidence: evidence.optional(),
    /** How far apart two looks must be to count as two. */
    patienceSeconds: z.int().min(0),
  }),
  /** The item's own page, where its text comes from elsewhere. */
  z.strictObject({
    type: z.literal('item.see_page'),
    ...head,
    pageHash: hash,
    content,
    evidence: evidence.optional(),
  }),
  z.strictObject({
    type: z.literal('item.report_present'),
    ...head,
    /** When the source says that it published it, where nobody has looked at its page. */
    since: instant.optional(),
  }),
  /** The source itself says that it took it back, and when: no second look is needed. */
  z.strictObject({
    type: z.literal('item.report_withdrawn'),
    ...head,
    since: instant,
    detail: z.string().max(500),
    evidence: evidence.optional(),
  }),
  z.strictObject({
    type: z.literal('item.keep_files'),
    ...head,
    version: z.int().min(1),
    files: ItemFilesKept.shape.files,
    failed: ItemFilesKept.shape.failed,
  }),
]);
export type ItemCommand = z.infer<typeof ItemCommand>;

/** Another stable key under which a source's item is known, so that it arrives once by whichever way it comes. */
export const ItemKnownAs = z.object({
  type: z.literal('item.known_as'),
  sourceId,
  itemId,
  key: z.string().max(2000),
  knownAt: instant,
});
export type ItemKnownAs = z.infer<typeof ItemKnownAs>;

export const AliasCommand = z.discriminatedUnion('type', [
  /** `aliasId` is made of the key, as an item's id is of its first one. */
  z.strictObject({ type: z.literal('alias.claim'), ...head, aliasId: itemId, key: z.string().min(1).max(2000) }),
]);
export type AliasCommand = z.infer<typeof AliasCommand>;
