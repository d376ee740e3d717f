import { Parser } from 'htmlparser2';

/** A marked part of a page: an element of a class `article…`, once for each time that it stands there. */
export type Part = {
  mark: string;
  /** Its own text, without that of the marked parts inside it. */
  text: string;
  /** Targets of its own links. */
  links: string[];
  /** The markup inside it. */
  markup: string;
};

export type MarkedPage = {
  parts: Part[];
  /** `<meta name content>`. */
  labels: { name: string; content: string }[];
  /** All links and images, in order. */
  addresses: string[];
};

const blocks = new Set(['p', 'div', 'dl', 'dt', 'dd', 'h1', 'br', 'li', 'tr', 'td', 'section']);
const unseen = new Set(['script', 'style', 'template', 'noscript']);

/** Our pages are flat; the tokenizer takes quadratic time over tags that are nested without end. */
const deepest = 256;
class TooDeep extends Error {}

/** Reads a page with a tokenizer. One that is nested deeper than any of ours has no parts. */
export function readPage(page: string): MarkedPage {
  try {
    return tokenize(page);
  } catch (error) {
    if (error instanceof TooDeep) return { parts: [], labels: [], addresses: [] };
    throw error;
  }
}

function tokenize(page: string): MarkedPage {
  const found: MarkedPage = { parts: [], labels: [], addresses: [] };
  /** For every open element the part that it stands in, and whether it begins that part. */
  const open: { part: Part | null; begins: boolean; from: number }[] = [];
  let hidden = 0;
  const say = (text: string) => {
    const part = open.at(-1)?.part;
    if (part && hidden === 0) part.text += text;
  };

  const parser = new Parser({
    onopentag(name, attributes) {
      const { href, src, alt, content, class: classes = '', name: label } = attributes;
      if (open.length > deepest) throw new TooDeep();
      if (unseen.has(name)) hidden++;
      if (name === 'meta' && label) found.labels.push({ name: label, content: content ?? '' });
      if (name === 'a' || name === 'img') found.addresses.push(`${name} ${href ?? src ?? ''} ${alt ?? ''}`);
      if (blocks.has(name)) say(' ');

      const around = open.at(-1)?.part ?? null;
      // What stands inside the text is the text's own, whatever it calls itself.
      const mark = around?.mark === 'article-body' ? undefined : classes.split(' ').find(isMark);
      const part = mark === undefined ? around : { mark, text: '', links: [], markup: '' };
      if (part && part !== around) found.parts.push(part);
      if (name === 'a' && href !== undefined) part?.links.push(href);
      open.push({ part, begins: part !== around, from: parser.endIndex + 1 });
    },
    ontext: say,
    onclosetag(name) {
      const closed = open.pop();
      if (unseen.has(name)) hidden--;
      if (closed?.part && closed.begins) closed.part.markup = page.slice(closed.from, parser.startIndex);
      if (blocks.has(name)) say(' ');
    },
  });
  parser.end(page);
  return found;
}

const isMark = (name: string) => name === 'article' || name.startsWith('article-');
