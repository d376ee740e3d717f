import { Parser } from 'htmlparser2';

/** Parameters that tell who reads and not what is read. */
const tracking =
  /^(utm_\w+|spm|scm|share\w*|sharer_\w+|isappinstalled|nsukey|wxfid|wxshare\w*|wx_\w+|gclid|fbclid|msclkid|_t|_ts|timestamp|random|jsessionid|phpsessid|sessionid)$/i;
/** `from=timeline` tells where a reader came from; `from=20` where a list begins. */
const isTracking = (name: string, value: string) => tracking.test(name) || (name === 'from' && !/^\d+$/.test(value));

/** A page's name for a directory. */
const indexPage = /\/(index|default)\.(s?html?|aspx?|jsp|php)$/i;

/**
 * An address without what changes while the page is the same: tracking parameters, session ids, fragments, default
 * ports, doubled slashes, and the name of an index page.
 */
export function canonicalLink(address: string): string {
  const url = new URL(address);
  url.pathname = url.pathname
    .replace(/;jsessionid=[^/]*/i, '')
    .replaceAll(/\/{2,}/g, '/')
    .replace(indexPage, '/');
  const tracked = [...url.searchParams].filter(([name, value]) => isTracking(name, value));
  for (const [name] of tracked) url.searchParams.delete(name);
  // Setting it to nothing takes a lonely `?` or `#` away too.
  if (url.search === '') url.search = '';
  if (!url.hash.startsWith('#!')) url.hash = '';
  return url.href;
}

/** What two addresses of one page have in common: the canonical one without scheme and leading `www.`. */
export function linkKey(address: string): string {
  if (!URL.canParse(address)) return address;
  return canonicalLink(address).replace(/^https?:\/\/(www\.)?/, '');
}

export type Discovered = { title: string; feeds: { url: string; title: string }[] };

const feedTypes = /^application\/(rss\+xml|atom\+xml|feed\+json|json)/;

/** The title of a page and the feeds that it names: `<link rel="alternate">` (RFC 4287 and RSS autodiscovery), then anchors. */
export function discoverLinks(html: string, { url }: { url: string }): Discovered {
  const feeds = new Map<string, string>();
  let title = '';
  let inTitle = false;
  const add = (href: string, name: string) => {
    if (!URL.canParse(href, url)) return;
    const found = new URL(href, url);
    if (/^https?:$/.test(found.protocol)) feeds.set(found.href, feeds.get(found.href) ?? name);
  };
  const parser = new Parser({
    onopentag(tag, { rel = '', type = '', href, title: name = '' }) {
      inTitle = tag === 'title' && title === '';
      if (!href) return;
      if (tag === 'link' && /\balternate\b/i.test(rel) && feedTypes.test(type)) add(href, name);
      if (tag === 'a' && /(^|[/._-])(rss|atom|feed)(\d*\.xml|\.json|\/?$|[?#])/i.test(href)) add(href, name);
    },
    ontext(text) {
      if (inTitle) title += text;
    },
    onclosetag(tag) {
      if (tag === 'title') inTitle = false;
    },
  });
  parser.end(html);
  return { title: title.trim(), feeds: [...feeds].map(([address, name]) => ({ url: address, title: name })) };
}
