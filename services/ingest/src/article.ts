import type { ArticleSelectors } from '@tongsheng/contracts';
import { decodeText } from '@tongsheng/web';
import { plainEntry, type Arrival, type Entry } from './sources/source.ts';
import { readArticle } from './webpages/article.ts';

export type ArticleReading = { zone: string; now: string; selectors?: ArticleSelectors | undefined };

export type PageRead = { ok: true; entry: Entry; charset: string } | { ok: false; code: string; detail: string };

/** An item's own page as an entry. */
export function readPage({ bytes, contentType, url }: Arrival, { zone, now, selectors }: ArticleReading): PageRead {
  const { text, charset } = decodeText(bytes, contentType);
  const read = readArticle(text, { url, zone, now, ...(selectors && { selectors }) });
  if (!read.ok) return read;
  const { title, html, published, source, issuer, column, documentNumber, attachments } = read.article;
  const entry = plainEntry({
    id: null,
    title,
    link: url,
    published,
    updatedAt: null,
    summary: '',
    contentHtml: html,
    author: source,
    categories: column === null ? [] : [column],
    enclosures: [],
  });
  return { ok: true, charset, entry: { ...entry, issuer, column, documentNumber, attachments } };
}

/**
 * An entry with the text of its page. What the source said itself stays: its id, its address, and its date unless the
 * page's is more exact.
 */
export function withPage(entry: Entry, page: Entry): Entry {
  return {
    ...entry,
    title: sameTitle(entry.title, page.title) ? page.title : entry.title || page.title,
    contentHtml: page.contentHtml,
    published:
      exactness[page.published.precision] > exactness[entry.published.precision] ? page.published : entry.published,
    author: entry.author ?? page.author,
    categories: entry.categories.length > 0 ? entry.categories : page.categories,
    documentNumber: entry.documentNumber ?? page.documentNumber,
    issuer: entry.issuer ?? page.issuer,
    column: entry.column ?? page.column,
    attachments: [...new Map([...entry.attachments, ...page.attachments].map((each) => [each.url, each])).values()],
  };
}

/** Lists cut titles off and pages add to them; a page whose title is another one altogether is not believed. */
function sameTitle(listed: string, own: string): boolean {
  const [a, b] = [listed, own].map((title) => title.replaceAll(/[\s\p{P}\p{S}]+/gu, '')) as [string, string];
  return b !== '' && (b.includes(a) || (b.length >= 6 && a.includes(b)));
}

const exactness = { none: 0, day: 1, minute: 2, second: 3 } as const;
