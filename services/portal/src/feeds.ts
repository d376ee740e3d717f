import type { PublicDocument } from '@tongsheng/contracts';
import { Feed } from 'feed';

export type FeedKind = 'rss' | 'atom' | 'json';

export const feedTypes: Record<FeedKind, string> = {
  rss: 'application/rss+xml; charset=utf-8',
  atom: 'application/atom+xml; charset=utf-8',
  json: 'application/feed+json; charset=utf-8',
};

/** XML 1.0 can't hold control characters or halves of surrogate pairs; the writer passes them on. */
const clean = (text: string) => text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, (char) => (/\s/.test(char) ? char : ''));
/** The writer splits only the first of several `]]>` in a text. */
const cleanHtml = (html: string) => clean(html).replaceAll(']]>', ']]&gt;');

/**
 * The date of an entry: when the source published it, where the source said so to the minute; otherwise when it was
 * posted here. A day that the source stated without a time is told in the page, not turned into a midnight.
 */
function dateOf({ source, postedAt }: PublicDocument): Date {
  const { at = null, precision = 'none' } = source?.publication ?? {};
  return new Date(at !== null && (precision === 'second' || precision === 'minute') ? at : postedAt);
}

/** RSS 2.0, Atom 1.0 or JSON Feed of some documents, newest first. */
export function writeFeed(
  kind: FeedKind,
  about: { title: string; url: string; feedUrl: string },
  documents: PublicDocument[],
): string {
  const newest = documents[0];
  const feed = new Feed({
    id: about.url,
    title: clean(about.title),
    description: clean(about.title),
    link: about.url,
    language: 'zh-CN',
    copyright: '',
    generator: 'Tongsheng',
    feedLinks: { [kind]: about.feedUrl },
    updated: newest ? new Date(newest.postedAt) : new Date(0),
  });
  for (const document of documents) {
    const { title, url, summary, html, source, siteName, column, postedAt } = document;
    feed.addItem({
      title: clean(title),
      id: url,
      link: url,
      ...(summary && { description: clean(summary) }),
      content: cleanHtml(html),
      author: [{ name: clean(source?.name ?? siteName), ...(source?.link && { link: source.link }) }],
      category: [{ name: clean(column) }],
      published: dateOf(document),
      date: kind === 'rss' ? dateOf(document) : new Date(postedAt),
    });
  }
  return kind === 'rss' ? feed.rss2() : kind === 'atom' ? feed.atom1() : feed.json1();
}
