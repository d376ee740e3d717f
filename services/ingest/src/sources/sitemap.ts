import type { FeedDate } from '@tongsheng/feeds';
import { decodeText } from '@tongsheng/web';
import { readSitemap } from '../webpages/sitemap.ts';
import { found, linkEntry, type SourceAdapter } from './source.ts';

/** So many of the newest addresses are looked at, and sitemaps of an index; they name all that a site ever had. */
const newest = 500;
const newestOfIndex = 50;

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
    const wanted = newestFirst(
      map.entries
        .filter(({ link }) => within === undefined || link.startsWith(within))
        .map((each) => ({ ...each, dated: each.published ?? each.lastModified })),
      newest,
    );
    const entries = wanted.taken.map(({ link, title, published, lastModified }) =>
      linkEntry({
        // Without news, a sitemap has no titles; the page has.
        title: title ?? '',
        link,
        // When a page was changed last is no date of publication.
        published: published ?? { at: null, precision: 'none', text: lastModified.text },
        updatedAt: lastModified.at,
      }),
    );
    const further = newestFirst(
      map.sitemaps.map((each) => ({ ...each, dated: each.lastModified })),
      newestOfIndex,
    );
    return found({
      entries,
      charset,
      replaced,
      next: further.taken.map(({ link }) => link),
      trouble: wanted.trouble ?? further.trouble,
    });
  },
};

/** The newest of them, and those of which nobody knows whether they are new. Too many of these is a trouble. */
function newestFirst<T extends { dated: FeedDate }>(all: readonly T[], most: number) {
  const dateOf = ({ dated }: T) => dated.at ?? '9999';
  const sorted = all.toSorted((a, b) => dateOf(b).localeCompare(dateOf(a)));
  const undated = all.filter(({ dated }) => dated.at === null).length;
  const trouble =
    undated > most
      ? { code: 'too_many_undated', detail: `${undated} addresses without a date, of which ${most} are read` }
      : null;
  return { taken: sorted.slice(0, most), trouble };
}
