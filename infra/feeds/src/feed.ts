import type { FeedDate } from './dates.ts';

export type FeedFormat = 'rss-0.9x' | 'rss-1.0' | 'rss-2.0' | 'atom-0.3' | 'atom-1.0' | 'cdf' | 'json-feed';

/** A feed, whatever form it came in. */
export type Feed = {
  title: string;
  link: string | null;
  description: string;
  id: string | null;
  language: string | null;
  updatedAt: string | null;
  format: FeedFormat;
  encoding: string;
};

/** One entry of a feed. HTML is as the source wrote it; clean it before it is shown or stored. */
export type FeedEntry = {
  id: string | null;
  title: string;
  link: string | null;
  published: FeedDate;
  updatedAt: string | null;
  summary: string;
  contentHtml: string;
  author: string | null;
  categories: string[];
  enclosures: string[];
};

/** Before dates are read and addresses made absolute: what the document says, field by field. */
export type RawEntry = {
  id: string;
  title: string;
  link: string;
  published: string;
  updated: string;
  summary: string;
  contentHtml: string;
  author: string;
  categories: string[];
  enclosures: string[];
};

export type RawFeed = Omit<Feed, 'link' | 'id' | 'language' | 'updatedAt' | 'encoding'> & {
  link: string;
  id: string;
  language: string;
  updated: string;
  entries: RawEntry[];
  /** The document ended in the middle; an entry that was cut is not among the entries. */
  truncated: boolean;
};

/** Why bytes are not a feed that can be read. */
export type FeedTrouble =
  | 'not_a_feed'
  | 'malformed'
  | 'too_many_entries'
  | 'too_deep'
  | 'field_too_large'
  | 'entities_refused';

export class BadFeed extends Error {
  readonly code: FeedTrouble;
  constructor(code: FeedTrouble, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** Entries of a list, read one by one. @throws BadFeed too_many_entries, before any is read */
export function eachEntry<T>(list: readonly T[], read: (each: T) => RawEntry): RawEntry[] {
  if (list.length > limits.entries)
    throw new BadFeed('too_many_entries', `${list.length} entries; at most ${limits.entries} are read`);
  return list.map(read);
}

export const limits = {
  entries: 5_000,
  depth: 256,
  elements: 500_000,
  unclosed: 20_000,
  bareSigns: 500_000,
  fieldChars: 1_048_576,
};
