import { Parser } from 'htmlparser2';
import { BadFeed, limits } from './feed.ts';

/** An element, with its name in lower case and without prefix. */
export type Element = {
  name: string;
  prefix: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
  /** The document ended before the element did. */
  cut: boolean;
};

/**
 * Reads XML the way browsers read pages: unclosed, unquoted and truncated markup is made the best of. No entity of
 * a document type is ever expanded.
 * @throws BadFeed when it is deeper or larger than any feed has reason to be, or declares what only an attack does.
 */
export function readTree(text: string): Element {
  refuseHostileEntities(text);
  const root: Element = { name: '', prefix: '', attributes: {}, children: [], cut: false };
  const path: Element[] = [root];
  let elements = 0;
  const parser = new Parser(
    {
      onopentag(qualified, attributes) {
        if (path.length > limits.depth) throw new BadFeed('too_deep', `elements nested deeper than ${limits.depth}`);
        if (++elements > 500_000) throw new BadFeed('malformed', 'more than 500,000 elements');
        const colon = qualified.indexOf(':');
        const element: Element = {
          name: qualified.slice(colon + 1),
          prefix: colon === -1 ? '' : qualified.slice(0, colon),
          attributes,
          children: [],
          cut: false,
        };
        path.at(-1)!.children.push(element);
        path.push(element);
      },
      ontext(data) {
        const siblings = path.at(-1)!.children;
        const last = siblings.at(-1);
        if (typeof last === 'string' && last.length < 65_536) siblings[siblings.length - 1] = last + data;
        else siblings.push(data);
      },
      onclosetag() {
        if (path.length > 1) path.pop();
      },
    },
    { xmlMode: true, decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true, recognizeCDATA: true },
  );
  parser.write(text);
  for (const open of path) open.cut = path.length > 1;
  parser.end();
  return root;
}

/** An entity made of entities, which grows without end where it is expanded, or one that is read from elsewhere. */
const hostileEntity =
  /<!ENTITY\s+[^\s%"'>]+\s+(?:SYSTEM\s|PUBLIC\s|"[^"]*?&(?!#|(?:amp|lt|gt|quot|apos);)|'[^']*?&(?!#|(?:amp|lt|gt|quot|apos);))/;

function refuseHostileEntities(text: string): void {
  const from = text.indexOf('<!DOCTYPE');
  if (from === -1) return;
  const found = hostileEntity.exec(text.slice(from, from + 1_048_576));
  if (found) throw new BadFeed('entities_refused', `the document type declares ${found[0].slice(0, 80)}`);
}

export const elementsOf = (element: Element): Element[] =>
  element.children.filter((child) => typeof child !== 'string');

export const childrenNamed = (element: Element, ...names: string[]): Element[] =>
  elementsOf(element).filter(({ name, prefix }) => names.includes(name) || names.includes(`${prefix}:${name}`));

export const child = (element: Element, ...names: string[]): Element | undefined => {
  for (const name of names) {
    const found = childrenNamed(element, name)[0];
    if (found) return found;
  }
  return undefined;
};

/** The first element of one of the names, at any depth. */
export function find(element: Element, ...names: string[]): Element | undefined {
  const waiting = elementsOf(element);
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (names.includes(next.name)) return next;
    waiting.push(...elementsOf(next));
  }
  return undefined;
}

/** Text and markup inside an element. Text that held escaped markup is markup again. */
export function innerHtml(element: Element | undefined): string {
  if (!element) return '';
  const parts: string[] = [];
  const write = (node: Element | string) => {
    if (typeof node === 'string') return void parts.push(node);
    const attributes = Object.entries(node.attributes).map(([name, value]) => ` ${name}="${escapeText(value)}"`);
    parts.push(`<${node.name}${attributes.join('')}>`);
    for (const each of node.children) write(each);
    parts.push(`</${node.name}>`);
  };
  for (const each of element.children) write(each);
  const html = parts.join('').trim();
  if (html.length > limits.fieldChars)
    throw new BadFeed('field_too_large', `<${element.name}> holds ${html.length} characters`);
  return html;
}

export const escapeText = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
