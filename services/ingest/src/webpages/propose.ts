import type { ListSelectors } from '@tongsheng/contracts';
import { pageOfCms } from './cms.ts';
import { addressOf, baseOf, openPage, textIn } from './dom.ts';
import { readRows, type ListEntry } from './list.ts';

/** A repeated structure of a page that looks like a list of publications. */
export type Proposal = { selectors: ListSelectors; count: number; dated: number; samples: ListEntry[]; score: number };

const most = 5;
const climb = 5;
/** Titles of publications are longer than words of a menu. */
const titleLength = 8;
const fewest = 3;
/** Structures that are measured; a page of any size has fewer that matter. */
const tried = 60;

/** Finds lists on a page by itself, the likeliest first. What it proposes, `readList` reads just so. */
export function proposeLists(html: string, { url, zone, now }: { url: string; zone: string; now: string }): Proposal[] {
  const opened = openPage(pageOfCms(html) ?? html);
  if ('code' in opened) return [];
  const { document } = opened;
  const base = baseOf(document, url);
  const host = new URL(base).host;
  const proposals: Proposal[] = [];
  for (const row of rowSelectors(document, base)) {
    const selectors: ListSelectors = { row };
    const read = readRows(document, { selectors, url, zone, now });
    if (!read.ok || read.entries.length < fewest) continue;
    const { entries, skipped } = read;
    const dated = entries.filter(({ published }) => published.at !== null).length;
    const own = entries.filter(({ link }) => new URL(link).host === host).length;
    const length = entries.reduce((sum, { title }) => sum + Math.min(title.length, 40), 0) / entries.length;
    const share = (part: number) => part / entries.length;
    const score =
      Math.log2(1 + Math.min(entries.length, 30)) *
      (0.3 + share(dated)) *
      (0.5 + share(own) / 2) *
      Math.min(length / 18, 1.3) *
      (entries.length / (entries.length + skipped.length)) *
      (inNavigation(document, row) ? 0.3 : 1);
    proposals.push({ selectors, count: entries.length, dated, samples: entries.slice(0, 10), score });
  }
  return unlike(proposals.sort((a, b) => b.score - a.score)).slice(0, most);
}

/** Of proposals that bring the same entries the best one; of a list and a part of it the list. */
function unlike(sorted: Proposal[]): Proposal[] {
  const kept: Proposal[] = [];
  for (const each of sorted) {
    const first = each.samples[0]?.link;
    if (!kept.some(({ samples }) => samples.some(({ link }) => link === first))) kept.push(each);
  }
  return kept;
}

/** Selectors of elements that stand around title-like links, more than once each, the most frequent first. */
function rowSelectors(document: Document, base: string): string[] {
  const found = new Map<string, Set<Element>>();
  for (const anchor of document.querySelectorAll('a[href]')) {
    const words = Math.max(textIn(anchor).length, anchor.getAttribute('title')?.trim().length ?? 0);
    if (words < titleLength || addressOf(anchor.getAttribute('href'), base) === null) continue;
    let row: Element | null = anchor;
    for (let level = 0; row && level < climb && row.localName !== 'body'; level++, row = row.parentElement) {
      const selector = selectorOfRow(row);
      if (selector) found.set(selector, (found.get(selector) ?? new Set()).add(row));
    }
  }
  return [...found]
    .filter(([, rows]) => rows.size >= fewest)
    .sort(([, a], [, b]) => b.size - a.size)
    .slice(0, tried)
    .map(([selector]) => selector);
}

/** `#list > li`, `ul.news li.item`: the row by its tag and class, below the nearest ancestor that has a name. */
function selectorOfRow(row: Element): string | null {
  const own = `${row.localName}${classOf(row)}`;
  let path = own;
  let parent = row.parentElement;
  for (let level = 0; parent && level < 3; level++, parent = parent.parentElement) {
    if (parent.localName === 'body' || parent.localName === 'html') return path;
    const id = parent.getAttribute('id');
    if (id && /^[A-Za-z][\w-]{1,40}$/.test(id) && !/\d{3}/.test(id)) return `#${id} ${level === 0 ? '> ' : ''}${path}`;
    const name = `${parent.localName}${classOf(parent)}`;
    path = `${name} > ${path}`;
    if (name.includes('.')) return path;
  }
  return path;
}

/** Classes that differ from row to row say nothing of the list. */
const accidental =
  /^(odd|even|first|last|active|current|on|hover|line\d*|clearfix|cf|fl|fr|left|right|new|hot|top|num\d*|item-?\d+|li\d+)$/i;

function classOf(element: Element): string {
  const names = (element.getAttribute('class') ?? '').split(/\s+/).filter((name) => /^[A-Za-z_][\w-]*$/.test(name));
  const telling = names.find((name) => !accidental.test(name) && !/\d{3}/.test(name));
  return telling ? `.${telling}` : '';
}

const navigation =
  /\b(nav|menu|foot|footer|header|sidebar|side|links?|friend|breadcrumb|crumbs?|pages?|pagination|pager|tabs?|banner)\b/i;

function inNavigation(document: Document, selector: string): boolean {
  let element = document.querySelector(selector);
  for (; element && element.localName !== 'body'; element = element.parentElement) {
    if (['nav', 'footer', 'header', 'aside'].includes(element.localName)) return true;
    const words = `${element.getAttribute('class') ?? ''} ${element.getAttribute('id') ?? ''}`.replaceAll(/[-_]/g, ' ');
    if (navigation.test(words)) return true;
  }
  return false;
}
