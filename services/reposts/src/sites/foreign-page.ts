import type { PublicDocument } from '@tongsheng/contracts';
import { showPublication, showTime, statedDate } from '@tongsheng/pages';
import { textOf, TooDeep as TooDeepText } from '@tongsheng/web';
import { Parser } from 'htmlparser2';
import { core, even, leastShown, shownShare } from './shown-text.ts';
import type { Check, Shown } from './site-kind.ts';

/**
 * Compares a page of a system that is not ours with what was approved. Its frame is not known, so everything that was
 * approved must be there, in its order and every word of it: title, text, links, pictures, attachments, the source with
 * its link, and the dates. What else stands on the page is the system's own. Spacing and the shape of quotation marks and
 * dashes may differ, because such systems set them as they like, and of the other signs a few (`leastShown`).
 */
export function checkForeignPage(page: string, { title, html, url, source, postedAt, files }: PublicDocument): Check[] {
  const seen = readPage(page);
  const approved = readPage(html);
  const text = even(seen.text);
  const says = (words: string) => text.includes(even(words));
  const own = files.map(({ hash }) => `${url}/files/${hash}`);
  const links = new Set(seen.links.map(({ href }) => canonical(href)));
  const leadsTo = (address: string) => links.has(canonical(address));
  const date = source && statedDate(source.publication);

  const checks = {
    title: hasTitle(seen, title),
    text:
      inOrder(core(seen.text), textOf(html.toWellFormed()).split('\n').map(core)) &&
      shownShare(textOf(html.toWellFormed()), visible(page)) >= leastShown &&
      seen.pictures >= approved.pictures &&
      approved.links.every(({ href, text: words }) =>
        own.includes(href) ? seen.links.some((each) => even(each.text) === even(words)) : leadsTo(href),
      ),
    source: source === null || says(`来源${source.name}`),
    source_link: !source?.link || leadsTo(source.link),
    published_date:
      source === null ||
      (says(`发布时间${showPublication(source.publication)}`) &&
        (date !== null || says(`首次发现${showTime(source.firstSeenAt)}`)) &&
        says(`转载时间${showTime(postedAt)}`)),
  } satisfies Partial<Record<Check['name'], boolean>>;
  return Object.entries(checks).map(([name, ok]) => ({ name: name as Check['name'], ok }));
}

/** What a page of a system that is not ours shows of a document: all its text, because its frame is not known. */
export const shownOnForeign = (page: string, { title }: PublicDocument): Shown => {
  const seen = readPage(page);
  const titles = seen.titles.map((each) => each.trim()).filter(Boolean);
  return { titles, hasTitle: hasTitle(seen, title), text: visible(page) };
};

function visible(page: string): string {
  try {
    return textOf(page.toWellFormed());
  } catch (error) {
    // Nested beyond all reason: it shows nothing that anybody could compare.
    if (error instanceof TooDeepText) return '';
    throw error;
  }
}

const hasTitle = ({ titles, documentTitle }: Seen, title: string): boolean =>
  titles.some((each) => even(each) === even(title)) || isTitled(even(documentTitle), even(title));

/** The title of the window, behind which systems write the name of the site. */
const isTitled = (shown: string, title: string): boolean =>
  shown.startsWith(title) && /^($|[-|_·•:])/u.test(shown.slice(title.length));

function inOrder(text: string, lines: string[]): boolean {
  let from = 0;
  for (const line of lines) {
    const at = text.indexOf(line, from);
    if (at < 0) return false;
    from = at + line.length;
  }
  return true;
}

const canonical = (address: string) => (URL.canParse(address) ? new URL(address).href : address);

type Seen = {
  documentTitle: string;
  titles: string[];
  text: string;
  links: { href: string; text: string }[];
  pictures: number;
};

const unseen = new Set(['script', 'style', 'template', 'noscript']);
const headings = new Set(['h1', 'h2', 'h3']);
/** No page of a site is nested like this; the tokenizer takes quadratic time over tags that are nested without end. */
const deepest = 500;
class TooDeep extends Error {}

function readPage(page: string): Seen {
  const seen: Seen = { documentTitle: '', titles: [], text: '', links: [], pictures: 0 };
  try {
    tokenize(page.toWellFormed(), seen);
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
  }
  return seen;
}

function tokenize(page: string, seen: Seen): void {
  const open: string[] = [];
  let hidden = 0;
  let inTitle = 0;
  /** Where the open heading and the open link began in the text. */
  let [heading, link]: [number | null, number | null] = [null, null];
  const parser = new Parser({
    onopentag(name, { href, property, content = '' }) {
      if (open.push(name) > deepest) throw new TooDeep();
      if (unseen.has(name)) hidden++;
      if (name === 'title') inTitle++;
      if (name === 'meta' && property === 'og:title') seen.titles.push(content);
      if (name === 'img') seen.pictures++;
      if (headings.has(name)) heading = seen.text.length;
      if (name === 'a' && href !== undefined) {
        link = seen.text.length;
        seen.links.push({ href, text: '' });
      }
    },
    ontext(text) {
      if (inTitle > 0) seen.documentTitle += text;
      else if (hidden === 0) seen.text += text;
    },
    onclosetag(name) {
      open.pop();
      if (unseen.has(name)) hidden--;
      if (name === 'title') inTitle--;
      if (headings.has(name) && heading !== null) {
        seen.titles.push(seen.text.slice(heading));
        heading = null;
      }
      if (name === 'a' && link !== null) {
        seen.links.at(-1)!.text = seen.text.slice(link);
        link = null;
      }
    },
  });
  parser.end(page);
}
