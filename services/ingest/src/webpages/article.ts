import { Readability } from '@mozilla/readability';
import type { ArticleSelectors, Attachment } from '@tongsheng/contracts';
import { readDate, type FeedDate } from '@tongsheng/feeds';
import { documentNumberOf } from '../documents/document-number.ts';
import { textOf } from '@tongsheng/web';
import { addressOf, baseOf, openPage, select, textIn } from './dom.ts';
import { findDate } from './found-date.ts';

/** What an item's own page says. The body is as the page wrote it; clean it before it is shown or stored. */
export type Article = {
  title: string;
  html: string;
  published: FeedDate;
  /** 来源, whose word it is. */
  source: string | null;
  /** 发文机关. */
  issuer: string | null;
  column: string | null;
  documentNumber: string | null;
  attachments: Attachment[];
};

export type ArticleRead =
  | { ok: true; article: Article }
  | { ok: false; code: 'no_text' | 'bad_selector' | 'too_large' | 'too_deep'; detail: string };

export type ArticleOptions = { url: string; zone: string; now: string; selectors?: ArticleSelectors };

/** Where government sites keep the text: 国办's standard platforms first, then what their makers use. */
const bodies = [
  '#UCAP-CONTENT',
  '#fontzoom',
  '#zoom',
  '#Zoom',
  '.TRS_Editor',
  '.trs_editor_view',
  '.trs_paper_default',
  '.pages_content',
  '.article-content',
  '.article_content',
  '.arc_cont',
  '.view.TRS_UEDITOR',
  '#articleContent',
  '#artibody',
  '#js_content',
  '#content',
  'article',
];
const fewestCharacters = 20;

/**
 * Reads a page: the labels that government sites must carry (国办发〔2019〕 page labels: `ArticleTitle`, `PubDate`,
 * `ContentSource`, `ColumnName`), then what stands on it. The text is what the selector says, else a known container,
 * else what a readability library takes for it; never the whole page.
 */
export function readArticle(html: string, { url, zone, now, selectors = {} }: ArticleOptions): ArticleRead {
  const opened = openPage(html);
  if ('code' in opened) return { ok: false, ...opened };
  const { document } = opened;
  const bad = Object.values(selectors).find((each) => each !== undefined && select(document, each) === null);
  if (bad !== undefined) return { ok: false, code: 'bad_selector', detail: `${bad} is no CSS selector` };

  const base = baseOf(document, url);
  const labels = labelsOf(document);
  const title = titleOf(document, labels, selectors.title);
  const body = bodyOf(document, selectors.body);
  const head = textOf(document.body?.innerHTML ?? '').slice(0, 3_000);
  const published = publishedOf({ labels, title, document, head, zone, now }, selectors.date);
  const attachments = attachmentsOf(document, body, base);
  const column = labels.get('columnname') ?? breadcrumbOf(document);
  const labelled = tableValue(head, /(?:发文字号|文\s*号)/);
  const issuer = tableValue(head, /(?:发文机关|发布机构|发文单位)/) || null;
  const source =
    (labels.get('contentsource') ?? (tableValue(head, /(?:来\s*源|信息来源)/) || null))?.slice(0, 200) ?? null;

  const text = body ? textIn(body) : '';
  // The library takes a page apart; everything else has been read by now.
  const written = body ? body.innerHTML : readable(document);
  const characters = body ? text.length : (written?.length ?? 0);
  if (written === null || characters < fewestCharacters || isErrorPage(title, text, characters))
    return { ok: false, code: 'no_text', detail: 'no article was found on the page' };
  const number = documentNumberOf(title, { text: linesOf(body), labelled });
  return {
    ok: true,
    article: {
      title,
      html: absolute(written, base),
      published,
      source,
      issuer,
      column: column?.slice(0, 200) ?? null,
      documentNumber: number?.text ?? null,
      attachments,
    },
  };
}

type Labels = ReadonlyMap<string, string>;

function labelsOf(document: Document): Labels {
  const labels = new Map<string, string>();
  for (const meta of document.querySelectorAll('meta')) {
    const name = (meta.getAttribute('name') ?? meta.getAttribute('property') ?? '').trim().toLowerCase();
    const content = meta.getAttribute('content')?.trim() ?? '';
    if (name !== '' && content !== '' && !labels.has(name)) labels.set(name, content);
  }
  return labels;
}

function titleOf(document: Document, labels: Labels, selector: string | undefined): string {
  const chosen = selector === undefined ? '' : textIn(select(document, selector)?.[0]);
  const heading = textIn(document.querySelector('h1'));
  const label = labels.get('articletitle') ?? labels.get('og:title') ?? '';
  // `关于…的公告_国家税务总局`: what follows is the site.
  const window = textIn(document.querySelector('title')).split(/\s*[_|]\s*|\s+[-–—]\s+/)[0] ?? '';
  return (chosen || label || heading || window).slice(0, 1_000);
}

function bodyOf(document: Document, selector: string | undefined): Element | null {
  if (selector !== undefined) return select(document, selector)?.[0] ?? null;
  for (const each of bodies) {
    const found = document.querySelector(each);
    if (found && textIn(found).length >= fewestCharacters) return found;
  }
  return null;
}

