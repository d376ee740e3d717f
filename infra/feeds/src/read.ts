import { decodeText, TooDeep } from '@tongsheng/web';
import { throughRssParser } from './canonical.ts';
import { readDate, type FeedDate } from './dates.ts';
import { BadFeed, type Feed, type FeedEntry, type FeedTrouble, type RawEntry, type RawFeed } from './feed.ts';
import { readJsonFeed } from './json-feed.ts';
import { withBase } from './markup.ts';
import { readTree } from './tree.ts';
import { readXmlFeed } from './xml-feeds.ts';

export type ReadOptions = {
  contentType?: string | null;
  /** Where it came from; relative addresses are read against it. */
  url?: string | null;
  /** Zone of dates without one. */
  zone?: string;
  /** The moment of reading, for dates like `3小时前`. */
  now?: string;
};

export type FeedRead =
  | {
      ok: true;
      feed: Feed;
      entries: FeedEntry[];
      /** Characters that could not be read. */
      replaced: number;
      /** The document ended in the middle; what is whole of it is here. */
      truncated: boolean;
    }
  | { ok: false; code: FeedTrouble; detail: string };

/** Bytes in, a feed out, or a named reason why not. Never throws for anything that bytes can hold. */
export async function readFeed(bytes: Uint8Array, options: ReadOptions = {}): Promise<FeedRead> {
  const { text, charset, replaced } = decodeText(bytes, options.contentType ?? null);
  try {
    const raw = text.trimStart().startsWith('{') ? readJsonFeed(text) : readXmlFeed(readTree(text));
    const canonical = await throughRssParser(raw);
    return { ok: true, ...normalise(canonical, charset, options), replaced, truncated: raw.truncated };
  } catch (error) {
    if (error instanceof TooDeep) return { ok: false, code: 'too_deep', detail: error.message };
    if (error instanceof BadFeed) return { ok: false, code: error.code, detail: error.message };
    return { ok: false, code: 'malformed', detail: error instanceof Error ? error.message : String(error) };
  }
}

function normalise(
  raw: RawFeed,
  encoding: string,
  { url = null, zone = 'Asia/Shanghai', now }: ReadOptions,
): { feed: Feed; entries: FeedEntry[] } {
  const { entries, updated, truncated: _cut, ...feed } = raw;
  const link = absolute(feed.link, url);
  return {
    feed: {
      ...feed,
      link,
      id: feed.id || null,
      language: feed.language || null,
      updatedAt: readDate(updated, zone, now).at,
      encoding,
    },
    entries: entries.map((entry) => normaliseEntry(entry, link ?? url, (text) => readDate(text, zone, now))),
  };
}

function normaliseEntry(raw: RawEntry, base: string | null, read: (text: string) => FeedDate): FeedEntry {
  const { published, updated, ...entry } = raw;
  const updatedAt = read(updated);
  const stated = read(published);
  const link = absolute(entry.link, base);
  // What an entry's text points to is read against its page, later; one without a page has only the feed's place.
  const based = (html: string) => (link === null && base !== null ? withBase(html, base) : html);
  return {
    ...entry,
    id: (entry.id.startsWith('/') ? absolute(entry.id, base) : entry.id) || null,
    link,
    summary: based(entry.summary),
    contentHtml: based(entry.contentHtml),
    // Atom 1.0 demands `updated` and leaves `published` out where they are the same.
    published: published === '' && updatedAt.at !== null ? updatedAt : stated,
    updatedAt: updatedAt.at,
    author: entry.author || null,
    enclosures: entry.enclosures.flatMap((each) => absolute(each, base) ?? []),
  };
}

/** An address of the web, absolute where it is known against what; null where it leads elsewhere. */
function absolute(address: string, against: string | null): string | null {
  // Escaped twice it is the same address: `&amp;` is no part of any.
  const trimmed = address.trim().replaceAll('&amp;', '&');
  if (trimmed === '') return null;
  // A feed that came from nowhere may itself say only relatively where it is.
  const base = against !== null && URL.canParse(against) ? against : null;
  if (!URL.canParse(trimmed, base ?? undefined)) return base === null && isRelative(trimmed) ? trimmed : null;
  // As it is written where it is absolute: spelling it anew would make another address of it for a reader's eye.
  if (/^https?:\/\//i.test(trimmed) && !/[\s"<>]/.test(trimmed)) return trimmed;
  const url = new URL(trimmed, base ?? undefined);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}

/** A path, read from a file that came from nowhere. */
const isRelative = (address: string) => !/^[a-z][a-z\d+.-]*:/i.test(address) && !/\s/.test(address);
