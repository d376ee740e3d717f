import type { PublicDocument } from '@tongsheng/contracts';
import { renderDocument } from '@tongsheng/pages';
import { hashA, noon } from '@tongsheng/test/support';
import { cleanHtml } from '@tongsheng/web';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkPage, portal } from './portal.ts';
import type { Tools } from './site-kind.ts';

const repost: PublicDocument = {
  documentId: 'task',
  site: 'province',
  siteName: '省税务局（示例）',
  kind: 'repost',
  column: '税收政策',
  title: '关于 <小微> 企业 & "个体户" 的公告',
  summary: '',
  html: cleanHtml(
    '<p>第一条 凡 5 &lt; 10 者，<a href="https://up.example/f?a=1&amp;b=2">附件</a>减半。</p><p>第二条<br>另行规定。<img src="https://up.example/a.png" alt="表"></p><table><tr><td>税率</td><td>3%</td></tr></table>',
  ),
  url: 'https://tax.example/province/repost/task',
  source: {
    name: '国家税务总局网站（示例）',
    link: 'https://up.example/c/1.html?a=1&b=2',
    publication: { at: '2026-11-22T16:00:00.000Z', precision: 'day', text: '2026-11-23' },
    firstSeenAt: noon,
  },
  files: [],
  verdict: null,
  postedAt: noon,
  version: 1,
  contentHash: hashA,
};
const undated: PublicDocument = {
  ...repost,
  source: { ...repost.source!, link: null, publication: { at: null, precision: 'none', text: null } },
};
const rebuttal: PublicDocument = {
  ...repost,
  kind: 'rebuttal',
  source: null,
  verdict: 'false',
  summary: '存款不缴税。',
};

/** What is wrong with a page, after its way through bytes. */
const differing = (page: string, approved = repost) =>
  checkPage(page.toWellFormed(), approved)
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

