import type { PublicDocument } from '@tongsheng/contracts';
import { showPublication, showTime } from './dates.ts';
import { Html, html } from './html.ts';
import { stylesheet } from './stylesheet.ts';

const verdicts = { false: '不实信息', misleading: '误导信息', outdated: '旧闻翻炒' } as const;

/**
 * The article of a public document. One renderer for the public page and for the editor's preview, so that what is
 * approved is what is shown. The body was sanitised before it became an event; everything else is escaped here.
 */
export function renderArticle(document: PublicDocument): Html {
  const { title, source, summary, verdict, siteName, postedAt } = document;
  return html`<article class="article" lang="zh-CN">
    ${verdict && html`<p class="verdict verdict-${verdict}">${verdicts[verdict]}</p>`}
    <h1 class="article-title">${title}</h1>
    <dl class="article-facts">
      ${
        source
          ? html`<div>
                <dt>来源</dt>
                <dd class="article-source">
                  ${source.link ? html`<a href="${source.link}" rel="external noopener">${source.name}</a>` : source.name}
                </dd>
              </div>
              <div>
                <dt>发布时间</dt>
                <dd class="article-published">${showPublication(source.publication)}</dd>
              </div>
              <div>
                <dt>转载时间</dt>
                <dd>${showTime(postedAt)}</dd>
              </div>`
          : html`<div>
                <dt>发布机构</dt>
                <dd>${siteName}</dd>
              </div>
              <div>
                <dt>发布时间</dt>
                <dd class="article-published">${showTime(postedAt)}</dd>
              </div>`
      }
    </dl>
    ${summary && html`<p class="article-summary">${summary}</p>`}
    <div class="article-body">${new Html(document.html)}</div>
    ${source?.link ? html`<p class="article-origin">原文链接：<a href="${source.link}" rel="external noopener">${source.link}</a></p>` : null}
  </article>`;
}

/** The labels that government pages carry (国办发〔2017〕47号), for whoever reads pages by machine. */
function labels({ title, source, siteName, column, url, postedAt, documentId, contentHash }: PublicDocument): Html {
  const facts: Record<string, string> = {
    SiteName: siteName,
    ColumnName: column,
    ArticleTitle: title,
    PubDate: source ? showPublication(source.publication) : showTime(postedAt),
    ContentSource: source?.name ?? siteName,
    Url: url,
    'tongsheng:document': documentId,
    'tongsheng:content': contentHash,
  };
  return html`${Object.entries(facts).map(([name, content]) => html`<meta name="${name}" content="${content}" />`)}`;
}

/** A whole page around some content, with the site's own head and foot. */
export function renderPage(page: {
  title: string;
  siteName: string;
  siteHome: string;
  head?: Html;
  trail?: { name: string; href: string | null }[];
  content: Html;
}): string {
  const { title, siteName, siteHome, head, trail = [], content } = page;
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        ${head ?? null}
        <link rel="stylesheet" href="/assets/portal.css" />
      </head>
      <body>
        <a class="skip" href="#main">跳到正文</a>
        <header class="masthead">
          <div class="wrap">
            <a class="masthead-name" href="${siteHome}">${siteName}</a>
            <p class="masthead-note">示例门户 · 由同声发布</p>
          </div>
        </header>
        ${
          trail.length > 0 &&
          html`<nav class="trail wrap" aria-label="当前位置">
            <ol>
              ${trail.map(({ name, href }) => html`<li>${href ? html`<a href="${href}">${name}</a>` : html`<span aria-current="page">${name}</span>`}</li>`)}
            </ol>
          </nav>`
        }
        <main id="main" class="wrap">${content}</main>
        <footer class="foot">
          <div class="wrap">
            <p>${siteName}</p>
            <p><a href="/feed.rss">RSS</a> · <a href="/feed.atom">Atom</a> · <a href="/feed.json">JSON Feed</a></p>
          </div>
        </footer>
      </body>
    </html>`.text;
}

/** The page of one document, as the public gets it. */
export function renderDocument(document: PublicDocument): string {
  const { title, siteName, site, column, url } = document;
  return renderPage({
    title: `${title} - ${siteName}`,
    siteName,
    siteHome: `/${site}`,
    head: html`<link rel="canonical" href="${url}" />${labels(document)}`,
    trail: [
      { name: siteName, href: `/${site}` },
      { name: column, href: null },
    ],
    content: renderArticle(document),
  });
}

/** The same article for a sandboxed frame: the stylesheet within, nothing to load. */
export function renderPreview(document: PublicDocument): string {
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <base target="_blank" />
        <style>
          ${new Html(stylesheet)}
        </style>
      </head>
      <body class="preview">
        ${renderArticle(document)}
      </body>
    </html>`.text;
}

/** The original, as sanitised, in the same type: what the editor reads beside the preview. */
export function renderOriginal(original: {
  title: string;
  sourceName: string;
  html: string;
  published: string;
}): string {
  const { title, sourceName, published } = original;
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <base target="_blank" />
        <style>
          ${new Html(stylesheet)}
        </style>
      </head>
      <body class="preview">
        <article class="article">
          <h1 class="article-title">${title}</h1>
          <dl class="article-facts">
            <div>
              <dt>来源</dt>
              <dd>${sourceName}</dd>
            </div>
            <div>
              <dt>发布时间</dt>
              <dd>${published}</dd>
            </div>
          </dl>
          <div class="article-body">${new Html(original.html)}</div>
        </article>
      </body>
    </html>`.text;
}
