import { describe, expect, it } from 'vitest';
import { readArticle, type ArticleOptions } from './article.ts';

const url = 'https://tax.example/n810341/c5201.html';
const options: ArticleOptions = { url, zone: 'Asia/Shanghai', now: '2026-11-23T04:00:00.000Z' };
const title = '国家税务总局关于优化纳税服务的公告';
const paragraphs = Array.from(
  { length: 6 },
  (_, i) =>
    `<p>第${i + 1}条，为进一步优化纳税服务，方便纳税人和缴费人办理税费事项，现就有关事项公告如下，请各地遵照执行。</p>`,
).join('');
const article = (html: string, more: Partial<ArticleOptions> = {}) => {
  const read = readArticle(html, { ...options, ...more });
  if (!read.ok) throw new Error(`${read.code}: ${read.detail}`);
  return read.article;
};
const labels = `<meta name="SiteName" content="国家税务总局"><meta name="ArticleTitle" content="${title}"><meta name="PubDate" content="2026-11-20 09:30"><meta name="ContentSource" content="办公厅"><meta name="ColumnName" content="税收政策">`;

describe('an item’s own page', () => {
  it('is read by the labels that government sites carry', () => {
    const read = article(
      `<html><head><title>${title}_国家税务总局</title>${labels}</head><body><div class="nav">导航</div><div id="fontzoom">${paragraphs}</div></body></html>`,
    );
    expect(read).toMatchObject({
      title,
      source: '办公厅',
      column: '税收政策',
      published: { at: '2026-11-20T01:30:00.000Z', precision: 'minute' },
    });
    expect(read.html).toContain('第1条');
    expect(read.html).not.toContain('导航');
  });
  it('is read from what stands on it where there are none', () => {
    const read =
      article(`<html><head><title>${title} - 某省税务局</title></head><body><div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zc/">政策文件</a></div>
      <h1>${title}</h1><div class="info">发布时间：2026-11-20 09:30 来源：国家税务总局办公厅 浏览次数：12 字体：大 中 小</div>
      <table><tr><td>发文机关：国家税务总局</td><td>发文字号：税总发〔2026〕84号</td></tr></table><div class="TRS_Editor">${paragraphs}</div></body></html>`);
    expect(read).toMatchObject({
      title,
      source: '国家税务总局办公厅',
      issuer: '国家税务总局',
      column: '政策文件',
      documentNumber: '税总发〔2026〕84号',
      published: { at: '2026-11-20T01:30:00.000Z', precision: 'minute' },
    });
  });
  it('says when, as exactly as any of its places does', () => {
    const day = labels.replace('2026-11-20 09:30', '2026-11-20');
    const both = `<head>${day}</head><body><p>发布时间：2026-11-20 09:30</p><div id="zoom">${paragraphs}</div></body>`;
    expect(article(both).published).toMatchObject({ at: '2026-11-20T01:30:00.000Z', precision: 'minute' });
    const other = `<head>${day}</head><body><p>更新时间：2026-11-22 09:30</p><div id="zoom">${paragraphs}</div></body>`;
    expect(article(other).published).toMatchObject({ precision: 'day' });
  });
  it('is found by a readability library where no maker’s container is known', () => {
    const read = article(
      `<html><head><title>${title}</title></head><body><div class="menu"><a href="/1">一</a><a href="/2">二</a></div><div class="unknown-maker"><section>${paragraphs}</section></div><div class="foot">版权所有</div></body></html>`,
    );
    expect(read.html).toContain('第6条');
    expect(read.html).not.toContain('版权所有');
  });
  it('is read by selectors where they are given', () => {
    const html = `<body><h1>栏目</h1><h2 class="t">${title}</h2><div class="d">2026年11月20日</div><div id="content">${paragraphs}</div><div class="own"><p>这是正文所在的地方，这是正文所在的地方。</p></div></body>`;
    const read = article(html, { selectors: { title: '.t', date: '.d', body: '.own' } });
    expect(read).toMatchObject({ title, published: { at: '2026-11-19T16:00:00.000Z', precision: 'day' } });
    expect(read.html).toBe('<p>这是正文所在的地方，这是正文所在的地方。</p>');
  });
  it('has its attachments, in the text and under it, and no other site’s files', () => {
    const body = `<div id="zoom">${paragraphs}<p>附件：<a href="P020.docx">1. 申请表</a> <a href="./P021.ofd">2. 说明</a></p></div>`;
    const around =
      '<p>附件：<a href="/f/3.pdf">办法.pdf</a></p><div class="foot"><a href="/help/manual.pdf">网站使用手册</a></div>';
    expect(article(`<body>${body}${around}</body>`).attachments).toEqual([
      { url: 'https://tax.example/n810341/P020.docx', name: '1. 申请表' },
      { url: 'https://tax.example/n810341/P021.ofd', name: '2. 说明' },
      { url: 'https://tax.example/f/3.pdf', name: '办法.pdf' },
    ]);
  });
  it('means by its addresses what its base says', () => {
    const read = article(
      `<head><base href="https://cdn.example/x/"></head><body><div id="zoom">${paragraphs}<img src="1.png"><a href="2.html?a=1&amp;b=2">二</a></div></body>`,
    );
    expect(read.html).toContain('src="https://cdn.example/x/1.png"');
    expect(read.html).toContain('href="https://cdn.example/x/2.html?a=1&amp;b=2"');
  });
});

describe('what is no article is none:', () => {
  const code = (html: string) => {
    const read = readArticle(html, options);
    return read.ok ? null : read.code;
  };
  it.each([
    ['an empty page', '<html><body></body></html>', 'no_text'],
    [
      'an error',
      '<html><head><title>404 Not Found</title></head><body><article><p>您访问的页面不存在或已被删除，请返回首页继续浏览其他内容</p></article></body></html>',
      'no_text',
    ],
    [
      'a wall of script',
      '<html><head><script>document.cookie="x=1";location.reload()</script></head><body></body></html>',
      'no_text',
    ],
    ['an endless depth', '<div>'.repeat(100_000), 'too_deep'],
    ['an endless length', 'x'.repeat(6 * 2 ** 20), 'too_large'],
  ])('%s', (_, html, expected) => expect(code(html)).toBe(expected));
  it('a selector that is none', () => {
    const read = readArticle(`<body><div id="zoom">${paragraphs}</div></body>`, {
      ...options,
      selectors: { body: '#[' },
    });
    expect(read).toMatchObject({ ok: false, code: 'bad_selector' });
  });
});
