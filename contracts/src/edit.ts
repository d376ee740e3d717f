import { z } from 'zod';
import { hash, html, itemId, siteId, token } from './words.ts';

/** How much of the source's text ours must keep: below this it is not a repost any more. */
export const leastFidelity = 0.8;

/** An edited text of an item: what it was made from, and how faithful it is. */
export const textEdit = z.object({
  /** The content hash of the source's version that it was made from. */
  basedOn: hash,
  /** SHA-256 over the source's hash and the edited text: what an approval of it is bound to. */
  contentHash: hash,
  /** 1: the source's text as it stands. 0: another text. */
  fidelity: z.number().min(0).max(1),
});

/** Asks how faithful an edited text would be to a version of an item that a task owes. */
export const FidelityQuery = z.strictObject({ taskId: token, site: siteId, itemId, basedOn: hash, html });
export type FidelityQuery = z.infer<typeof FidelityQuery>;

/** As it would be saved: its words, one line a block, and how faithful they are. */
export const FidelityView = z.object({ fidelity: textEdit.shape.fidelity, text: z.string() });
export type FidelityView = z.infer<typeof FidelityView>;
