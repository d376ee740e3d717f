import { Parser } from 'htmlparser2';
import sanitize from 'sanitize-html';

const tags =
  'p br hr h2 h3 h4 h5 strong b em i u sub sup ul ol li dl dt dd blockquote pre code table caption thead tbody tfoot tr th td ' +
  'colgroup col img a figure figcaption ruby rt rp span div section article';

/** Elements inside elements; no text of ours has a tenth of it, and what walks through more takes its square in time. */
const deepest = 500;

/** HTML is nested beyond all reason. */
export class TooDeep extends Error {
  constructor() {
    super(`elements nested deeper than ${deepest}`);
  }
}

/** Counts how deep a parser is. @throws TooDeep */
function depthGuard(): { open(): void; close(): void } {
  let depth = 0;
  return {
    open() {
      if (++depth > deepest) throw new TooDeep();
    },
    close: () => void depth--,
  };
}

/**
 * HTML from outside, reduced to an allow-list that no script, handler, style or active address survives. Relative
 * addresses become absolute. Cleaning well-formed HTML twice changes nothing.
 * @throws TooDeep
 */
export const cleanHtml = (html: string, baseUrl: string | null = null): string => clean(html, baseUrl, false);

/** The same for a text of our own, which may name its files by `files/<SHA-256>`. @throws TooDeep */
export const cleanOwnHtml = (html: string): string => clean(html, null, true);

const ownFile = /^files\/[0-9a-f]{64}$/;

function clean(html: string, baseUrl: string | null, isOwn: boolean): string {
  const absolute = (address: string | undefined): string | undefined => {
    if (address === undefined) return undefined;
    if (isOwn && ownFile.test(address)) return address;
    if (!URL.canParse(address, baseUrl ?? undefined)) return undefined;
    return new URL(address, baseUrl ?? undefined).href;
  };
  const depth = depthGuard();
  return sanitize(html, {
    onOpenTag: depth.open,
    onCloseTag: depth.close,
    allowedTags: tags.split(' '),
    allowedAttributes: {
      a: ['href', 'title'],
      img: ['src', 'alt', 'width', 'height'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan', 'scope'],
    },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['http', 'https'] },
    allowProtocolRelative: false,
    disallowedTagsMode: 'discard',
    nestingLimit: 100,
    transformTags: {
      a: (tagName, { href, title }) => attributes(tagName, { href: absolute(href), title }),
      img: (tagName, { src, ...rest }) => attributes(tagName, { ...rest, src: absolute(src) }),
      h1: 'h2',
      font: 'span',
      center: 'div',
    },
    exclusiveFilter: ({ tag, attribs }) => tag === 'img' && (!attribs['src'] || isPixel(attribs)),
  });
}

/** A picture that nobody can see is there to see who reads. */
const isPixel = ({ width, height }: Record<string, string>): boolean =>
  [width, height].some((size) => size !== undefined && /^\s*[01](\.\d+)?(px)?\s*$/i.test(size));

function attributes(tagName: string, given: Record<string, string | undefined>): sanitize.Tag {
  const kept = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { tagName, attribs: Object.fromEntries(kept) };
}

const blocks = new Set(
  'p br hr h1 h2 h3 h4 h5 h6 li dt dd tr td th table blockquote pre div section article figure figcaption'.split(' '),
);
const unseen = new Set(['script', 'style', 'template', 'noscript', 'title']);

/** Whether an element begins and ends lines of its own; whether nothing of it is seen. */
export const breaksLine = (name: string) => blocks.has(name);
export const isUnseen = (name: string) => unseen.has(name);

/** The visible text of HTML, one line a block, by a tokenizer: a regular expression over HTML is quadratic on `<p<p<p`. @throws TooDeep */
export function textOf(html: string): string {
  const parts: string[] = [];
  const depth = depthGuard();
  let hidden = 0;
  const parser = new Parser({
    onopentagname(name) {
      depth.open();
      if (unseen.has(name)) hidden++;
      if (blocks.has(name)) parts.push('\n');
    },
    ontext(text) {
      if (hidden === 0) parts.push(text);
    },
    onclosetag(name) {
      depth.close();
      if (unseen.has(name)) hidden--;
      if (blocks.has(name)) parts.push('\n');
    },
  });
  parser.end(html);
  const lines = parts.join('').split('\n');
  return lines
    .map((line) => line.replace(/[\s\u00A0\u3000]+/gu, ' ').trim())
    .filter(Boolean)
    .join('\n');
}
