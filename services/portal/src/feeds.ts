import type { PublicDocument } from '@tongsheng/contracts';
import { html as escaped, statedDate } from '@tongsheng/pages';
import { Feed, type Extension, type Item } from 'feed';
import { DateTime } from 'luxon';

export const feedFormats = { rss: 'application/rss+xml', atom: 'application/atom+xml', json: 'application/feed+json' };
export type FeedFormat = keyof typeof feedFormats;

/** Longer texts are left to their pages, so that no feed grows without bound. Characters. */
const longestText = 300_000;

export type FeedHead = {
  title: string;
  /** Where people read what the feed lists. */
  home: string;
  /** Where the feed is, in this format. */
  self: string;
  /** Who tells of changes to it (W3C WebSub). */
  hub: string;
};

/**
 * Writes a feed, newest document first. Addresses serve as ids. When a source stated a time, that is the date of
 * publication; when it stated a day, RSS carries the day (`dc:date`) and the others leave the date out; when it stated
 * nothing there is none. Atom's `updated` and JSON Feed's `date_modified` are ours: when we posted it, or
 * corrected it.
 * @param gone what was taken back: in Atom and RSS as RFC 6721 says it, in JSON Feed as an extension of ours.
 */
export function writeFeed(
  format: FeedFormat,
  head: FeedHead,
  documents: readonly PublicDocument[],
  gone: readonly Gone[] = [],
): string {
  const title = xmlText(head.title);
  const feed = new Feed({
    id: head.home,
    title,
    description: title,
    link: head.home,
    language: 'zh-CN',
    generator: 'Tongsheng',
    author: { name: title, link: head.home },
    // A feed of nothing was never updated; the library would say "now".
    updated: [...documents.map(changedAt), ...gone.map(({ withdrawnAt }) => withdrawnAt)]
      .map(dateOf)
      .reduce(later, new Date(0)),
    feedLinks: { [format]: head.self },
    hub: head.hub,
  });
  // The library leaves out a date that is not there, though its type demands one.
  for (const document of documents) feed.addItem(items[format](document) as Item);
  return {
    rss: () => withTombstones(feed.rss2(), gone, '</channel>'),
    atom: () => withTombstones(feed.atom1(), gone, '</feed>'),
    json: () => asJsonFeed(feed.json1(), head.hub, gone),
  }[format]();
}

const changedAt = ({ postedAt, corrected }: PublicDocument): string => corrected?.at ?? postedAt;

type Gone = { url: string; withdrawnAt: string };

/** The library knows no tombstones. */
function withTombstones(feed: string, gone: readonly Gone[], closing: string): string {
  const said = gone.map(
    ({ url, withdrawnAt }) =>
      escaped`<at:deleted-entry xmlns:at="http://purl.org/atompub/tombstones/1.0" ref="${url}" when="${withdrawnAt}"/>`
        .text,
  );
  const end = feed.lastIndexOf(closing);
  return [feed.slice(0, end), ...said, feed.slice(end)].join('');
}

/** JSON Feed 1.1, of which the library knows the version before: names that begin with an underscore are extensions. */
function asJsonFeed(feed: string, hub: string, gone: readonly Gone[]): string {
  const { items: listed, ...said } = JSON.parse(feed) as Authored & { items: Authored[] };
  const deleted = gone.map(({ url, withdrawnAt }) => ({ url, when: withdrawnAt }));
  const whole = {
    ...withAuthors(said),
    version: 'https://jsonfeed.org/version/1.1',
    language: 'zh-CN',
    hubs: [{ type: 'WebSub', url: hub }],
    items: listed.map(withAuthors),
    ...(deleted.length > 0 && { _deleted: deleted }),
  };
  return JSON.stringify(whole, null, 4);
}

type Authored = { author?: object; [field: string]: unknown };

/** The library writes version 1, in which there was one author. */
const withAuthors = ({ author, ...rest }: Authored): object => (author ? { ...rest, authors: [author] } : rest);

type Dated = Omit<Item, 'date'> & { date?: Date };

const items: Record<FeedFormat, (document: PublicDocument) => Dated> = { rss: rssItem, atom: atomItem, json: jsonItem };

function rssItem(document: PublicDocument): Dated {
  const { title, summary, url, column, source, siteName } = document;
  const content = contentOf(document);
  const day = source?.publication.precision === 'day' ? statedDate(source.publication) : null;
  // The library declares `dc` only beside a text.
  const dublinCore = content === '' ? [] : [element('dc:creator', source?.name ?? siteName)];
  if (content !== '' && day !== null) dublinCore.push(element('dc:date', day));
  return {
    title,
    link: url,
    ...publishedOf(document),
    ...(content !== '' && { content }),
    category: [{ name: xmlText(column) }],
    // In place of the library's own, which breaks over `]]>`.
    extensions: [
      element('title', title),
      ...(summary === '' ? [] : [element('description', escaped`${summary}`.text)]),
      ...dublinCore,
    ],
  };
}

function atomItem(document: PublicDocument): Dated {
  const { title, summary, url, column, source } = document;
  return {
    title: escaped`${xmlText(title)}`.text,
    link: url,
    date: dateOf(changedAt(document)),
    ...publishedOf(document),
    ...(summary !== '' && { description: escaped`${xmlText(summary)}`.text }),
    content: contentOf(document),
    // The library leaves `<` in attributes as it is.
    category: [{ term: xmlText(column).replaceAll('<', '＜') }],
    ...(source && { author: [{ name: xmlText(source.name), ...(source.link && { link: source.link }) }] }),
  };
}

function jsonItem(document: PublicDocument): Dated {
  const { title, summary, url, column, source } = document;
  return {
    id: url,
    title: title.toWellFormed(),
    link: url,
    date: dateOf(changedAt(document)),
    ...publishedOf(document),
    ...(summary !== '' && { description: summary.toWellFormed() }),
    content: contentOf(document),
    category: [{ name: column }],
    ...(source && {
      author: [{ name: source.name, ...(source.link && { link: source.link }) }],
      extensions: [
        {
          name: '_source',
          objects: { name: source.name, url: source.link, published: statedDate(source.publication) },
        },
      ],
    }),
  };
}

/** The date of publication, where a moment was stated: the source's own, or for what we originate, ours. */
function publishedOf({ source, postedAt }: PublicDocument): { published?: Date } {
  if (!source) return { published: dateOf(postedAt) };
  const { at, precision } = source.publication;
  return at !== null && (precision === 'second' || precision === 'minute') ? { published: dateOf(at) } : {};
}

/** Sanitised text, safe inside one CDATA section: `]]&gt;` is the same HTML. */
const contentOf = ({ html }: PublicDocument): string =>
  html.length > longestText ? '' : xmlText(html).replaceAll(']]>', ']]&gt;');

/** An element with text. The library turns `&amp;` back before it escapes. */
const element = (name: string, text: string): Extension => ({
  name,
  objects: { _text: xmlText(text).replaceAll('&', '&amp;') },
});

/** Without what XML 1.0 can't hold. */
const xmlText = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.toWellFormed().replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');

const dateOf = (instant: string): Date => DateTime.fromISO(instant).toJSDate();
const later = (one: Date, other: Date): Date => (other > one ? other : one);
