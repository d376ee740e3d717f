import { Parser } from 'htmlparser2';
import { parseHTML } from 'linkedom';

/** What a page may be: characters of markup and depth of nesting. Deeper ones overflow what walks through them. */
export const limits = { characters: 5 * 2 ** 20, depth: 400, elements: 100_000 };

/** A page as a document, or why it is none. */
export function openPage(html: string): { document: Document } | { code: 'too_large' | 'too_deep'; detail: string } {
  if (html.length > limits.characters)
    return { code: 'too_large', detail: `${html.length} characters, more than ${limits.characters}` };
  const excess = excessOf(html);
  if (excess) return excess;
  const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<html><body>${html}</body></html>`);
  return { document: document as unknown as Document };
}

/** Told as soon as it is known: the parser itself takes the square of the depth in time. */
function excessOf(html: string): { code: 'too_large' | 'too_deep'; detail: string } | null {
  let depth = 0;
  let elements = 0;
  const parser = new Parser({
    onopentag() {
      if (++elements > limits.elements || ++depth > limits.depth) throw new Excess();
    },
    onclosetag() {
      depth--;
    },
  });
  try {
    parser.end(html);
    return null;
  } catch (error) {
    if (!(error instanceof Excess)) throw error;
    return depth > limits.depth
      ? { code: 'too_deep', detail: `elements nested deeper than ${limits.depth}` }
      : { code: 'too_large', detail: `more than ${limits.elements} elements` };
  }
}

class Excess extends Error {}

/** The address that relative ones on the page are read against. */
export function baseOf(document: Document, url: string): string {
  const href = document.querySelector('base[href]')?.getAttribute('href');
  return href && URL.canParse(href, url) ? new URL(href, url).href : url;
}

/** An absolute address of the web, or null: scripts, mail, fragments of the same page. */
export function addressOf(href: string | null | undefined, base: string): string | null {
  const trimmed = href?.trim() ?? '';
  if (trimmed === '' || trimmed.startsWith('#') || !URL.canParse(trimmed, base)) return null;
  const { protocol, href: address } = new URL(trimmed, base);
  return protocol === 'http:' || protocol === 'https:' ? address : null;
}

/** Visible text on one line. */
export const textIn = (node: Node | null | undefined): string =>
  (node?.textContent ?? '').replaceAll(/[\s\u00A0\u3000]+/gu, ' ').trim();

/** The pieces of text in an element with a space between each two, without what stands in another one. */
export function wordsIn(element: Element, without: Element | null): string {
  const words: string[] = [];
  const walk = (node: Node) => {
    if (node === without) return;
    if (node.nodeType === 3) words.push(node.textContent ?? '');
    for (const each of node.childNodes) walk(each);
  };
  walk(element);
  return words
    .join(' ')
    .replaceAll(/[\s\u00A0\u3000]+/gu, ' ')
    .trim();
}

/** The elements of a selector that people or a machine wrote; null when it is none. */
export function select(root: ParentNode, selector: string): Element[] | null {
  try {
    return [...root.querySelectorAll(selector)];
  } catch {
    return null;
  }
}
