import { z } from 'zod';
import { keptFile, publication } from './item.ts';
import { releaseKind } from './release.ts';
import { hash, html, instant, line, siteId, token } from './words.ts';

/**
 * What the world may see, and only that: the whole content of the PUBLIC stream.
 * The address of its page is `<baseUrl>/<site>/<kind>/<documentId>`.
 */
export const PublicDocument = z.object({
  documentId: token,
  site: siteId,
  siteName: line,
  kind: z.enum(['repost', ...releaseKind.options, 'inspection']),
  column: line,
  title: line,
  summary: z.string().max(1000),
  html,
  url: z.url(),
  /** Reposts: whose word it is, where it stands, and when it was published there; never altered (国办秘函〔2019〕19号). */
  source: z.object({ name: line, link: z.url().nullable(), publication, firstSeenAt: instant }).nullable(),
  /** Rebuttals: the verdict, in the words of the form. */
  verdict: z.enum(['false', 'misleading', 'outdated']).nullable(),
  /** Rebuttals: what was claimed; and where, when somebody wants the public to find it there. */
  rumor: z.object({ claim: line, link: z.url().nullable() }).optional(),
  /** Images and attachments that the site serves itself, at `<url>/files/<hash>`, because upstream may move its own. */
  files: z
    .array(keptFile.omit({ url: true }))
    .max(200)
    .default([]),
  postedAt: instant,
  version: z.int().min(1),
  contentHash: hash,
  /** It is no longer public, and its address says so for ever: of what it was, nothing is left in here. */
  withdrawnAt: instant.optional(),
  /** Why it was taken back, where the public is told. */
  withdrawnBecause: line.optional(),
  /** Of a later version: when it replaced the one before, and what is different. `postedAt` stays what it was. */
  corrected: z.object({ at: instant, note: line }).optional(),
});
export type PublicDocument = z.infer<typeof PublicDocument>;

/** What opens pages that were sealed before their moment: all of them, on every site, from this one message on. */
export const SealKey = z.object({
  sealId: token,
  /** AES-256, base64. */
  key: z.string().length(44),
  /** Where the sealed pages stand in the PUBLIC stream. */
  positions: z.array(z.int().min(1)).max(20_000),
  /** The moment that every page says it was posted at. */
  postedAt: instant,
});
export type SealKey = z.infer<typeof SealKey>;
