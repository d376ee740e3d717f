import iconv from 'iconv-lite';

export type SampleBody = { kind: 'feed' | 'list' | 'sitemap'; body: Buffer; contentType: string };

const titles = [
  '国家税务总局关于优化纳税服务的公告',
  '关于修订部分文件的通知（税总发〔2026〕84号）',
  '关于《办法》的解读',
];
const text = '<p>为进一步优化纳税服务，现就有关事项公告如下。</p><table><tr><td>1</td></tr></table>';

/** One small document of each form that sources come in. */
export function sampleBodies(): SampleBody[] {
  const rss = `<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>政策</title><link>https://upstream.example/</link>${titles
    .map(
      (title, i) =>
        `<item><title>${title}</title><link>/zc/${i}.html</link><guid isPermaLink="false">c${i}</guid><pubDate>2026-11-2${i} 09:30</pubDate><content:encoded><![CDATA[${text}]]></content:encoded></item>`,
    )
    .join('')}</channel></rss>`;
  const atom = `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://upstream.example/"><title>政策</title>${titles
    .map(
      (title, i) =>
        `<entry><id>urn:${i}</id><title type="html">${title}</title><link href="zc/${i}.html"/><updated>2026-11-2${i}T01:30:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">${text}</div></content></entry>`,
    )
    .join('')}</feed>`;
  const json = JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title: '政策',
    items: titles.map((title, i) => ({
      id: String(i),
      title,
      url: `https://upstream.example/zc/${i}.html`,
      content_html: text,
    })),
  });
  const list = `<html><head><title>政策</title></head><body><ul class="list">${titles
    .map((title, i) => `<li><a href="${i}.html">${title}</a><span>2026-11-2${i}</span></li>`)
    .join('')}</ul><a href="index_1.html">下一页</a></body></html>`;
  const sitemap = `<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${titles
    .map((_, i) => `<url><loc>https://upstream.example/zc/${i}.html</loc><lastmod>2026-11-2${i}</lastmod></url>`)
    .join('')}</urlset>`;
  return [
    { kind: 'feed', body: Buffer.from(rss), contentType: 'application/rss+xml' },
    { kind: 'feed', body: iconv.encode(rss.replace('utf-8', 'gb18030'), 'gb18030'), contentType: 'text/xml' },
    { kind: 'feed', body: iconv.encode(atom, 'utf-16'), contentType: 'application/atom+xml' },
    { kind: 'feed', body: Buffer.from(atom), contentType: 'application/atom+xml' },
    { kind: 'feed', body: Buffer.from(json), contentType: 'application/feed+json' },
    { kind: 'list', body: Buffer.from(list), contentType: 'text/html' },
    { kind: 'list', body: iconv.encode(list, 'gb18030'), contentType: 'text/html; charset=gbk' },
    { kind: 'sitemap', body: Buffer.from(sitemap), contentType: 'application/xml' },
  ];
}
