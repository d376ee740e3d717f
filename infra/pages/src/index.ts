export { showDay, showPublication, showTime } from './dates.ts';
export { pageUrl, releaseDocument, repostDocument } from './documents.ts';
export { Html, html } from './html.ts';
export { renderArticle, renderDocument, renderOriginal, renderPage, renderPreview } from './page.ts';
export { stylesheet } from './stylesheet.ts';
