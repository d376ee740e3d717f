import type { PublicDocument, RepostEvent } from '@tongsheng/contracts';
import { showPublication } from '@tongsheng/pages';
import { textOf } from '@tongsheng/web';
import { Parser } from 'htmlparser2';

type Check = Extract<RepostEvent, { type: 'repost.verified' }>['evidence']['checks'][number];

/** What the public's copy of a page shows, by the parts that must not change on the way. */
type Shown = { title: string; body: string; source: string; published: string; links: string[] };

/**
 * Compares a page, as it was fetched from outside, with what was approved: title, every word of the text, the source's
 * name, the link to the original, and the source's own date.
 */
export function checkPage(page: string, approved: PublicDocument): Check[] {
  const shown = readPage(page);
  const { source } = approved;
  return [
    { name: 'title', ok: shown.title === approved.title.replace(/\s+/g, ' ').trim() },
    { name: 'text', ok: shown.body === textOf(approved.html) },
    { name: 'source', ok: source === null || shown.source === source.name },
    { name: 'source_link', ok: !source?.link || shown.links.includes(source.link) },
    { name: 'published_date', ok: source === null || shown.published === showPublication(source.publication) },
  ];
}

const classes = {
  'article-title': 'title',
  'article-body': 'body',
  'article-source': 'source',
  'article-published': 'published',
} as const;
type PartName = (typeof classes)[keyof typeof classes];

const empty = new Set(['br', 'hr', 'img', 'meta', 'link', 'input', 'col', 'wbr']);

/** Collects the marked parts' own markup by a tokenizer, then reads their visible text. */
function readPage(page: string): Shown {
  const markup: Record<PartName, string> = { title: '', body: '', source: '', published: '' };
  const links: string[] = [];
  let part: PartName | null = null;
  let depth = 0;
  const parser = new Parser({
    onopentag(name, attributes) {
      if (name === 'a' && attributes['href']) links.push(attributes['href']);
      if (part) {
        markup[part] += `<${name}>`;
        if (!empty.has(name)) depth++;
        return;
      }
      const found = Object.entries(classes).find(([mark]) => attributes['class']?.split(' ').includes(mark));
      if (found) [part, depth] = [found[1], 1];
    },
    ontext(text) {
      if (part) markup[part] += text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    },
    onclosetag(name) {
      if (!part || empty.has(name)) return;
      depth--;
      if (depth === 0) part = null;
      else markup[part] += `</${name}>`;
    },
  });
  parser.end(page);
  const text = (name: PartName) => textOf(markup[name]);
  return { title: text('title'), body: text('body'), source: text('source'), published: text('published'), links };
}
