import { publicationSettings, type PublicDocument } from '@tongsheng/contracts';
import { showPublication, showTime, statedDate, verdictWords, withdrawnDocument } from '@tongsheng/pages';
import { textOf } from '@tongsheng/web';
import { readPage, type Part } from './marked-page.ts';
import { defineSiteKind, type Check } from './site-kind.ts';

/** Our own portal: it shows what is in the PUBLIC stream, where a second copy of a document is none. */
export const portal = defineSiteKind({
  kind: 'portal',
  settings: publicationSettings.portal,
  onUnknown: 'same_key',
  open: (_, { file, publicSide }) => ({
    async publish(document) {
      // Before the page that shows them; what is there already is not copied again.
      for (const { hash } of document.files) await publicSide.keepFile(await file(hash));
      return { url: document.url, publicPosition: await publicSide.publish(document) };
    },
    find: async () => null,
    async remove(document, { url, publicPosition }, askedAt) {
      if (publicPosition === null) {
        const detail = `${url} is a page of another system, which the site does not name any more`;
        return { code: 'published_elsewhere', detail, outcome: 'rejected_permanent' };
      }
      return { publicPosition: await publicSide.publish(withdrawnDocument(document, askedAt)) };
    },
    test: async () => null,
  }),
  check: checkPage,
  shown(page, { title }) {
    const { parts } = readPage(page);
    const marked = (mark: string) => parts.filter((part) => part.mark === mark);
    const titles = marked('article-title').map(({ text }) => plain(text));
    const text = marked('article-body').map(({ markup }) => textOf(markup));
    return { titles, hasTitle: titles.includes(plain(title)), text: text.join('\n') };
  },
  keepsFiles: true,
  // The first page of the list holds what is newest; the feeds hold as much.
  lists({ url, site }) {
    const home = url.slice(0, url.lastIndexOf(`/${site}/`) + site.length + 1);
    return [
      { check: 'not_listed', url: home },
      ...['rss', 'atom', 'json'].map((format) => ({
        check: 'not_in_feeds' as const,
        url: `${home}/feed.${format}`,
      })),
    ];
  },
});

/** One fact of a page: what it must say, `null` when it must not be there, and what it says. */
type Fact = { check: Check['name']; want: string | null; shown: readonly string[] };

/**
 * Compares a page, as it was fetched from outside, with what was approved: title, every word, link and image of the
 * text, the source's name, the links to the original, and the dates. Each must stand there once and nothing beside
 * them; spacing and line breaks may differ.
 */
export function checkPage(page: string, approved: PublicDocument): Check[] {
  const facts = factsOf(page, approved);
  const names = ['title', 'text', 'source', 'source_link', 'published_date'] as const;
  return names.map((name) => ({ name, ok: facts.filter(({ check }) => check === name).every(holds) }));
}

const holds = ({ want, shown }: Fact) => (want === null ? shown.length === 0 : shown.length === 1 && shown[0] === want);

function factsOf(page: string, approved: PublicDocument): Fact[] {
  const { title, html, summary, verdict, source, siteName, postedAt } = approved;
  const { parts, labels } = readPage(page);
  const marked = (mark: string) => parts.filter((part) => part.mark === mark);
  const said = (check: Check['name'], mark: string, want: string | null): Fact => ({
    check,
    want: want && plain(want),
    shown: marked(mark).map(({ text }) => plain(text)),
  });
  const linked = (mark: string): Fact => ({ check: 'source_link', want: link, shown: marked(mark).flatMap(linksOf) });
  const labelled = (check: Check['name'], name: string, want: string | null): Fact => ({
    check,
    want: want && plain(want),
    shown: labels.filter((label) => label.name === name).map(({ content }) => plain(content)),
  });

  const link = source?.link ?? null;
  const date = source && statedDate(source.publication);
  const words = source ? ['来源', '发布时间', ...(date ? [] : ['首次发现']), '转载时间'] : ['发布机构', '发布时间'];
  const body = marked('article-body').map(({ markup }) => markup);
  return [
    said('title', 'article-title', title),
    labelled('title', 'ArticleTitle', title),

    { check: 'text', want: textOf(html.toWellFormed()), shown: body.map(textOf) },
    { check: 'text', want: addressesOf(html), shown: body.map(addressesOf) },
    said('text', 'article-summary', summary || null),
    said('text', 'article-verdict', verdict && verdictWords[verdict]),
    // What stands in the article beside its marked parts: the names of the facts, and nothing.
    said('text', 'article-facts', words.join(' ')),
    said('text', 'article', ''),

    said('source', 'article-source', source && source.name),
    said('source', 'article-issuer', source ? null : siteName),
    labelled('source', 'ContentSource', source?.name ?? siteName),

    linked('article-source'),
    linked('article-origin'),
    said('source_link', 'article-origin', link && `原文链接：${link}`),

    said('published_date', 'article-published', source && showPublication(source.publication)),
    said('published_date', 'article-first-seen', source && !date ? showTime(source.firstSeenAt) : null),
    said('published_date', 'article-posted', showTime(postedAt)),
    labelled('published_date', 'PubDate', source ? date : showTime(postedAt)),
  ];
}

const linksOf = ({ links }: Part) => links;
const plain = (text: string) => text.toWellFormed().replace(/\s+/gu, ' ').trim();

/** Where a text leads and what it pictures, in its order. */
const addressesOf = (html: string): string => readPage(html).addresses.join('\n');
