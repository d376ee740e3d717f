import iconv from 'iconv-lite';
import { Feed } from 'feed';
import { DateTime } from 'luxon';
import { bodyOf, type Document } from '../sample-documents.ts';

/** A document that a sample site has put out, and when. */
export type Posting = { document: Document; postedAt: string };

export type SampleSite = {
  sourceId: string;
  name: string;
  level: 'national' | 'province-portal' | 'city-portal';
  levels: readonly Document['level'][];
  column: string;
  path: string;
  /** The feed's bytes, in the charset that the site uses, and their type. */
  writeFeed(postings: Posting[], base: string): { bytes: Buffer; type: string };
  charset: 'utf-8' | 'gb18030';
};

function feedOf(site: Pick<SampleSite, 'name' | 'path'>, postings: Posting[], base: string): Feed {
  const home = `${base}/${site.path}/`;
  const feed = new Feed({
    id: home,
    title: site.name,
    description: `${site.name}：政策文件`,
    link: home,
    language: 'zh-CN',
    copyright: '',
    updated: new Date(postings[0]?.postedAt ?? 0),
    feedLinks: { atom: `${base}/${site.path}/feed.xml` },
  });
  for (const { document, postedAt } of postings) {
    const link = `${base}/${site.path}/${document.id}.html`;
    feed.addItem({
      title: document.title,
      id: link,
      link,
      content: bodyOf(document).replaceAll(']]>', ']]&gt;'),
      date: new Date(postedAt),
      published: new Date(postedAt),
      category: [{ name: document.column }],
    });
  }
  return feed;
}

const day = (postedAt: string) => DateTime.fromISO(postedAt, { zone: 'Asia/Shanghai' }).toFormat('yyyy-MM-dd');

/** Three sites, three kinds of feed: exact times, only a day in GB18030, and Atom. */
export const sampleSites: readonly SampleSite[] = [
  {
    sourceId: 'national-policy',
    name: '国家税务总局网站（示例）',
    level: 'national',
    levels: ['national', 'national-portal'],
    column: '税收政策',
    path: 'national',
    charset: 'utf-8',
    writeFeed(postings, base) {
      return { bytes: Buffer.from(feedOf(this, postings, base).rss2()), type: 'application/rss+xml; charset=utf-8' };
    },
  },
  {
    sourceId: 'province-gov',
    name: '省人民政府门户（示例）',
    level: 'province-portal',
    levels: ['province-portal'],
    column: '政府文件',
    path: 'province',
    charset: 'gb18030',
    writeFeed(postings, base) {
      // Many government feeds give a day and no time; this one stands for them.
      let xml = feedOf(this, postings, base).rss2().replace('encoding="utf-8"', 'encoding="GB18030"');
      for (const { postedAt } of postings) {
        xml = xml.replaceAll(
          `<pubDate>${new Date(postedAt).toUTCString()}</pubDate>`,
          `<pubDate>${day(postedAt)}</pubDate>`,
        );
      }
      return { bytes: iconv.encode(xml, 'gb18030'), type: 'text/xml; charset=GB18030' };
    },
  },
  {
    sourceId: 'city-gov',
    name: '市人民政府网站（示例）',
    level: 'city-portal',
    levels: ['city-portal'],
    column: '地方性法规',
    path: 'city',
    charset: 'utf-8',
    writeFeed(postings, base) {
      return { bytes: Buffer.from(feedOf(this, postings, base).atom1()), type: 'application/atom+xml; charset=utf-8' };
    },
  },
];

/** A document's own page on its site. */
export function writePage(site: SampleSite, { document, postedAt }: Posting): Buffer {
  const shown = DateTime.fromISO(postedAt, { zone: 'Asia/Shanghai' }).toFormat('yyyy-MM-dd HH:mm');
  const page = `<!doctype html><html lang="zh-CN"><head><meta charset="${site.charset}"><title>${document.title}</title>
<meta name="SiteName" content="${site.name}"><meta name="ArticleTitle" content="${document.title}"><meta name="PubDate" content="${shown}">
</head><body><h1>${document.title}</h1><p>${site.name}（示例站点，文件为真实文本） 发布时间：${shown}</p><div id="content">${bodyOf(document)}</div></body></html>`;
  return iconv.encode(page, site.charset);
}

const rowsOfPage = 10;

/** A column as most government sites show it: a list of links with days, page by page, and no feed in sight. */
export function writeList(site: SampleSite, postings: Posting[], page: number): Buffer {
  const rows = postings
    .slice(page * rowsOfPage, (page + 1) * rowsOfPage)
    .map(({ document: { id, title }, postedAt }) => {
      const shown = DateTime.fromISO(postedAt, { zone: 'Asia/Shanghai' }).toFormat('yyyy-MM-dd');
      return `<li><a href="${id}.html" title="${title}">${title}</a><span>${shown}</span></li>`;
    });
  const next = (page + 1) * rowsOfPage < postings.length ? `<a href="index_${page + 1}.html">下一页</a>` : '';
  const html = `<!doctype html><html lang="zh-CN"><head><meta charset="${site.charset}"><title>${site.column} - ${site.name}</title></head>
<body><div class="nav"><a href="/">首页</a><a href="./">${site.column}</a></div><ul class="list">${rows.join('\n')}</ul><div class="page">${next}</div></body></html>`;
  return iconv.encode(html, site.charset);
}
