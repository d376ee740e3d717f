import { z } from 'zod';
import { textUnit } from './channel.ts';
import { draft, variant } from './release.ts';
import { channelId, hash, line, siteId, token } from './words.ts';

const anyLine = z.string().max(500);

/** A draft while it is being written: what it will need in the end may still be missing. */
export const draftInProgress = draft.extend({
  title: anyLine,
  documentNumber: anyLine.nullable().default(null),
  rumor: z
    .object({
      claim: anyLine,
      seenWhere: z.string().max(500),
      verdict: z.enum(['false', 'misleading', 'outdated']),
      rumorCaseId: token.nullable().default(null),
      publicLink: z.string().max(2_000).nullable().default(null),
    })
    .nullable(),
  variants: z.record(channelId, variant.extend({ title: anyLine.optional() })).default({}),
  correction: z.object({ note: anyLine }).optional(),
});
export type DraftInProgress = z.infer<typeof draftInProgress>;

/** Asks delivery what a channel would be handed of a draft. Writes and sends nothing. */
export const PreviewQuery = z.strictObject({ site: siteId, releaseId: token, channelId, draft: draftInProgress });
export type PreviewQuery = z.infer<typeof PreviewQuery>;

/** A part of what a channel is handed: a text, a page, an address, or a file as code. */
export const previewPart = z.object({
  name: z.enum(['subject', 'title', 'summary', 'text', 'page', 'link', 'file']),
  form: z.enum(['text', 'html', 'code']),
  value: z.string(),
  /** How long it is, as the channel counts, where it counts. */
  length: z.object({ count: z.int().min(0), max: z.int(), unit: textUnit }).nullable(),
  /** Something is missing at its end, and `…` stands for it. */
  isCut: z.boolean(),
});
export type PreviewPart = z.infer<typeof previewPart>;

/** What a channel would be handed, made by the code that will hand it over. */
export const ChannelPreview = z.object({
  parts: z.array(previewPart),
  /** In the order in which they are shown; the cover first, where it is one of them. */
  pictures: z.array(hash),
  /** Why it would not be handed over as it is. */
  refused: line.nullable(),
});
export type ChannelPreview = z.infer<typeof ChannelPreview>;
