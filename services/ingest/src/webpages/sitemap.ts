import { readDate, type FeedDate } from '@tongsheng/feeds';
import { Parser } from 'htmlparser2';
import { addressOf } from './dom.ts';

export type SitemapEntry = { link: string; title: string | null; lastModified: FeedDate; published: FeedDate | null };

export type SitemapRead =
  | {
      ok: true;
      kind: 'urlset' | 'index' | 'text';
      entries: SitemapEntry[];
      sitemaps: { link: string; lastModified: FeedDate }[];
    }
  | { ok: false; code: 'not_a_sitemap' | 'too_many_entries'; detail: string };

/** The protocol's own limit (sitemaps.org). */
const most = 50_000;

/** Reads a sitemap, a news sitemap, an index of sitemaps, or a plain list of addresses (sitemaps.org 0.9, Google News). */
export function readSitemap(text: string, { zone, now, url }: { zone: string; now: string; url: string }): SitemapRead {
  const start = text.trimStart();
  if (!start.startsWith('<')) return readLines(start, url);
  const found: Record<string, string>[] = [];
  let kind: 'urlset' | 'index' | null = null;
  let current: Record<string, string> | null = null;
  let field = '';
  const parser = new Parser(
    {
      onopentag(name) {
        const own = name.split(':').at(-1)!;
        if (own === 'urlset') kind = 'urlset';
        if (own === 'sitemapindex') kind = 'index';
        if (own === 'url' || own === 'sitemap') current = {};
        // `image:loc` and `video:title` are about pictures on the page.
        field = /^(image|video|xhtml):/.test(name) ? '' : own;
      },
      ontext(chunk) {
        if (current && field !== '' && (current[field]?.length ?? 0) < 4_000)
          current[field] = (current[field] ?? '') + chunk;
      },
      onclosetag(name) {
        field = '';
        const own = name.split(':').at(-1)!;
        if ((own !== 'url' && own !== 'sitemap') || !current) return;
        if (found.length <= most) found.push(current);
        current = null;
      },
    },
    { xmlMode: true, lowerCaseTags: true, decodeEntities: true },
  );
  parser.end(text);
  if (kind === null)
    return { ok: false, code: 'not_a_sitemap', detail: 'no <urlset> or <sitemapindex> in the document' };
  if (found.length > most)
    return { ok: false, code: 'too_many_entries', detail: `more than ${most} addresses in one sitemap` };
  const read = (written: string | undefined) => readDate(written?.trim() ?? '', zone, now);
  const entries = found.flatMap((each): SitemapEntry[] => {
    const link = addressOf(each['loc'], url);
    if (link === null) return [];
    const published = each['publication_date'] === undefined ? null : read(each['publication_date']);
    return [{ link, title: each['title']?.trim() || null, lastModified: read(each['lastmod']), published }];
  });
  return kind === 'index'
    ? { ok: true, kind, entries: [], sitemaps: entries }
    : { ok: true, kind, entries, sitemaps: [] };
}

function readLines(text: string, url: string): SitemapRead {
  const nothing = { at: null, precision: 'none' as const, text: null };
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const links = lines.filter((line) => /^https?:\/\//.test(line)).flatMap((line) => addressOf(line, url) ?? []);
  if (links.length === 0 || links.length < lines.filter(Boolean).length / 2)
    return { ok: false, code: 'not_a_sitemap', detail: 'neither XML nor a list of addresses' };
  const entries = links.slice(0, most).map((link) => ({ link, title: null, lastModified: nothing, published: null }));
  return { ok: true, kind: 'text', entries, sitemaps: [] };
}
