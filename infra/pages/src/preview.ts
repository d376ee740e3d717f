import type { PublicDocument } from '@tongsheng/contracts';
import { renderArticle, renderBody } from './article.ts';
import { Html, html } from './html.ts';
import { stylesheet } from './stylesheet.ts';

/** The public article for a sandboxed frame: the stylesheet within, nothing to load. */
export const renderPreview = (document: PublicDocument): string => frame(renderArticle(document));

export type Original = { title: string; sourceName: string; html: string; published: string };

/** The original, as sanitised, in the same type: what the editor reads beside the preview. */
export const renderOriginal = ({ title, sourceName, published, html: body }: Original): string =>
  frame(
    html`<article class="article">
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
      ${renderBody(body)}
    </article>`,
  );

/** A text as a channel is handed it, in the plain type of whoever shows it; a whole page as it is. */
export const renderSent = (text: string): string =>
  text.trimStart().startsWith('<!doctype') ? text : frame(new Html(text), plain);

const plain =
  'body{font:16px/1.8 sans-serif;margin:12px;overflow-wrap:anywhere}img{max-width:100%}table{border-collapse:collapse}td,th{border:1px solid #999;padding:2px 6px}';

const frame = (content: Html, style = stylesheet): string =>
  html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <base target="_blank" />
        <style>
          ${new Html(style)}
        </style>
      </head>
      <body class="preview">
        ${content}
      </body>
    </html>`.text;
