import type { PublicDocument } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { labelsOf, renderArticle } from './article.ts';
import { renderDocument } from './page.ts';
import { renderOriginal, renderPreview } from './preview.ts';

const repost: PublicDocument = {
  documentId: 'task-1',
  site: 'province',
  siteName: '省税务局（示例）',
  kind: 'repost',
  column: '税收政策 & 解读',
  title: '关于<小微>企业的公告',
  summary: '',
  html: '<p>第一条</p>',
  url: 'https://tax.example/province/repost/task-1',
  source: {
    name: '总局<b>',
    link: 'https://up.example/1?a=1&b=2',
    publication: { at: '2026-11-22T16:00:00.000Z', precision: 'day', text: null },
    firstSeenAt: '2026-11-23T01:02:03.000Z',
  },
  files: [],
  verdict: null,
  postedAt: '2026-11-23T04:00:00.000Z',
  version: 1,
  contentHash: 'a'.repeat(64),
};
const source = repost.source!;
const rebuttal: PublicDocument = {
  ...repost,
  kind: 'rebuttal',
  source: null,
  verdict: 'misleading',
  summary: '不属实',
};

/** Facts as the page lists them. */
const factsOf = (document: PublicDocument) =>
  [...renderArticle(document).text.matchAll(/<dt>(.*?)<\/dt>\s*<dd class="[a-z-]+">(.*?)<\/dd>/g)].map(
    ([, word, value]) => `${word} ${value!.replace(/<[^>]*>/g, '')}`,
  );

describe('an article', () => {
  it('says whose word it is, when it was published there, and when it was reposted here', () => {
    expect(factsOf(repost)).toEqual(['来源 总局&lt;b&gt;', '发布时间 2026-11-23', '转载时间 2026-11-23 12:00']);
    expect(renderArticle(repost).text).toContain('原文链接：<a href="https://up.example/1?a=1&amp;b=2"');
  });

  it('says when we first saw what its source did not date', () => {
    const undated = {
      ...repost,
      source: { ...source, publication: { at: null, precision: 'none' as const, text: null } },
    };
    expect(factsOf(undated)).toEqual([
      '来源 总局&lt;b&gt;',
      '发布时间 未标注',
      '首次发现 2026-11-23 09:02',
      '转载时间 2026-11-23 12:00',
    ]);
    expect(labelsOf(undated).text).not.toContain('PubDate');
  });

  it('of our own names the site that issues it; a rebuttal begins with its verdict', () => {
    expect(factsOf(rebuttal)).toEqual(['发布机构 省税务局（示例）', '发布时间 2026-11-23 12:00']);
    expect(renderArticle(rebuttal).text).toMatch(
      /^<article[^>]*>\s*<p class="article-verdict verdict-misleading">片面<\/p>/,
    );
  });

  it('escapes everything but its sanitised text, and links to the web only', () => {
    const { text } = renderArticle({ ...repost, source: { ...source, link: 'javascript:alert(1)' } });
    expect(text).toContain('<h1 class="article-title">关于&lt;小微&gt;企业的公告</h1>');
    expect(text).toContain('<p>第一条</p>');
    expect(text).not.toContain('href="javascript');
  });

  it('does not indent twice what brings its own indents', () => {
    expect(renderArticle({ ...repost, html: '<p>　　第一条</p>' }).text).toContain('article-body article-indented');
    expect(renderArticle(repost).text).toContain('class="article-body"');
  });
});

describe('what the editor approves', () => {
  it('is, letter for letter, the article that the public gets', () => {
    const article = renderArticle(repost).text;
    expect(renderPreview(repost)).toContain(article);
    expect(renderDocument(repost)).toContain(article);
  });

  it('is shown beside the original, in the same type, with nothing to load', () => {
    const page = renderOriginal({ title: '<题>', sourceName: '总局', published: '2026-11-23', html: '<p>文</p>' });
    expect(page).toContain('<h1 class="article-title">&lt;题&gt;</h1>');
    for (const frame of [page, renderPreview(repost)]) expect(frame).not.toMatch(/<script|<link|@import|url\(/);
  });
});

describe('the page of a document', () => {
  it('has no script and no style of its own, and names itself', () => {
    const page = renderDocument(repost);
    expect(page).toMatch(/^<!doctype html>\s*<html lang="zh-CN">/);
    // What machines read is data; no browser runs it.
    expect(page.replace('<script type="application/ld+json">', '')).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
    expect(page).toContain('<link rel="canonical" href="https://tax.example/province/repost/task-1" />');
    expect(page).toContain('href="/province?column=%E7%A8%8E%E6%94%B6%E6%94%BF%E7%AD%96%20%26%20%E8%A7%A3%E8%AF%BB"');
  });

  it('carries the labels of government pages', () => {
    const labels = Object.fromEntries(
      [...renderDocument(repost).matchAll(/<meta name="([^"]+)" content="([^"]*)"/g)].map(([, name, content]) => [
        name,
        content,
      ]),
    );
    expect(labels).toMatchObject({
      SiteName: '省税务局（示例）',
      ColumnName: '税收政策 &amp; 解读',
      ArticleTitle: '关于&lt;小微&gt;企业的公告',
      PubDate: '2026-11-23',
      ContentSource: '总局&lt;b&gt;',
      Url: 'https://tax.example/province/repost/task-1',
      'tongsheng:document': 'task-1',
    });
  });
});
