import { html, kindWords, renderPage, showDay, showTime, verdictWords, type Html } from '@tongsheng/pages';
import { nameOf, type PublicIndex, type SiteShelves, type Withdrawn } from './public-index.ts';
import type { Entry } from './shelf.ts';

export const portalName = '税务网站门户（示例）';

const pageSize = 20;
/** Up to so many sites the front page shows the newest of each. */
const fewSites = 12;

const row = ({ site, siteName, kind, documentId, title, source, postedAt }: Entry, ofMany: boolean): Html => {
  const from = [...(ofMany ? [siteName] : []), ...(source ? [source.name] : [])].join(' · ');
  return html`<li>
    <span class="list-what"
      ><span class="tag tag-${kind}">${kindWords[kind]}</span
      ><a href="/${site}/${kind}/${documentId}">${title}</a
      >${from !== '' && html`<span class="list-source">${from}</span>`}</span
    >
    <time datetime="${postedAt}" title="${showTime(postedAt)}">${showDay(postedAt)}</time>
  </li>`;
};

/** @param ofMany of several sites: each says of which it is */
const listOf = (entries: Entry[], ofMany = false): Html =>
  entries.length > 0
    ? html`<ul class="list">
        ${entries.map((entry) => row(entry, ofMany))}
      </ul>`
    : html`<p class="empty">还没有发布的内容。</p>`;

/** The portal's own front page: each site with its newest; of many sites the newest of all, and where each is. */
export function renderHome(index: PublicIndex): string {
  const sites = index.sites();
  return renderPage({
    title: portalName,
    siteName: portalName,
    siteHome: '/',
    content: html`${index.rebuttals.size > 0 && html`<p><a href="/rebuttals">辟谣平台（${index.rebuttals.size}）</a></p>`}
    ${sites.length === 0 && html`<p class="empty">还没有发布的内容。编辑同意转载后，这里马上就有。</p>`}
    ${sites.length <= fewSites ? sites.map(newestOf) : manySites(index, sites)}`,
  });
}

const linkTo = (shelves: SiteShelves): Html =>
  html`<a href="/${shelves.site}">${nameOf(shelves)}</a>（${shelves.all.size}）`;

const newestOf = (shelves: SiteShelves): Html =>
  html`<section>
    <h2 class="list-title">${linkTo(shelves)}</h2>
    ${listOf(shelves.all.newest(8))}
  </section>`;

const manySites = (index: PublicIndex, sites: SiteShelves[]): Html =>
  html`<section>
      <h2 class="list-title">最新发布</h2>
      ${listOf(index.all.newest(pageSize), true)}
    </section>
    <section>
      <h2 class="list-title">各网站（${sites.length}）</h2>
      <ul class="sites">
        ${sites.map((shelves) => html`<li>${linkTo(shelves)}</li>`)}
      </ul>
    </section>`;

/** What was claimed and what is true of it, of all sites, newest first. */
export function renderRebuttals(index: PublicIndex, page: number): string {
  const { rebuttals } = index;
  return renderPage({
    title: `辟谣平台 - ${portalName}`,
    siteName: portalName,
    siteHome: '/',
    trail: [
      { name: '首页', href: '/' },
      { name: '辟谣平台', href: null },
    ],
    content: html`<h1 class="list-title">辟谣平台</h1>
      ${
        rebuttals.size === 0
          ? html`<p class="empty">目前没有辟谣信息。</p>`
          : html`<ul class="list">
              ${rebuttals.newest(pageSize, (page - 1) * pageSize).map(claimRow)}
            </ul>`
      }
      ${pagerOf('/rebuttals', page, rebuttals.size)}`,
  });
}

const claimRow = ({ site, kind, documentId, title, verdict, rumor, siteName, postedAt }: Entry): Html =>
  html`<li>
    <span class="list-what"
      >${verdict && html`<span class="tag tag-rebuttal">${verdictWords[verdict]}</span>`}<a
        href="/${site}/${kind}/${documentId}"
        >${title}</a
      ><span class="list-source">${rumor ? `网传：${rumor.claim}` : siteName}</span></span
    >
    <time datetime="${postedAt}" title="${showTime(postedAt)}">${showDay(postedAt)}</time>
  </li>`;

function pagerOf(path: string, page: number, size: number): Html | false {
  const last = Math.max(1, Math.ceil(size / pageSize));
  return (
    last > 1 &&
    html`<nav class="pager" aria-label="翻页">
      <span>${page > 1 && html`<a href="${path}?page=${page - 1}" rel="prev">上一页</a>`}</span
      ><span>第 ${page} / ${last} 页</span
      ><span>${page < last && html`<a href="${path}?page=${page + 1}" rel="next">下一页</a>`}</span>
    </nav>`
  );
}

/** One site's documents, newest first, a page at a time. */
export function renderSite(shelves: SiteShelves, page: number): string {
  const { site, all } = shelves;
  const siteName = nameOf(shelves);
  return renderPage({
    title: siteName,
    siteName,
    siteHome: `/${site}`,
    head: html`<link rel="alternate" type="application/rss+xml" href="/${site}/feed.rss" title="RSS" />
      <link rel="alternate" type="application/atom+xml" href="/${site}/feed.atom" title="Atom" />
      <link rel="alternate" type="application/feed+json" href="/${site}/feed.json" title="JSON Feed" />`,
    trail: [
      { name: '门户', href: '/' },
      { name: siteName, href: null },
    ],
    content: html`<h1 class="list-title">最新发布</h1>
      ${listOf(all.newest(pageSize, (page - 1) * pageSize))} ${pagerOf(`/${site}`, page, all.size)}`,
  });
}

/** What stands for ever where a page was that was taken back. Its title is not shown: it may be why it was. */
export function renderWithdrawn({ site, siteName, kind, withdrawnAt, withdrawnBecause }: Withdrawn): string {
  const time = html`<time datetime="${withdrawnAt}">${showTime(withdrawnAt)}</time>`;
  return renderPage({
    title: '这个页面已撤下',
    siteName,
    siteHome: `/${site}`,
    content: html`<div class="empty" data-withdrawn="${withdrawnAt}">
      <h1>这个页面已撤下</h1>
      <p>${kind === 'repost' && '来源已撤回原文，'}本站于 ${time}（北京时间）撤下了这个页面。</p>
      ${withdrawnBecause !== undefined && html`<p data-because>原因：${withdrawnBecause}</p>`}
      <p lang="en">
        ${kind === 'repost' && 'The source has withdrawn the original. '}This page was taken down at ${time} (Beijing
        time).
      </p>
      <p><a href="/${site}">${siteName}</a></p>
    </div>`,
  });
}

export function renderMissing(): string {
  return renderPage({
    title: '没有找到这个页面',
    siteName: portalName,
    siteHome: '/',
    content: html`<div class="empty">
      <h1>没有找到这个页面</h1>
      <p>它可能还没有发布，或者地址有误。</p>
      <p><a href="/">回到首页</a></p>
    </div>`,
  });
}
