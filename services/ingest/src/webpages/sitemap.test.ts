import { describe, expect, it } from 'vitest';
import { readSitemap } from './sitemap.ts';

const url = 'https://tax.example/sitemap.xml';
const read = (text: string) => readSitemap(text, { url, zone: 'Asia/Shanghai', now: '2026-11-23T04:00:00.000Z' });
const ns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';

describe('a sitemap', () => {
  it('names pages, and when they were changed', () => {
    expect(
      read(
        `<?xml version="1.0"?><urlset ${ns}><url><loc> https://tax.example/1.html?a=1&amp;b=2 </loc><lastmod>2026-11-20</lastmod></url><url><loc>/2.html</loc></url></urlset>`,
      ),
    ).toMatchObject({
      kind: 'urlset',
      entries: [
        { link: 'https://tax.example/1.html?a=1&b=2', lastModified: { precision: 'day' }, published: null },
        { link: 'https://tax.example/2.html', title: null },
      ],
    });
  });
  it('of news has titles and moments', () => {
    const news = `<urlset ${ns} xmlns:n="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="x"><url><loc>https://tax.example/1.html</loc>
      <image:image><image:loc>https://tax.example/a.png</image:loc><image:title>图</image:title></image:image>
      <n:news><n:publication><n:name>报</n:name></n:publication><n:publication_date>2026-11-23T09:30:00+08:00</n:publication_date><n:title>公告</n:title></n:news></url></urlset>`;
    expect(read(news)).toMatchObject({
      entries: [
        {
          link: 'https://tax.example/1.html',
          title: '公告',
          published: { at: '2026-11-23T01:30:00.000Z', precision: 'second' },
        },
      ],
    });
  });
  it('may be an index of sitemaps, or a plain list', () => {
    expect(
      read(`<sitemapindex ${ns}><sitemap><loc>https://tax.example/s1.xml</loc></sitemap></sitemapindex>`),
    ).toMatchObject({ kind: 'index', entries: [], sitemaps: [{ link: 'https://tax.example/s1.xml' }] });
    expect(read('https://tax.example/1.html\nhttps://tax.example/2.html\n')).toMatchObject({
      kind: 'text',
      entries: { length: 2 },
    });
  });
  it('that is none says so', () => {
    for (const text of ['', '<html><body></body></html>', '{"a":1}', '维护中'])
      expect(read(text)).toMatchObject({ ok: false, code: 'not_a_sitemap' });
    expect(read(`<urlset>${'<url><loc>https://a.example/</loc></url>'.repeat(50_001)}</urlset>`)).toMatchObject({
      code: 'too_many_entries',
    });
  });
});
