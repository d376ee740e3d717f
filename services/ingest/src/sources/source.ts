import type { Source } from '@tongsheng/contracts';
import type { FeedEntry } from '@tongsheng/feeds';

/** What a server gave us to ask "anything new?" with. */
export type Marks = { etag: string | null; lastModified: string | null };

/** What one look at a source brought. Trouble is a value: a closed code and its detail, for the source's page. */
export type Look =
  | { kind: 'unchanged' }
  /** Trouble beside entries: what could be read was, and something is wrong all the same. */
  | { kind: 'read'; entries: FeedEntry[]; marks: Marks; trouble: { code: string; detail: string } | null }
  | { kind: 'trouble'; code: string; detail: string };

export type LookOptions = { allow: readonly string[]; marks: Marks | null };

/** A way to read a kind of source: one file here, its test, one line in `index.ts`. */
export type SourceAdapter = { kind: Source['kind']; look(source: Source, options: LookOptions): Promise<Look> };
