import { textOf } from '@tongsheng/web';
import { BadFeed, type FeedFormat, type RawEntry, type RawFeed } from './feed.ts';
import { child, childrenNamed, elementsOf, escapeText, find, innerHtml, type Element } from './tree.ts';

/** Reads RSS of any version and Atom 0.3 and 1.0 from a tolerant tree. @throws BadFeed when it is neither. */
export function readXmlFeed(document: Element): RawFeed {
  const root = find(document, 'rss', 'rdf', 'feed') ?? find(document, 'channel');
  if (!root) throw new BadFeed('not_a_feed', 'no <rss>, <feed> or <rdf:RDF> in the document');
  return { ...(root.name === 'feed' ? readAtom(root) : readRss(root)), truncated: document.cut };
}

/** Half a title must never become an item. */
const isWhole = ({ cut }: Element) => !cut;

const plain = (element: Element | undefined) => textOf(innerHtml(element)).replaceAll('\n', ' ');
const verbatim = (element: Element | undefined) => (element ? innerHtml(element).trim() : '');

function readRss(root: Element): Omit<RawFeed, 'truncated'> {
  const channel = root.name === 'channel' ? root : (child(root, 'channel') ?? root);
  const items = [...childrenNamed(channel, 'item'), ...(channel === root ? [] : childrenNamed(root, 'item'))];
  const version = root.attributes['version']?.trim() ?? '';
  const format: FeedFormat = root.name === 'rdf' ? 'rss-1.0' : version.startsWith('0.') ? 'rss-0.9x' : 'rss-2.0';
  return {
    format,
    title: plain(child(channel, 'title')),
    link: rssLink(channel),
    description: plain(child(channel, 'description')),
    id: '',
    language: verbatim(child(channel, 'language', 'dc:language')),
    updated: verbatim(child(channel, 'lastbuilddate', 'pubdate', 'dc:date')),
    entries: items.filter(isWhole).map(readRssItem),
  };
}

function readRssItem(item: Element): RawEntry {
  const guid = child(item, 'guid');
  const content = child(item, 'content:encoded', 'encoded');
  const description = child(item, 'description', 'summary');
  const guidText = verbatim(guid);
  const isAddress = guid?.attributes['ispermalink'] !== 'false' && /^https?:\/\//i.test(guidText);
  return {
    id: guidText || item.attributes['rdf:about'] || verbatim(child(item, 'dc:identifier')),
    title: plain(child(item, 'title', 'dc:title')),
    link: rssLink(item) || (isAddress ? guidText : ''),
    published: verbatim(child(item, 'pubdate', 'dc:date', 'published', 'date')),
    updated: verbatim(child(item, 'updated', 'dcterms:modified')),
    summary: content ? innerHtml(description) : '',
    contentHtml: innerHtml(content ?? description),
    author: plain(child(item, 'dc:creator', 'author')),
    categories: childrenNamed(item, 'category', 'dc:subject').map(plain).filter(Boolean),
    enclosures: childrenNamed(item, 'enclosure').flatMap(({ attributes: { url } }) => (url ? [url] : [])),
  };
}

/** `<link>` as RSS writes it; an `atom:link` beside it names the feed itself and is not it. */
function rssLink(element: Element): string {
  const own = elementsOf(element).filter(({ name }) => name === 'link');
  const written = own.map((each) => verbatim(each)).find(Boolean);
  return written ?? own.find(({ attributes: { href, rel } }) => href && rel !== 'self')?.attributes['href'] ?? '';
}

function readAtom(feed: Element): Omit<RawFeed, 'truncated'> {
  const base = feed.attributes['xml:base'] ?? '';
  return {
    format: feed.attributes['version'] === '0.3' ? 'atom-0.3' : 'atom-1.0',
    title: atomText(child(feed, 'title')),
    link: resolve(atomLink(feed), base),
    description: atomText(child(feed, 'subtitle', 'tagline')),
    id: verbatim(child(feed, 'id')),
    language: feed.attributes['xml:lang'] ?? '',
    updated: verbatim(child(feed, 'updated', 'modified')),
    entries: childrenNamed(feed, 'entry')
      .filter(isWhole)
      .map((entry) => readAtomEntry(entry, base)),
  };
}

function readAtomEntry(entry: Element, feedBase: string): RawEntry {
  const base = resolve(entry.attributes['xml:base'] ?? '', feedBase) || feedBase;
  const content = child(entry, 'content');
  const summary = child(entry, 'summary');
  const links = childrenNamed(entry, 'link');
  return {
    id: verbatim(child(entry, 'id')),
    title: atomText(child(entry, 'title')),
    link: resolve(atomLink(entry), base),
    published: verbatim(child(entry, 'published', 'issued', 'created')),
    updated: verbatim(child(entry, 'updated', 'modified')),
    summary: content ? atomHtml(summary) : '',
    contentHtml: atomHtml(content ?? summary),
    author: plain(child(child(entry, 'author') ?? entry, 'name')),
    categories: childrenNamed(entry, 'category').flatMap(({ attributes: { label, term } }) => label ?? term ?? []),
    enclosures: links.flatMap(({ attributes: { rel, href } }) =>
      rel === 'enclosure' && href ? [resolve(href, base)] : [],
    ),
  };
}

/** `alternate` is the page, also when `self` stands before it; an enclosure is never the page. */
function atomLink(element: Element): string {
  const links = childrenNamed(element, 'link').filter(({ attributes: { href } }) => href);
  const pages = links.filter(({ attributes: { rel = 'alternate' } }) => rel === 'alternate');
  const page = pages.find(({ attributes: { type = 'text/html' } }) => type.includes('html')) ?? pages[0];
  return page?.attributes['href'] ?? '';
}

const isMarkup = ({ attributes: { type = 'text', mode = '' } }: Element) => /html/.test(type) || mode === 'escaped';

/** An Atom text construct as plain text: `type="text"` is shown as it is written. */
function atomText(element: Element | undefined): string {
  if (!element) return '';
  const html = innerHtml(element);
  return (isMarkup(element) ? textOf(html) : elementsOf(element).length > 0 ? textOf(html) : html)
    .replace(/\s+/g, ' ')
    .trim();
}

function atomHtml(element: Element | undefined): string {
  if (!element) return '';
  const html = innerHtml(element);
  return isMarkup(element) || elementsOf(element).length > 0 || element.name === 'content' ? html : escapeText(html);
}

function resolve(address: string, base: string): string {
  if (!address || !base || !URL.canParse(address, base)) return address;
  return new URL(address, base).href;
}
