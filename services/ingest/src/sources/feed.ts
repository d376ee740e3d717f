import { readFeed } from '@tongsheng/feeds';
import { found, plainEntry, type SourceAdapter } from './source.ts';
import { websubOf } from './websub-links.ts';

/** RSS, Atom and JSON Feed. */
export const feed: SourceAdapter = {
  kind: 'feed',
  arrives: 'pull',
  accept:
    'application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5',
  textOnPages: false,

  async read({ bytes, contentType, url, link }, { zone, now }) {
    const read = await readFeed(bytes, { contentType, url, zone, now });
    if (!read.ok) return read;
    const { feed: about, entries, replaced, truncated } = read;
    return found({
      title: about.title,
      entries: entries.map(plainEntry),
      charset: about.encoding,
      replaced,
      trouble: truncated ? { code: 'truncated', detail: 'the document ends in the middle' } : null,
      websub: websubOf(bytes, link, url),
    });
  },
};
