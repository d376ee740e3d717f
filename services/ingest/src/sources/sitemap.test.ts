import type { Detector } from '@tongsheng/contracts';
import { expect, it } from 'vitest';
import { sitemap } from './sitemap.ts';

const url = 'https://tax.example/sitemap.xml';
const read = (text: string, more: Partial<Detector> = {}) =>
  sitemap.read(
    { bytes: Buffer.from(text), contentType: 'application/xml', url, link: null },
    { detector: { kind: 'sitemap', url, ...more }, zone: 'Asia/Shanghai', now: '2026-11-23T04:00:00.000Z' },
  );
const map = `<urlset>${['zc/1', 'news/2', 'zc/3'].map((path, i) => `<url><loc>https://tax.example/${path}.html</loc><lastmod>2026-11-0${i + 1}</lastmod></url>`).join('')}</urlset>`;

it('a sitemap brings the pages of its column, the newest first, and takes no change for a publication', async () => {
  expect(await read(map, { within: 'https://tax.example/zc/' })).toMatchObject({
    ok: true,
    entries: [
      {
        link: 'https://tax.example/zc/3.html',
        title: '',
        published: { at: null },
        updatedAt: '2026-11-02T16:00:00.000Z',
      },
      { link: 'https://tax.example/zc/1.html' },
    ],
  });
});

it('an index names further sitemaps', async () => {
  const index = '<sitemapindex><sitemap><loc>https://tax.example/s1.xml</loc></sitemap></sitemapindex>';
  expect(await read(index)).toMatchObject({ ok: true, entries: [], next: ['https://tax.example/s1.xml'] });
  expect(await read('<html></html>')).toMatchObject({ ok: false, code: 'not_a_sitemap' });
});

it('of many, the newest are read; too many without a date are a trouble', async () => {
  const dated = (i: number) => `<lastmod>${2000 + (i % 26)}-01-${String((i % 28) + 1).padStart(2, '0')}</lastmod>`;
  const index = (count: number, date: (i: number) => string) =>
    `<sitemapindex>${Array.from({ length: count }, (_, i) => `<sitemap><loc>https://tax.example/s${i}.xml</loc>${date(i)}</sitemap>`).join('')}</sitemapindex>`;
  expect(await read(index(80, dated))).toMatchObject({
    trouble: null,
    next: { length: 50, 0: 'https://tax.example/s25.xml' },
  });
  expect(await read(index(51, (i) => (i === 50 ? '' : dated(i))))).toMatchObject({
    trouble: null,
    next: { 0: 'https://tax.example/s50.xml' },
  });
  expect(await read(index(51, () => ''))).toMatchObject({
    trouble: { code: 'too_many_undated' },
    next: { length: 50 },
  });
});