function readable(document: Document): string | null {
  try {
    return new Readability(document, { charThreshold: 100, maxElemsToParse: 50_000 }).parse()?.content ?? null;
  } catch {
    return null;
  }
}

/** Names of labels that hold the moment of publication, and words that stand before it on the page. */
const dateLabels = [
  'pubdate',
  'firstpublishedtime',
  'publishdate',
  'article:published_time',
  'og:published_time',
  'publishtime',
  'date',
];
const dateWords = /(?:发布时间|发布日期|发文日期|成文日期|公开日期|日期|时间)\s*[:：]?\s*/g;

function publishedOf(
  {
    labels,
    document,
    title,
    head,
    zone,
    now,
  }: { labels: Labels; document: Document; title: string; head: string; zone: string; now: string },
  selector: string | undefined,
): FeedDate {
  if (selector !== undefined) {
    const chosen = textIn(select(document, selector)?.[0]);
    const read = readDate(chosen, zone, now);
    return read.at === null ? findDate(chosen, zone, now) : read;
  }
  const candidates = dateLabels.flatMap((name) => {
    const label = labels.get(name);
    return label === undefined ? [] : [readDate(label.replace(/-(?=\d\d:)/, ' '), zone, now)];
  });
  const time = document.querySelector('time[datetime]')?.getAttribute('datetime');
  if (time) candidates.push(readDate(time, zone, now));
  const lines = head.replaceAll(title, ' ').replaceAll('\n', ' ');
  for (const { index, 0: words } of lines.matchAll(dateWords))
    candidates.push(findDate(lines.slice(index + words.length, index + words.length + 40), zone, now));
  const known = candidates.filter(({ at }) => at !== null);
  // A label that has only the day and a line that has the hour are the same moment, said once more exactly.
  const exact = known.find(({ precision }) => precision !== 'day');
  const first = known[0];
  if (first?.precision === 'day' && exact && sameDay(first, exact, zone)) return exact;
  return first ?? findDate(lines, zone, now);
}

const sameDay = (one: FeedDate, other: FeedDate, zone: string): boolean => {
  const day = ({ at }: FeedDate) => new Intl.DateTimeFormat('en-CA', { timeZone: zone }).format(Date.parse(at ?? ''));
  return day(one) === day(other);
};

/** `发文字号：税总发〔2017〕84号 发文机关：…`: the words after a label, up to the next one. */
function tableValue(head: string, label: RegExp): string {
  const found = new RegExp(`${label.source}\\s*[:：]\\s*(.{1,60})`).exec(head);
  const value = found?.[1]?.split(/\n|\s+(?=\S{2,8}\s*[:：])|\s{1,}(?=字体|打印|分享|浏览|点击|【)/)[0] ?? '';
  return value.trim();
}

function breadcrumbOf(document: Document): string | null {
  for (const each of document.querySelectorAll('.breadcrumb, .crumbs, .position, .location, .dqwz, #position')) {
    const last = [...each.querySelectorAll('a')].at(-1);
    if (last && textIn(last) !== '') return textIn(last);
  }
  return null;
}

const fileEnding = /\.(pdf|docx?|wps|et|xlsx?|pptx?|dps|ofd|rtf|txt|csv|zip|rar|7z)(?:[?#]|$)/i;

/** Files that the text links to, and files elsewhere on the page that are called attachments. */
function attachmentsOf(document: Document, body: Element | null, base: string): Attachment[] {
  const found = new Map<string, Attachment>();
  for (const anchor of document.querySelectorAll('a[href]')) {
    const url = addressOf(anchor.getAttribute('href'), base);
    if (url === null || !fileEnding.test(url)) continue;
    const inside = body?.contains(anchor) ?? false;
    const name = textIn(anchor) || (anchor.getAttribute('title') ?? '');
    const called = /附件|附表/.test(`${name} ${textIn(anchor.parentElement).slice(0, 60)}`);
    if ((inside || called) && !found.has(url)) found.set(url, { url, name: name.slice(0, 300) });
  }
  return [...found.values()].slice(0, 100);
}

/** The first lines of a text, each block of the page one line. */
function linesOf(body: Element | null): string {
  const blocks = [...(body?.querySelectorAll('p, div, h1, h2, h3, td') ?? [])].slice(0, 12);
  return blocks.map((block) => textIn(block).slice(0, 200)).join('\n');
}

const errorWords = /404|not found|页面不存在|找不到(?:该|您)?|无法访问|访问被拒绝|正在跳转|请开启\s*JavaScript/i;

const isErrorPage = (title: string, text: string, characters: number): boolean =>
  characters < 300 && (errorWords.test(title) || errorWords.test(text));

/** `<base href>` says how the page's own addresses are meant; the text must still mean the same without it. */
function absolute(html: string, base: string): string {
  return html.replaceAll(
    /\b(href|src)=(["'])([^"'<>]{1,2000})\2/gi,
    (whole, name: string, quote: string, address: string) => {
      const trimmed = address.trim().replaceAll('&amp;', '&');
      if (/^(#|javascript:|data:|mailto:)/i.test(trimmed) || !URL.canParse(trimmed, base)) return whole;
      return `${name}=${quote}${new URL(trimmed, base).href.replaceAll('&', '&amp;')}${quote}`;
    },
  );
}
