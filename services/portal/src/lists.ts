import { html, renderPage, showDay, showTime, type Html } from '@tongsheng/pages';
import type { Card, Catalogue } from './catalogue.ts';

const tags = { repost: '转载', press: '通稿', rebuttal: '辟谣' } as const;
const pageSize = 20;

const row = ({ site, kind, documentId, title, sourceName, postedAt }: Card): Html =>
  html`<li>
    <span class="list-what"
      ><span class="tag tag-${kind}">${tags[kind]}</span
      ><a href="/${site}/${kind}/${documentId}">${title}</a
      >${sourceName && html`<span class="list-source">${sourceName}</span>`}</span
    >
    <time datetime="${postedAt}" title="${showTime(postedAt)}">${showDay(postedAt)}</time>
  </li>`;

const listOf = (cards: Card[]): Html =>
  cards.length > 0
    ? html`<ul class="list">
        ${cards.map(row)}
      </ul>`
    : html`<p class="empty">还没有发布的内容。</p>`;

/** The portal's own front page: each site with its newest. */
export function renderHome(catalogue: Catalogue): string {
  const sites = catalogue.sites();
  return renderPage({
    title: '税务网站门户（示例）',
    siteName: '税务网站门户（示例）',
    siteHome: '/',
    content: html`${sites.length === 0 && html`<p class="empty">还没有发布的内容。编辑同意转载后，这里马上就有。</p>`}
    ${sites.map(
      ({ site, siteName, total }) =>
        html`<section>
          <h2 class="list-title"><a href="/${site}">${siteName}</a>（${total}）</h2>
          ${listOf(catalogue.list(site, 0, 8).cards)}
        </section>`,
    )}`,
  });
}

/** One site's documents, newest first, a page at a time. Null when there is no such site. */
export function renderSite(catalogue: Catalogue, site: string, page: number): string | null {
  const found = catalogue.sites().find((each) => each.site === site);
  if (!found) return null;
  const { cards, total } = catalogue.list(site, (page - 1) * pageSize, pageSize);
  const last = Math.max(1, Math.ceil(total / pageSize));
  return renderPage({
    title: found.siteName,
    siteName: found.siteName,
    siteHome: `/${site}`,
    head: html`<link rel="alternate" type="application/rss+xml" href="/${site}/feed.rss" title="RSS" />
      <link rel="alternate" type="application/atom+xml" href="/${site}/feed.atom" title="Atom" />
      <link rel="alternate" type="application/feed+json" href="/${site}/feed.json" title="JSON Feed" />`,
    trail: [
      { name: '门户', href: '/' },
      { name: found.siteName, href: null },
    ],
    content: html`<h1 class="list-title">最新发布</h1>
      ${listOf(cards)}
      ${last > 1 && html`<nav class="pager" aria-label="翻页"><span>${page > 1 && html`<a href="/${site}?page=${page - 1}" rel="prev">上一页</a>`}</span><span>第 ${page} / ${last} 页</span><span>${page < last && html`<a href="/${site}?page=${page + 1}" rel="next">下一页</a>`}</span></nav>`}`,
  });
}

export function renderMissing(): string {
  return renderPage({
    title: '没有找到这个页面',
    siteName: '税务网站门户（示例）',
    siteHome: '/',
    content: html`<div class="empty">
      <h1>没有找到这个页面</h1>
      <p>它可能还没有发布，或者地址有误。</p>
      <p><a href="/">回到首页</a></p>
    </div>`,
  });
}
