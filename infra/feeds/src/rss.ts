import { eachEntry, type FeedFormat, type RawEntry, type RawFeed } from './feed.ts';
import { resolve } from './markup.ts';
import { mediaElement, mediaText } from './media.ts';
import {
  child,
  childrenNamed,
  childSaying,
  elementsOf,
  innerHtml,
  innerText,
  plain,
  says,
  type Element,
} from './tree.ts';

/** RSS 0.90 to 2.0, RDF among them: a channel with its items in it or beside it. */
export function readRss(root: Element): Omit<RawFeed, 'truncated'> {
  const channel = root.name === 'channel' ? root : (child(root, 'channel') ?? root);
  const inside = (element: Element): Element[] => childrenNamed(element, 'item', 'entry');
  // RSS 1.1 puts its items into a list of their own.
  const listed = childrenNamed(channel, 'items').flatMap(inside);
  const others = childrenNamed(root, 'channel').filter((each) => each !== channel);
  const items = [...inside(channel), ...listed, ...others.flatMap(inside), ...(channel === root ? [] : inside(root))];
  return {
    format: formatOf(root),
    title: plain(childSaying(channel, 'title', 'dc:title', 'media:title', 'itunes:title')),
    link: linkOf(channel),
    description: plain(childSaying(channel, 'description', 'tagline', 'subtitle', 'dc:description', 'itunes:summary')),
    id: innerText(child(channel, 'id', 'guid')) || (aboutOf(channel) ?? ''),
    language: innerText(child(channel, 'language', 'dc:language')),
    updated: innerText(childSaying(channel, 'lastbuilddate', 'updated', 'dcterms:modified', 'pubdate', 'dc:date')),
    entries: eachEntry(
      items.filter(({ cut }) => !cut),
      readItem,
    ),
  };
}

function formatOf({ name, attributes }: Element): FeedFormat {
  if (name === 'rdf') return 'rss-1.0';
  return (attributes['version'] ?? '').trim().startsWith('0.') ? 'rss-0.9x' : 'rss-2.0';
}

const aboutOf = ({ attributes }: Element): string | undefined =>
  Object.entries(attributes).find(([name]) => /(^|:)about$/.test(name))?.[1];

const descriptions = ['dc:description', 'dcterms:abstract', 'itunes:summary', 'abstract'];
const contents = ['content:encoded', 'encoded', 'xhtml:body', 'body', 'fullitem', 'prodlink', 'content', 'xhtml:div'];

function readItem(item: Element): RawEntry {
  const guid = childSaying(item, 'guid', 'id');
  const guidText = innerText(guid);
  const isPermalink = guid?.called === 'guid' && guid.attributes['ispermalink']?.trim().toLowerCase() !== 'false';
  const address = isPermalink ? resolve(guidText, guid.base) : '';
  const about = aboutOf(item) ?? '';
  // A summary beside a description, or a second description: the first is the short one.
  const [first, second] = childrenNamed(item, 'description', 'summary').filter(says);
  const content = innerHtml(childSaying(item, ...contents)) || innerHtml(second);
  const description = innerHtml(first ?? childSaying(item, ...descriptions)) || (content ? '' : mediaText(item));
  const dated = innerText(childSaying(item, 'dc:date'));
  return {
    id: (isPermalink ? address : guidText) || about || innerText(childSaying(item, 'dc:identifier')),
    title: plain(childSaying(item, 'title', 'dc:title') ?? mediaElement(item, 'media:title')),
    link: linkOf(item) || (/^https?:\/\//i.test(address) ? address : '') || (/^https?:/i.test(about) ? about : ''),
    published:
      innerText(childSaying(item, 'pubdate', 'published', 'issued', 'dcterms:issued', 'date')) ||
      dated ||
      innerText(childSaying(item, 'dcterms:created', 'created', 'prism:publicationdate')),
    updated: innerText(childSaying(item, 'updated', 'dcterms:modified', 'modified', 'lastmod')) || dated,
    summary: description || content,
    contentHtml: content || description,
    author: plain(childSaying(item, 'dc:creator', 'author', 'itunes:author', 'managingeditor', 'dc:author')),
    categories: childrenNamed(item, 'category', 'dc:subject').map(plain).filter(Boolean),
    enclosures: childrenNamed(item, 'enclosure', 'media:content').flatMap(({ attributes, base }) => {
      const address = attributes['url'] ?? attributes['href'] ?? attributes['rdf:resource'];
      return address ? [resolve(address, base)] : [];
    }),
  };
}

/** `<link>` as RSS writes it; an `atom:link` beside it may name the feed itself and is not it. */
function linkOf(element: Element): string {
  const own = elementsOf(element).filter(({ name, prefix }) => name === 'link' && prefix === '');
  const written = own.find((each) => innerText(each) !== '');
  if (written) return resolve(innerText(written), written.base);
  const pages = own.filter(({ attributes: { href, rel = 'alternate' } }) => href && rel === 'alternate');
  const page =
    pages[0] ?? own.find(({ attributes: { href, rel } }) => href && !['self', 'hub', 'enclosure'].includes(rel ?? ''));
  return page ? resolve(page.attributes['href']!, page.base) : '';
}
