import { z } from 'zod';
import { BadFeed, eachEntry, limits, type RawFeed } from './feed.ts';
import { escapeText } from './markup.ts';

const text = z.string().catch('');
const author = z.object({ name: text }).catch({ name: '' });
const texts = z.array(z.string()).catch([]);

const Item = z.object({
  id: z.union([z.string(), z.number().transform(String)]).catch(''),
  url: text,
  external_url: text,
  title: text,
  content_html: text,
  content_text: text,
  summary: text,
  date_published: text,
  date_modified: text,
  author: author.optional(),
  authors: z.array(author).catch([]),
  tags: texts,
  attachments: z.array(z.object({ url: text }).catch({ url: '' })).catch([]),
});

const JsonFeed = z.object({
  // Some leave the version out or write its number alone; what has items and says nothing else of itself is a feed all the same.
  version: z.union([z.string().regex(/jsonfeed\.org|^\s*1(\.[01])?\s*$/), z.literal([1, 1.1])]).nullish(),
  title: text,
  home_page_url: text,
  feed_url: text,
  description: text,
  language: text,
  items: z.array(z.unknown()),
});

/** JSON Feed 1.0 and 1.1. @throws BadFeed */
export function readJsonFeed(source: string): RawFeed {
  const parsed = JsonFeed.safeParse(parse(source));
  if (!parsed.success) throw new BadFeed('not_a_feed', 'JSON, but not a JSON Feed');
  const { title, home_page_url: link, feed_url: id, description, language, items } = parsed.data;
  const entries = eachEntry(items, (each) => {
    const item = Item.parse(each);
    const contentHtml = item.content_html || (item.content_text && `<p>${escapeText(item.content_text)}</p>`);
    if (contentHtml.length > limits.fieldChars)
      throw new BadFeed('field_too_large', `an item holds ${contentHtml.length} characters`);
    return {
      id: item.id,
      title: item.title,
      link: item.url || item.external_url,
      published: item.date_published,
      updated: item.date_modified,
      summary: escapeText(item.summary) || contentHtml,
      contentHtml: contentHtml || escapeText(item.summary),
      author: (item.authors[0] ?? item.author)?.name ?? '',
      categories: item.tags,
      enclosures: item.attachments.map(({ url }) => url).filter(Boolean),
    };
  });
  return { format: 'json-feed', title, link, description, id, language, updated: '', entries, truncated: false };
}

function parse(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new BadFeed('malformed', `not JSON: ${String(error)}`);
  }
}
