import { textOf } from '@tongsheng/web';
import { eachEntry, type RawEntry, type RawFeed } from './feed.ts';
import { escapeText, resolve } from './markup.ts';
import { mediaElement, mediaText } from './media.ts';
import { child, childrenNamed, childSaying, elementsOf, innerHtml, innerText, says, type Element } from './tree.ts';

/** Atom 0.3 and 1.0 (RFC 4287). */
export function readAtom(feed: Element): Omit<RawFeed, 'truncated'> {
  return {
    format: feed.attributes['version']?.trim() === '0.3' ? 'atom-0.3' : 'atom-1.0',
    title: asText(childSaying(feed, 'title', 'dc:title')),
    link: linkOf(feed),
    description: asText(childSaying(feed, 'subtitle', 'tagline', 'description', 'info')),
    id: innerText(child(feed, 'id')),
    language: feed.attributes['xml:lang'] ?? '',
    updated: innerText(childSaying(feed, 'updated', 'modified', 'dc:date')),
    entries: eachEntry(
      childrenNamed(feed, 'entry', 'item').filter(({ cut }) => !cut),
      readEntry,
    ),
  };
}

function readEntry(entry: Element): RawEntry {
  const contents = childrenNamed(entry, 'content', 'content:encoded', 'xhtml:body');
  // Of several forms of one text, markup says more than plain text.
  const content = asHtml(contents.find((each) => isMarkup(each) && says(each)) ?? contents.find(says));
  const summary =
    asHtml(childSaying(entry, 'summary', 'description', 'dc:description')) || (content ? '' : mediaText(entry));
  return {
    id: idOf(childSaying(entry, 'id', 'guid')),
    title: asText(childSaying(entry, 'title', 'dc:title') ?? mediaElement(entry, 'media:title')),
    link: linkOf(entry),
    published: innerText(
      childSaying(entry, 'published', 'issued', 'pubdate', 'dcterms:issued', 'dc:date', 'created', 'dcterms:created'),
    ),
    updated: innerText(childSaying(entry, 'updated', 'modified', 'dcterms:modified', 'dc:date')),
    summary: summary || content,
    contentHtml: content || summary,
    author: textOf(innerHtml(child(child(entry, 'author') ?? entry, 'name') ?? childSaying(entry, 'dc:creator'))),
    categories: [
      ...childrenNamed(entry, 'category').flatMap(
        (each) => each.attributes['label'] ?? each.attributes['term'] ?? (innerText(each) || []),
      ),
      ...childrenNamed(entry, 'dc:subject').map(innerText),
    ].filter(Boolean),
    enclosures: childrenNamed(entry, 'link').flatMap(({ attributes: { rel, href }, base }) =>
      rel === 'enclosure' && href ? [resolve(href, base)] : [],
    ),
  };
}

/** As it is written, which must be an IRI (RFC 4287 4.2.6); a path is none, and stands against its `xml:base`. */
function idOf(element: Element | undefined): string {
  const id = innerText(element);
  return element && id.includes('/') && !/^[a-z][a-z\d+.-]*:/i.test(id) ? resolve(id, element.base) : id;
}

/** `alternate` is the page, also when `self` stands before it; an enclosure is never the page. */
function linkOf(element: Element): string {
  const links = childrenNamed(element, 'link').filter(({ attributes: { href } }) => href);
  const relation = ({ attributes: { rel } }: Element) =>
    (rel?.trim().toLowerCase() || 'alternate').replace('http://www.iana.org/assignments/relation/', '');
  const pages = links.filter((each) => relation(each) === 'alternate');
  const page = pages.find(({ attributes: { type = 'text/html' } }) => type.includes('html')) ?? pages[0];
  if (page) return resolve(page.attributes['href']!, page.base);
  const written = childrenNamed(element, 'link').find((each) => innerText(each) !== '');
  if (written) return resolve(innerText(written), written.base);
  // The text may stand elsewhere, and its address then is the page's (RFC 4287 4.1.3.2).
  const source = child(element, 'content')?.attributes['src'];
  return source ? resolve(source, child(element, 'content')!.base) : '';
}

/** The type of a text construct, in both spellings: RFC 4287's words and Atom 0.3's media types. */
const typeOf = ({ attributes: { type = '' } }: Element) => type.trim().toLowerCase();
const modeOf = ({ attributes: { mode = '' } }: Element) => mode.trim().toLowerCase();

const isPlain = (type: string) => type === 'text' || type === 'text/plain' || type === 'plain';
const isMarkup = (element: Element) => /html/.test(typeOf(element)) || elementsOf(element).length > 0;

/** Base64 where Atom 0.3 says so, or where RFC 4287 4.1.3.3 demands it: a type that is no text and no XML. */
function isEncoded(element: Element): boolean {
  const type = typeOf(element);
  if (modeOf(element) === 'base64') return true;
  return modeOf(element) === '' && type.includes('/') && !/^text\/|^multipart\/|[+/]xml$/.test(type);
}

const decoded = (element: Element) => Buffer.from(innerText(element), 'base64').toString('utf8').trim();

/** An Atom text construct as plain text: plain text is shown as it is written. */
function asText(element: Element | undefined): string {
  if (!element) return '';
  const encoded = isEncoded(element);
  const html = encoded ? decoded(element) : innerHtml(element);
  const literal =
    !isMarkup(element) && (typeOf(element) === '' || isPlain(typeOf(element))) && modeOf(element) !== 'escaped';
  return (!literal ? textOf(html) : encoded ? html : innerText(element)).replaceAll(/\s+/g, ' ').trim();
}

/** An Atom text construct as HTML: plain text is escaped, what wraps XHTML is taken off. */
function asHtml(element: Element | undefined): string {
  if (!element) return '';
  if (isEncoded(element)) return /html|^$/.test(typeOf(element)) ? decoded(element) : escapeText(decoded(element));
  const children = elementsOf(element);
  const [only] = children;
  const wrapped =
    children.length === 1 &&
    only!.name === 'div' &&
    element.children.every((each) => each === only || String(each).trim() === '');
  if (wrapped) return innerHtml(only);
  if (children.length > 0) return innerHtml(element);
  const html = innerHtml(element);
  if (isPlain(typeOf(element))) return escapeText(innerText(element));
  // Without a type it is plain text by the book, and HTML in most feeds that leave it out.
  return typeOf(element) === '' && !/<\w|&\w+;/.test(html) ? escapeText(innerText(element)) : html;
}
