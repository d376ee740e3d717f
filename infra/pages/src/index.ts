export { kindWords, renderArticle, renderContent, verdictWords } from './article.ts';
export { byteRange } from './byte-range.ts';
export { showDay, showPublication, showTime, statedDate } from './dates.ts';
export { columnOf, pageUrl, releaseDocument, repostDocument, withdrawnDocument } from './documents.ts';
export { leadsTo } from './leads-to.ts';
export { Html, html } from './html.ts';
export { renderDocument, renderPage, type Page } from './page.ts';
export { renderOriginal, renderPreview } from './preview.ts';
export { stylesheet } from './stylesheet.ts';