describe('a page looked at from outside', () => {
  it.each([
    ['a repost', repost],
    ['a repost without a date or an address', undated],
    ['a rebuttal', rebuttal],
  ])('is the approved one when the portal renders %s', (_, approved) => {
    const checks = checkPage(renderDocument(approved), approved);
    expect(checks.map(({ name }) => name)).toEqual(['title', 'text', 'source', 'source_link', 'published_date']);
    expect(differing(renderDocument(approved), approved)).toEqual([]);
  });

  it('may be broken into lines in another way', () => {
    const page = renderDocument(repost).replaceAll('</p>', ' \r\n</p>\n\n').replaceAll(' 的公告', '\n的公告');
    expect(differing(page)).toEqual([]);
  });

  it.each<[string, string, string, string]>([
    ['a word of the title', '个体户&quot; 的公告</h1>', '个体户&quot; 的通知</h1>', 'title'],
    ['the title that machines read', 'name="ArticleTitle" content="关于', 'name="ArticleTitle" content="有关', 'title'],
    [
      'a second title',
      '<h1 class="article-title">',
      '<h1 class="article-title">假</h1><h1 class="article-title">',
      'title',
    ],
    ['a number in the text', '<td>3%</td>', '<td>13%</td>', 'text'],
    ['a word that became markup', '5 &lt; 10', '5 <i>&lt;</i> 1', 'text'],
    ['a lost paragraph', '第二条<br />另行规定。', '', 'text'],
    ['where a link leads', 'https://up.example/f?a=1&amp;b=2', 'https://evil.example/f', 'text'],
    ['a picture', 'https://up.example/a.png', 'https://evil.example/a.png', 'text'],
    ['a sentence beside the text', '<div class="article-body', '<p>本文已废止。</p><div class="article-body', 'text'],
    ['a second article', '</main>', '<article class="article"><p>假</p></article></main>', 'text'],
    ['a second text', '</article>', '<div class="article-body"><p>假</p></div></article>', 'text'],
    ['a fact that nobody approved', '</dl>', '<div><dt>作者</dt><dd>某人</dd></div></dl>', 'text'],
    ['a summary that nobody wrote', '</dl>', '</dl><p class="article-summary">假</p>', 'text'],
    ["the source's name", '国家税务总局网站（示例）</a>', '国家税务总局</a>', 'source'],
    [
      'the source that machines read',
      'name="ContentSource" content="国家',
      'name="ContentSource" content="某',
      'source',
    ],
    [
      'where the source leads',
      'article-source"><a href="https://up.example',
      'article-source"><a href="https://evil.example',
      'source_link',
    ],
    [
      'where the original leads',
      '原文链接：<a href="https://up.example',
      '原文链接：<a href="https://evil.example',
      'source_link',
    ],
    [
      'the original that readers see',
      '=2" rel="external noopener">https://up',
      '=2" rel="external noopener">https://evil',
      'source_link',
    ],
    ["the source's date", 'article-published">2026-11-23', 'article-published">2026-11-22', 'published_date'],
    [
      'a date more exact than the source gave',
      'article-published">2026-11-23',
      'article-published">2026-11-23 00:00',
      'published_date',
    ],
    [
      'the date that machines read',
      'name="PubDate" content="2026-11-23',
      'name="PubDate" content="2026-11-24',
      'published_date',
    ],
    [
      'the date of the repost',
      'article-posted">2026-11-23 12:00',
      'article-posted">2026-11-23 11:00',
      'published_date',
    ],
  ])('is not the approved one after a change of %s', (_, written, planted, check) => {
    const page = renderDocument(repost);
    expect(page).toContain(written);
    expect(differing(page.replace(written, planted))).toContain(check);
  });

  it('is not the approved one when a rebuttal lost its verdict, or a summary its word', () => {
    const page = renderDocument(rebuttal);
    expect(differing(page.replace('>不实<', '>片面<'), rebuttal)).toEqual(['text']);
    expect(differing(page.replace('存款不缴税', '存款缴税'), rebuttal)).toEqual(['text']);
  });

  it('is never the approved one of another document', () => {
    const words = fc.array(fc.constantFrom('税', '率', '3%', '<b>', '&', '"', ' ', '\uD800', '</div>', '公告'), {
      minLength: 1,
    });
    const text = words.map((each) => each.join(''));
    fc.assert(
      fc.property(text, text, (one, other) => {
        const make = (said: string) => ({ ...repost, title: `题${said}`, html: cleanHtml(`<p>文${said}</p>`) });
        const [shown, approved] = [make(one), make(other)];
        const same = one.trimEnd().replace(/\s+/g, ' ') === other.trimEnd().replace(/\s+/g, ' ');
        expect(differing(renderDocument(shown), shown)).toEqual([]);
        expect(differing(renderDocument(shown), approved).includes('title')).toBe(!same);
      }),
    );
  });

  it('is told apart in no time, whatever it is made of', () => {
    for (const page of [
      '',
      'not found',
      '<p<p<p'.repeat(50_000),
      '<b>'.repeat(200_000),
      '<meta name="__proto__" content="x">',
    ]) {
      expect(differing(page)).toContain('title');
    }
  });
});

describe('a page that comes down', () => {
  const said: PublicDocument[] = [];
  const tools: Tools = {
    allow: [],
    patienceMs: 0,
    now: () => noon,
    file: () => Promise.reject(new Error('unasked')),
    publicSide: {
      keepFile: () => Promise.reject(new Error('unasked')),
      publish: async (document) => said.push(document),
    },
  };
  const calls = portal.open({ kind: 'portal' }, tools);
  const page = { url: repost.url, publicPosition: 7 };

  it('leaves its place and the moment, and nothing of what it was', async () => {
    expect(await calls.remove({ ...repost, files: [] }, page, noon)).toEqual({ publicPosition: 1 });
    const { documentId, site, url, version } = repost;
    expect(said).toMatchObject([{ documentId, site, url, version, withdrawnAt: noon, source: null, files: [] }]);
    for (const words of ['小微', '第一条', 'up.example', '国家税务总局'])
      expect(JSON.stringify(said)).not.toContain(words);
  });
  it('is left to a person where another system had published it', async () => {
    const elsewhere = { url: 'https://blog.example/1', publicPosition: null };
    expect(await calls.remove(repost, elsewhere, noon)).toMatchObject({ outcome: 'rejected_permanent' });
  });
});
