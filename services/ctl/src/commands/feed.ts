import { setImmediate as turn } from 'node:timers/promises';
import { readFeedApart, type Feed, type FeedEntry } from '@tongsheng/feeds';
import { Failure } from '../failure.ts';
import { readInput } from '../input.ts';

export type FeedOptions = {
  json?: boolean;
  feed?: boolean;
  zone: string;
  /** What HTTP would have said of a file, or said wrongly of an address. */
  contentType?: string;
  url?: string;
};

/** A normalised entry, in the order in which it is printed. */
export const entryLine = ({
  id,
  title,
  link,
  published,
  updatedAt,
  summary,
  contentHtml,
  author,
  categories,
}: FeedEntry) => ({
  id,
  title,
  link,
  publishedAt: published.at,
  updatedAt,
  summary,
  contentHtml,
  author,
  categories,
});

/** The feed itself, in the order in which it is printed. */
export const feedLine = ({ title, link, description, id, language, updatedAt, format, encoding }: Feed) => ({
  title,
  link,
  description,
  id,
  language,
  updatedAt,
  format,
  encoding,
});

/** Reads a feed the way `ingest` does, and prints what it found. */
export async function readFeedCommand(
  source: string,
  { json, feed: withFeed, zone, ...told }: FeedOptions,
  allow: readonly string[],
): Promise<string[]> {
  const { bytes, contentType, url } = await readInput(source, allow);
  const read = await readFeedApart(bytes, {
    contentType: told.contentType ?? contentType,
    url: told.url ?? url,
    zone,
    now: new Date().toISOString(),
  });
  if (!read.ok) throw new Failure(`${source}: ${read.code}: ${read.detail}`);
  const { feed, entries, replaced, truncated } = read;
  if (truncated) process.stderr.write(`${source}: the document ends in the middle; these are its whole entries\n`);
  if (replaced > 0) process.stderr.write(`${source}: ${replaced} characters could not be read as ${feed.encoding}\n`);
  const head = json
    ? JSON.stringify(feedLine(feed))
    : `${feed.title || '(no title)'} · ${feed.format} · ${feed.encoding} · ${entries.length} entries`;
  const lines = withFeed ? [head] : [];
  for (const [i, entry] of entries.entries()) {
    // Thousands of long texts in one go would hold up whatever else runs here.
    if (i % 50 === 49) await turn();
    lines.push(json ? JSON.stringify(entryLine(entry)) : readable(entry));
  }
  return lines;
}

const readable = ({ published, title, link }: FeedEntry): string =>
  `${published.at ?? published.text ?? '(no date)'}\t${title || '(no title)'}\t${link ?? ''}`;
