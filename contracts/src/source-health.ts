import { z } from 'zod';
import { evidence } from './evidence.ts';
import { publication } from './item.ts';
import { articleSelectors, detector, sourceKind } from './source.ts';
import { commandHead, hash, instant, line, sourceId } from './words.ts';

/** Why a source could not be read; a closed list that the console words. */
export const sourceTrouble = z.object({ code: z.string().max(64), detail: z.string().max(1000) });

/** Which of a source's detectors is meant, by its address; the main one where there is none. */
const by = { detector: z.url().optional() };
/** What was received, kept for a person to see. */
const received = { evidence: evidence.optional() };
const title = z.string().max(500);

/** A source could not be read any more, or fails in another way than before. */
const SourceFailed = z.object({
  type: z.literal('source.failed'),
  sourceId,
  ...by,
  ...sourceTrouble.shape,
  ...received,
  failedAt: instant,
});
/** A source that failed is read again. */
const SourceRecovered = z.object({ type: z.literal('source.recovered'), sourceId, ...by, recoveredAt: instant });
/** A source has failed for so long that people must act: long before a deadline can pass unnoticed. */
const SourceEscalated = z.object({
  type: z.literal('source.escalated'),
  sourceId,
  ...by,
  code: z.string().max(64),
  failingSince: instant,
  /** Hours of silence that are exceeded. */
  hours: z.union([z.literal(1), z.literal(3)]),
  escalatedAt: instant,
});
/** One entry of a source could not become an item; the others did. Kept for a person to see. */
const EntryRejected = z.object({
  type: z.literal('source.entry_rejected'),
  sourceId,
  key: z.string().max(2000),
  title,
  ...sourceTrouble.shape,
  ...received,
  rejectedAt: instant,
});
/** A source that can be read has published nothing for much longer than it usually does. */
const SourceWentQuiet = z.object({
  type: z.literal('source.went_quiet'),
  sourceId,
  lastAt: instant,
  /** Nine in ten of its pauses were shorter than this. */
  usualSeconds: z.int().min(0),
  quietAt: instant,
});
/** A quiet source has published again. */
const SourceSpoke = z.object({ type: z.literal('source.spoke'), sourceId, spokeAt: instant });

const lacking = z.array(z.object({ title, link: z.url().nullable() })).max(20);
/** One detector of a source does not show what another one has brought. */
const SourceDisagreed = z.object({
  type: z.literal('source.disagreed'),
  sourceId,
  detector: z.url(),
  missing: lacking,
  disagreedAt: instant,
});
/** The detectors of a source show the same again. */
const SourceAgreed = z.object({ type: z.literal('source.agreed'), sourceId, detector: z.url(), agreedAt: instant });

export const SourceHealthEvent = z.discriminatedUnion('type', [
  SourceFailed,
  SourceRecovered,
  SourceEscalated,
  EntryRejected,
  SourceWentQuiet,
  SourceSpoke,
  SourceDisagreed,
  SourceAgreed,
]);
export type SourceHealthEvent = z.infer<typeof SourceHealthEvent>;

const head = { ...commandHead, sourceId };

export const SourceHealthCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('source.report_failure'),
    ...head,
    ...by,
    ...sourceTrouble.shape,
    ...received,
  }),
  z.strictObject({ type: z.literal('source.report_success'), ...head, ...by }),
  z.strictObject({
    type: z.literal('source.reject_entry'),
    ...head,
    key: z.string().max(2000),
    title,
    ...sourceTrouble.shape,
    ...received,
  }),
  z.strictObject({
    type: z.literal('source.report_rhythm'),
    ...head,
    quiet: z.boolean(),
    lastAt: instant,
    usualSeconds: z.int().min(0),
  }),
  /** What `detector` does not show although another has brought it; nothing: they agree. */
  z.strictObject({ type: z.literal('source.compare'), ...head, detector: z.url(), missing: lacking }),
]);
export type SourceHealthCommand = z.infer<typeof SourceHealthCommand>;

