import type { ListSelectors } from '@tongsheng/contracts';
import { readDate, type FeedDate } from '@tongsheng/feeds';
import { pageOfCms } from './cms.ts';
import { addressOf, baseOf, openPage, select, textIn, wordsIn } from './dom.ts';
import { findDate } from './found-date.ts';

/** One row of a list. */
export type ListEntry = { title: string; link: string; published: FeedDate };

export type ListRead =
  | {
      ok: true;
      title: string;
      entries: ListEntry[];
      /** Rows without a link or a title, as text. */
      skipped: { text: string; code: 'no_link' | 'no_title' }[];
      /** The next page of the list. */
      next: string | null;
    }
  | { ok: false; code: 'no_rows' | 'no_links' | 'bad_selector' | 'too_large' | 'too_deep'; detail: string };

export type ListReading = { selectors: ListSelectors; url: string; zone: string; now: string };

/** Reads a list page by its selectors. */
export function readList(text: string, reading: ListReading): ListRead {
  const opened = openPage(pageOfCms(text) ?? text);
  return 'code' in opened ? { ok: false, ...opened } : readRows(opened.document, reading);
}

/** The same for a page that is open already. */
export function readRows(document: Document, { selectors, url, zone, now }: ListReading): ListRead {
  const rows = select(document, selectors.row);
  if (rows === null) return { ok: false, code: 'bad_selector', detail: `${selectors.row} is no CSS selector` };
  if (rows.length === 0) return { ok: false, code: 'no_rows', detail: `no row matches ${selectors.row}` };
  const bad = [selectors.link, selectors.title, selectors.date, selectors.next].find(
    (each) => each !== undefined && select(document, each) === null,
  );
  if (bad !== undefined) return { ok: false, code: 'bad_selector', detail: `${bad} is no CSS selector` };

  const base = baseOf(document, url);
  const entries = new Map<string, ListEntry>();
  const skipped: Extract<ListRead, { ok: true }>['skipped'] = [];
  for (const row of rows) {
    const anchor = anchorOf(row, selectors.link, base);
    const link = addressOf(anchor?.getAttribute('href'), base);
    const text = textIn(row);
    if (!anchor || link === null) {
      // Lines between groups of rows hold nothing and are no loss.
      if (text !== '') skipped.push({ text: text.slice(0, 500), code: 'no_link' });
      continue;
    }
    const named = titleElement(row, anchor, selectors.title);
    const title = titleOf(named, anchor);
    if (title === '') {
      skipped.push({ text: link, code: 'no_title' });
      continue;
    }
    if (entries.has(link)) continue;
    entries.set(link, { title, link, published: dateOf(row, named, selectors.date, zone, now) });
  }
  if (entries.size === 0) return { ok: false, code: 'no_links', detail: `${rows.length} rows, none with a link` };
  const title = textIn(document.querySelector('title'));
  return { ok: true, title, entries: [...entries.values()], skipped, next: nextOf(document, selectors.next, base) };
}

/** The row's link: the one asked for, or of all that lead somewhere the one with the most words. */
function anchorOf(row: Element, selector: string | undefined, base: string): Element | null {
  const all = row.localName === 'a' ? [row] : (select(row, selector ?? 'a[href]') ?? []);
  const usable = all.filter((each) => addressOf(each.getAttribute('href'), base) !== null);
  const words = (each: Element) => Math.max(textIn(each).length, each.getAttribute('title')?.trim().length ?? 0);
  return usable.reduce<Element | null>((best, each) => (best && words(best) >= words(each) ? best : each), null);
}

/** What holds the title: what the selector says, else the link; where the link is the whole row, its longest part. */
function titleElement(row: Element, anchor: Element, selector: string | undefined): Element {
  if (selector !== undefined) return select(row, selector)?.[0] ?? anchor;
  if (anchor !== row) return anchor;
  const parts = [...row.children].filter((each) => textIn(each) !== '');
  return parts.reduce((best, each) => (textIn(each).length > textIn(best).length ? each : best), parts[0] ?? row);
}

/** The visible title, or the whole one of the `title` attribute where the page shows only its beginning. */
function titleOf(element: Element, anchor: Element): string {
  const shown = textIn(element).replace(/^[·•▪■◆>»\s]+/u, '');
  const whole = (element.getAttribute('title') ?? anchor.getAttribute('title') ?? '').replaceAll(/\s+/g, ' ').trim();
  const beginning = shown.replace(/[.…。\s]+$/u, '');
  return (whole.length > beginning.length && whole.startsWith(beginning) ? whole : shown || whole).slice(0, 1_000);
}

function dateOf(row: Element, named: Element, selector: string | undefined, zone: string, now: string): FeedDate {
  if (selector !== undefined) {
    const element = select(row, selector)?.[0];
    const written = element?.getAttribute('datetime') ?? textIn(element);
    const read = readDate(written, zone, now);
    return read.at === null ? findDate(written, zone, now) : read;
  }
  // A title may hold a date of its own, which is not when it was published.
  const found = findDate(wordsIn(row, named), zone, now);
  if (found.at !== null) return found;
  const machine = row.querySelector('time')?.textContent?.trim() ?? '';
  return machine === '' ? found : readDate(machine, zone, now);
}

const nextWords = /^(下一页|下页|后一页|后页|下一頁|next( page)?|[>›»])$/i;

function nextOf(document: Document, selector: string | undefined, base: string): string | null {
  const named =
    selector === undefined
      ? [...document.querySelectorAll('a[rel~="next"], link[rel~="next"]'), ...anchorsSaying(document)]
      : (select(document, selector) ?? []);
  for (const each of named) {
    const address = addressOf(each.getAttribute('href'), base);
    if (address !== null) return address;
  }
  return null;
}

const anchorsSaying = (document: Document): Element[] =>
  [...document.querySelectorAll('a[href]')].filter((each) => nextWords.test(textIn(each)));
