import { z } from 'zod';
import { draftInProgress } from './preview.ts';
import { releaseId } from './release.ts';
import { hash, instant, line, personId, siteId } from './words.ts';

/** What one person has written and not saved yet: kept by itself every few seconds, and no part of the release's history. */
export const workingCopy = z.object({
  site: siteId,
  releaseId,
  draft: draftInProgress,
  /** The revision that it was written on; 0 for a release that was never saved. */
  baseRevision: z.int().min(0),
  keptAt: instant,
});
export type WorkingCopy = z.infer<typeof workingCopy>;

/** Somebody who has the draft open. */
export const presentEditor = z.object({ personId, name: line, seenAt: instant });
export type PresentEditor = z.infer<typeof presentEditor>;

/** What is said to an open editor: whether its text is kept, who else is there, and what was saved last. */
export const EditingView = z.object({
  keptAt: instant.nullable(),
  others: z.array(presentEditor),
  /** The caller has it open in another window too: what is kept of a person in a draft is one text. */
  isElsewhere: z.boolean(),
  revision: z.int().min(0),
  savedByName: line.nullable(),
});
export type EditingView = z.infer<typeof EditingView>;

/** One saved version of a release. */
export const RevisionRow = z.object({
  revision: z.int().min(1),
  contentHash: hash,
  title: line,
  by: personId,
  byName: line,
  draftedAt: instant,
});
export type RevisionRow = z.infer<typeof RevisionRow>;
