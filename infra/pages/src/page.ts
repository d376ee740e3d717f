import type { PublicDocument } from '@tongsheng/contracts';
import { labelsOf, renderArticle } from './article.ts';
import { html, type Html } from './html.ts';
import { structuredData } from './structured.ts';

/** A page's frame. `href` of a trail's last step is null: that is where the reader is. */
export type Page = {
  title: string;
  siteName: string;
  siteHome: string;
  head?: Html;
  trail?: { name: string; href: string | null }[];
  content: Html;
};

const formats = { rss: 'RSS', atom: 'Atom', json: 'JSON Feed' } as const;
const mediaTypes = {
  rss: 'application/rss+xml',
  atom: 'application/atom+xml',
  json: 'application/feed+json',
} as const;

/** A whole page around some content, with the site's own head and foot. No script; the style is a file. */
export function renderPage({ title, siteName, siteHome, head, trail = [], content }: Page): string {
  const feed = (format: keyof typeof formats) => `${siteHome === '/' ? '' : siteHome}/feed.${format}`;
  const each = Object.keys(formats) as (keyof typeof formats)[];
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${head ?? null}
        ${each.map((format) => html`<link rel="alternate" type="${mediaTypes[format]}" title="${siteName} ${formats[format]}" href="${feed(format)}" />`)}
        <link rel="stylesheet" href="/assets/portal.css" />
      </head>
      <body>
        <a class="skip" href="#main">跳到正文</a>
        <header class="masthead">
          <div class="wrap"><a class="masthead-name" href="${siteHome}">${siteName}</a></div>
        </header>
        ${trail.length > 0 && renderTrail(trail)}
        <main id="main" class="wrap" tabindex="-1">${content}</main>
        <footer class="foot">
          <div class="wrap">
            <p>${siteName}</p>
            <p><a href="/corrections">网民纠错</a></p>
            <p>订阅：${each.map((format) => html`<a href="${feed(format)}">${formats[format]}</a> `)}</p>
          </div>
        </footer>
      </body>
    </html>`.text;
}

const renderTrail = (trail: NonNullable<Page['trail']>): Html =>
  html`<nav class="trail wrap" aria-label="当前位置">
    <ol>
      ${trail.map(({ name, href }) => html`<li>${href ? html`<a href="${href}">${name}</a>` : html`<span aria-current="page">${name}</span>`}</li>`)}
    </ol>
  </nav>`;

/** The page of one document, as the public gets it. */
export function renderDocument(document: PublicDocument): string {
  const { title, siteName, site, kind, documentId, column, url } = document;
  const siteHome = `/${site}`;
  return renderPage({
    title: `${title} - ${siteName}`,
    siteName,
    siteHome,
    head: html`<link rel="canonical" href="${url}" />${labelsOf(document)}${structuredData(document)}`,
    trail: [
      { name: '首页', href: '/' },
      { name: siteName, href: siteHome },
      { name: column, href: `${siteHome}?column=${encodeURIComponent(column)}` },
      { name: '正文', href: null },
    ],
    content: html`${renderArticle(document)}
      <p class="page-report">
        <a href="/corrections/new?${new URLSearchParams({ site, kind, id: documentId }).toString()}" rel="nofollow"
          >纠错</a
        >
        <span>发现本页有错误，请告诉我们</span>
      </p>`,
  });
}