/** One look at a source, as its page shows it. Looks live in the reader's memory; what came of them is in the log. */
export const SourceLook = z.object({
  at: instant,
  ms: z.int(),
  outcome: z.enum(['read', 'unchanged', 'trouble']),
  status: z.int().nullable(),
  bytes: z.int().nullable(),
  charset: z.string().nullable(),
  /** Entries in the document, and how many of them were new or changed. */
  entries: z.int(),
  told: z.int(),
  trouble: sourceTrouble.nullable(),
  /** The answer in the object store, where it was kept. */
  snapshot: hash.nullable(),
});
export type SourceLook = z.infer<typeof SourceLook>;

/** What `source.status` and `source.read_now` are asked with. */
export const sourceReference = z.strictObject({ sourceId });

/** What is known of a source at this moment: the answer to the query `source.status`. */
export const SourceStatus = z.object({
  sourceId,
  detectors: z.array(
    z.object({
      kind: sourceKind,
      url: z.url(),
      /** `push`: it speaks up by itself and is not looked at. */
      state: z.enum(['reading', 'waiting', 'paused', 'push']),
      nextAt: instant.nullable(),
      /** Why the next look is then and not sooner. */
      pace: z.enum(['usual', 'silence', 'night', 'push', 'back_off', 'retry_after']),
      failures: z.int(),
      looks: z.array(SourceLook).max(20),
      websub: z
        .object({
          hub: z.url(),
          state: z.enum(['asked', 'active', 'refused', 'unreliable']),
          leaseUntil: instant.nullable(),
          pushes: z.int(),
        })
        .nullable(),
    }),
  ),
});
export type SourceStatus = z.infer<typeof SourceStatus>;

/** What to try: an address, to find out how it can be read, or a detector that is to be read just so. */
export const SourcePreviewQuery = z.strictObject({
  url: z.url(),
  detector: detector.optional(),
  article: articleSelectors.optional(),
  zone: z.string().default('Asia/Shanghai'),
});
export type SourcePreviewQuery = z.infer<typeof SourcePreviewQuery>;

/** What a source would lack: a closed list that the console words. */
export const previewWarning = z.enum([
  'no_dates',
  'day_only',
  'future_dates',
  'no_links',
  'no_ids',
  'summaries_only',
  'few_entries',
  'stale',
  'no_next_page',
  'characters_lost',
  'article_unreadable',
  'truncated',
]);
export type PreviewWarning = z.infer<typeof previewWarning>;

/** The ways in which an address can be read, the likeliest first, each with what it would bring. */
export const SourcePreview = z.object({
  url: z.url(),
  title: z.string().max(500),
  trouble: sourceTrouble.nullable(),
  candidates: z.array(
    z.object({
      detector,
      title: z.string().max(500),
      count: z.int(),
      warnings: z.array(previewWarning),
      entries: z
        .array(
          z.object({
            title,
            link: z.url().nullable(),
            publication,
            /** Where the clock would start: the entry's own moment, its page's, or first sight. */
            basis: z.enum(['stated', 'page', 'first_seen']),
            characters: z.int(),
            documentNumber: line.nullable(),
          }),
        )
        .max(20),
      /** The newest item's own page, read as the source would read it. */
      article: z
        .object({
          url: z.url(),
          title: z.string().max(500),
          beginning: z.string().max(400),
          characters: z.int(),
          publication,
          documentNumber: line.nullable(),
          attachments: z.int(),
          trouble: sourceTrouble.nullable(),
        })
        .nullable(),
    }),
  ),
});
export type SourcePreview = z.infer<typeof SourcePreview>;

/** What *read now* found: the looks it made, one for each detector that can be looked at. */
export const SourceReadNow = z.object({ sourceId, looks: z.array(SourceLook) });
export type SourceReadNow = z.infer<typeof SourceReadNow>;
