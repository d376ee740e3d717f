import type { PublicDocument } from '@tongsheng/contracts';
import { renderContent } from '@tongsheng/pages';
import { hashA, noon } from '@tongsheng/test/support';
import { describe, expect, it } from 'vitest';
import { checkForeignPage } from './foreign-page.ts';

const document: PublicDocument = {
  documentId: 'task',
  site: 'province',
  siteName: '省税务局（示例）',
  kind: 'repost',
  column: '税收政策',
  title: '关于 "小微" 企业的公告',
  summary: '',
  html: '<p>第一条 减按3.5%征收——详见<a href="https://up.example/f?a=1&amp;b=2">办法</a>。</p><p>第二条 "自发布之日"起施行...</p><table><tr><td>税率</td><td>9x9</td></tr></table>',
  url: 'https://tax.example/province/repost/task',
  source: {
    name: '国家税务总局网站（示例）',
    link: 'https://up.example/c/1.html',
    publication: { at: '2026-11-22T16:00:00.000Z', precision: 'day', text: '2026-11-23' },
    firstSeenAt: noon,
  },
  files: [],
  verdict: null,
  postedAt: noon,
  version: 1,
  contentHash: hashA,
};
/** A page of a system whose frame nobody knows. */
const pageOf = (of: PublicDocument, frame = (content: string) => `<main><h2>${of.title}</h2>${content}</main>`) =>
  `<!doctype html><html><head><title>首页</title><style>p{}</style></head><body><nav><a href="/">首页</a></nav>${frame(renderContent(of).text)}<footer>版权所有</footer><script>var x = "第三条";</script></body></html>`;
const differing = (page: string, approved = document) =>
  checkForeignPage(page.toWellFormed(), approved)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe('a page of another system', () => {
  it('is right with whatever stands around what was approved', () => {
    expect(differing(pageOf(document))).toEqual([]);
    expect(
      differing(pageOf(document, (content) => `<h1>${document.title}</h1><aside>相关阅读</aside>${content}`)),
    ).toEqual([]);
  });
  it('is right when quotation marks, dashes, dots and spaces are set as such systems set them', () => {
    const set = pageOf(document)
      .replaceAll('"小微"', '“小微”')
      .replaceAll('"自发布之日"', '“自发布之日”')
      .replaceAll('——', '–')
      .replaceAll('...', '…')
      .replaceAll('9x9', '9×9')
      .replaceAll('第一条 ', '第一条&nbsp;\n');
    expect(differing(set)).toEqual([]);
  });
  it('may have its title in the window alone, with the name of the site behind it', () => {
    const bare = (title: string) =>
      pageOf(document, (content) => content).replace('<title>首页</title>', `<title>${title}</title>`);
    expect(differing(bare(`${document.title} - 某市税务局`))).toEqual([]);
    expect(differing(bare(`${document.title}`))).toEqual([]);
    expect(differing(bare(`${document.title}（废止）`))).toEqual(['title']);
    expect(differing(bare('某市税务局'))).toEqual(['title']);
  });
  it.each([
    ['a number', '3.5%', '35%', 'text'],
    ['the order', '第一条', '第二条', 'text'],
    ['a paragraph', '第二条', '', 'text'],
    ['a cell', '<td>9x9</td>', '', 'text'],
    ['a link', 'https://up.example/f?a=1&amp;b=2', 'https://evil.example/', 'text'],
    ['what only a script says', '第一条 减按', '<template>第一条 减按</template>', 'text'],
    ['the name of the source', '国家税务总局网站', '某网站', 'source'],
    ['the link to the source', 'https://up.example/c/1.html', 'https://evil.example/', 'source_link'],
    ['the date of the source', '2026-11-23</dd>', '2026-11-24</dd>', 'published_date'],
    ['the moment of the repost', '2026-11-23 12:00', '2026-11-23 13:00', 'published_date'],
  ])('is wrong when %s differs', (_, was, is, check) => {
    expect(differing(pageOf(document).replaceAll(was, is))).toEqual([check]);
  });
  it('must have the pictures and attachments, wherever that system keeps them', () => {
    const [picture, form] = ['b', 'c'].map((each) => each.repeat(64)) as [string, string];
    const at = (hash: string) => `${document.url}/files/${hash}`;
    const approved: PublicDocument = {
      ...document,
      html: `${document.html}<p><img src="${at(picture)}" alt="" /><a href="${at(form)}">申报表</a></p>`,
      files: [
        { hash: picture, name: '', bytes: 1, mediaType: 'image/png' },
        { hash: form, name: '申报表', bytes: 1, mediaType: 'application/pdf' },
      ],
    };
    const page = pageOf(approved).replaceAll(at(picture), '/u/1.png').replaceAll(at(form), '/u/2.pdf');
    expect(differing(page, approved)).toEqual([]);
    expect(differing(page.replace(/<img[^>]*>/, ''), approved)).toEqual(['text']);
    expect(differing(page.replace('<a href="/u/2.pdf">申报表</a>', '申报表'), approved)).toEqual(['text']);
  });
  it('is none when it is something else, and that is known in no time', () => {
    for (const page of ['', 'not found', '<p<p<p'.repeat(50_000), '<b>'.repeat(200_000), '<title>'.repeat(50_000)])
      expect(differing(page)).toContain('text');
  });
});
