import { decodeText } from '@tongsheng/web';
import { readSitemap } from '../webpages/sitemap.ts';
import { found, linkEntry, type SourceAdapter } from './source.ts';

/** So many of the newest addresses are looked at; a sitemap names all that a site ever had. */
const newest = 500;

/** Sitemaps (sitemaps.org 0.9), news sitemaps, and indexes of them, newest first. */
export const sitemap: SourceAdapter = {
  kind: 'sitemap',
  arrives: 'pull',
  accept: 'application/xml, text/xml, text/plain;q=0.8, */*;q=0.5',
  textOnPages: true,

  read({ bytes, contentType, url }, { detector, zone, now }) {
    const { text, charset, replaced } = decodeText(bytes, contentType);
    const map = readSitemap(text, { zone, now, url });
    if (!map.ok) return map;
    const { within } = detector;
    const wanted = map.entries
      .filter(({ link }) => within === undefined || link.startsWith(within))
      .map((each) => ({ ...each, dated: each.published ?? each.lastModified }))
      .sort((a, b) => (b.dated.at ?? '').localeCompare(a.dated.at ?? ''));
    const entries = wanted.slice(0, newest).map(({ link, title, published, lastModified }) =>
      linkEntry({
        // Without news, a sitemap has no titles; the page has.
        title: title ?? '',
        link,
        // When a page was changed last is no date of publication.
        published: published ?? { at: null, precision: 'none', text: lastModified.text },
        updatedAt: lastModified.at,
      }),
    );
    return found({ entries, charset, replaced, next: map.kind === 'index' ? map.sitemaps : [] });
  },
};
