import RssParser from 'rss-parser';
import type { RawEntry, RawFeed } from './feed.ts';
import { escapeText } from './markup.ts';

/**
 * rss-parser reads well-formed RSS 2.0 well, and everything else wrongly or not at all (ids as objects, markup lost,
 * a regular expression over bodies that takes seconds). So it is given just that: the fields of the tolerant reader as
 * canonical RSS, bodies and dates as tokens, which are put back afterwards.
 */
export async function throughRssParser(feed: RawFeed): Promise<RawFeed> {
  const parser = new RssParser<object, { ref?: string; author?: string; category?: string[] }>({
    customFields: { item: ['ref', 'author', ['category', 'category', { keepArray: true }]] },
  });
  const parsed = await parser.parseString(canonicalRss(feed));
  const entries = parsed.items.map((item): RawEntry => {
    const raw = feed.entries[Number(item.ref)]!;
    const { title = '', link = '', guid = '', author = '' } = item;
    return { ...raw, title, link, id: guid, author, categories: item.category ?? [] };
  });
  return {
    ...feed,
    title: parsed.title ?? '',
    link: parsed.link ?? '',
    description: parsed.description ?? '',
    entries,
  };
}

function canonicalRss({ title, link, description, entries }: RawFeed): string {
  const items = entries.map((entry, i) => {
    const categories = entry.categories.map((each) => field('category', each)).join('');
    const fields =
      field('title', entry.title) + field('link', entry.link) + field('guid', entry.id) + field('author', entry.author);
    return `<item><ref>${i}</ref>${fields}${categories}</item>`;
  });
  const head = field('title', title) + field('link', link) + field('description', description);
  return `<?xml version="1.0"?><rss version="2.0"><channel>${head}${items.join('')}</channel></rss>`;
}

/** XML 1.0 can't hold control characters or halves of surrogate pairs in any spelling. */
const field = (name: string, text: string) =>
  text === '' ? '' : `<${name}>${escapeText(text.replace(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]/gu, keepSpace))}</${name}>`;

const keepSpace = (char: string) => (/\s/.test(char) ? char : '');
