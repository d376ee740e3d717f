import { attachmentsOf, recordingsOf, type PublicDocument, type ReleaseFile } from '@tongsheng/contracts';
import { showPublication, showTime, statedDate } from './dates.ts';
import { Html, html } from './html.ts';

/** What a document is, as people call it. */
export const kindWords: Record<PublicDocument['kind'], string> = {
  repost: '转载',
  press: '通稿',
  policy: '政策',
  interpretation: '解读',
  response: '回应',
  rebuttal: '辟谣',
  notice: '公告',
  inspection: '抽查',
};

/** What a rebuttal found, as the page says it. */
export const verdictWords = { false: '不实', misleading: '片面', outdated: '旧闻' } as const;

/**
 * The article of a public document. One renderer for the public page and for the editor's preview, so that what is
 * approved is what is shown. The body was sanitised before it became an event; everything else is escaped here. The
 * `article-…` classes mark the parts for whoever checks the page from outside.
 */
export function renderArticle(document: PublicDocument): Html {
  const { kind, title, verdict, rumor } = document;
  return html`<article class="article article-${kind}" lang="zh-CN">
    ${verdict && html`<p class="article-verdict verdict-${verdict}">${verdictWords[verdict]}</p>`}
    <h1 class="article-title">${title}</h1>
    ${rumor !== undefined && html`<p class="article-claim">网传：${rumor.link ? linkTo(rumor.link, rumor.claim) : rumor.claim}</p>`}
    ${renderContent(document)}
  </article>`;
}

/** The article below its title, for systems that show titles themselves. */
export function renderContent({ source, summary, html: body, ...document }: PublicDocument): Html {
  const { corrected, url, files } = document;
  // A repost names its attachments where its source did.
  const own = source === null;
  return html`${corrected !== undefined && html`<p class="article-correction"><strong>更正</strong>：${corrected.note}</p>`}
    <dl class="article-facts">${source ? sourceFacts(source, document.postedAt) : ownFacts(document)}</dl>
    ${summary && html`<p class="article-summary">${summary}</p>`}
    ${own && recordingsOf({ files }).map((file) => player(url, file))} ${renderBody(body)}
    ${own && attachmentList(url, attachmentsOf({ html: body, variants: {}, files }))}
    ${source?.link ? html`<p class="article-origin">原文链接：${linkTo(source.link, source.link)}</p>` : null}`;
}

/** Nothing is loaded before somebody wants to hear it. */
function player(url: string, { hash, mediaType, name, bytes }: ReleaseFile): Html {
  const from = `${url}/files/${hash}`;
  const played = mediaType.startsWith('video/')
    ? html`<video controls preload="none" src="${from}" title="${name}"></video>`
    : html`<audio controls preload="none" src="${from}" title="${name}"></audio>`;
  return html`<figure class="article-recording">
    ${played}
    <figcaption><a href="${from}">${name}</a>（${showBytes(bytes)}，文字稿见下文）</figcaption>
  </figure>`;
}

function attachmentList(url: string, files: readonly ReleaseFile[]): Html | null {
  if (files.length === 0) return null;
  return html`<section class="article-attachments">
    <h2>附件</h2>
    <ul>
      ${files.map(({ hash, name, bytes }) => html`<li><a href="${url}/files/${hash}">${name}</a>（${showBytes(bytes)}）</li>`)}
    </ul>
  </section>`;
}

const showBytes = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.max(1, Math.round(bytes / 2 ** 10))} KB` : `${(bytes / 2 ** 20).toFixed(1)} MB`;

/** Sanitised text in the type of the pages. */
export const renderBody = (body: string): Html =>
  html`<div class="article-body${bringsIndents(body) && ' article-indented'}">${new Html(body)}</div>`;

function sourceFacts(source: NonNullable<PublicDocument['source']>, postedAt: string): Html {
  const { name, link, publication, firstSeenAt } = source;
  return html`${fact('来源', 'article-source', link ? linkTo(link, name) : name)}
  ${fact('发布时间', 'article-published', showPublication(publication))}
  ${statedDate(publication) === null && fact('首次发现', 'article-first-seen', showTime(firstSeenAt))}
  ${fact('转载时间', 'article-posted', showTime(postedAt))}`;
}

const ownFacts = ({
  siteName,
  postedAt,
  corrected,
}: Pick<PublicDocument, 'siteName' | 'postedAt' | 'corrected'>): Html =>
  html`${fact('发布机构', 'article-issuer', siteName)} ${fact('发布时间', 'article-posted', showTime(postedAt))}
  ${corrected !== undefined && fact('更正时间', 'article-corrected', showTime(corrected.at))}`;

const fact = (word: string, mark: string, value: Html | string): Html =>
  html`<div>
    <dt>${word}</dt>
    <dd class="${mark}">${value}</dd>
  </div>`;

/** An address of the web becomes a link; anything else that is an address stays text. */
function linkTo(address: string, text: string): Html {
  if (!/^https?:\/\//i.test(address)) return html`${text}`;
  return html`<a href="${address}" rel="external noopener">${text}</a>`;
}

/** Many sites indent their paragraphs with spaces of their own; those are not indented twice. */
const bringsIndents = (body: string) => ['\u3000', '\u2003', '\u00A0'].some((space) => body.includes(`<p>${space}`));

/** The labels that government pages carry (国办发〔2017〕47号), for whoever reads pages by machine. No date is made up. */
export function labelsOf(document: PublicDocument): Html {
  const { title, source, siteName, column, url, postedAt, documentId, contentHash } = document;
  const facts: Record<string, string | null> = {
    SiteName: siteName,
    ColumnName: column,
    ArticleTitle: title,
    PubDate: source ? statedDate(source.publication) : showTime(postedAt),
    ContentSource: source?.name ?? siteName,
    Url: url,
    'tongsheng:document': documentId,
    'tongsheng:content': contentHash,
  };
  return html`${Object.entries(facts).map(([name, content]) => content !== null && html`<meta name="${name}" content="${content}" />`)}`;
}
