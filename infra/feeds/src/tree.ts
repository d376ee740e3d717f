import { textOf } from '@tongsheng/web';
import { Parser } from 'htmlparser2';
import { expandEntities } from './entities.ts';
import { BadFeed, limits } from './feed.ts';
import { attributeValue, escapeText, isVoid, resolve, withBase } from './markup.ts';
import { Namespaces } from './namespaces.ts';

/** An element: its name in lower case, and what its namespace is called here (`namespaces.ts`). */
export type Element = {
  name: string;
  prefix: string;
  /** Both together: `title` is the feed's own, `dc:title` is another vocabulary's. */
  called: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
  /** What relative addresses in it are read against: its `xml:base` and those around it; `''` where there is none. */
  base: string;
  /** The document ended before the element did. */
  cut: boolean;
  /** Its elements by what they are called, from when they were first asked for. */
  byName?: Map<string, Element[]>;
};

/** What stands where Unicode has controls is what Windows has there. */
const fromWindows = (text: string) =>
  text.replaceAll(/[\u0080-\u009F]/g, (char) => windows[char.charCodeAt(0) - 0x80]!);
const windows = [...new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 32 }, (_, i) => 0x80 + i))];

/** Elements that never stand in one of their own kind: a second one shows that the first was not closed. */
const siblings = new Set(['item', 'entry']);
/** Elements that hold words and no element of a feed: one of those shows that they were not closed. */
const wordy = new Set(['title', 'link', 'guid', 'id', 'pubdate', 'comments', 'language', 'lastbuilddate']);
const ofFeeds = new Set([...wordy, ...siblings, 'description', 'summary', 'content', 'category', 'author', 'updated']);

/**
 * Reads XML the way browsers read pages: unclosed, unquoted and truncated markup is made the best of.
 * @throws BadFeed when it is deeper or larger than any feed has reason to be, or declares what only an attack does.
 */
export function readTree(text: string): Element {
  const root: Element = { name: '', prefix: '', called: '', attributes: {}, children: [], base: '', cut: false };
  const path: { element: Element; qualified: string; namespaces: Namespaces }[] = [
    { element: root, qualified: '', namespaces: new Namespaces() },
  ];
  const close = (qualified: string): boolean => {
    const at = path.findLastIndex((open) => open.qualified === qualified);
    if (at > 0) path.length = at;
    return at > 0;
  };
  let elements = 0;
  let unclosed = 0;
  const leaveOpen = () => {
    // The parser itself takes what follows to be inside, and its time grows with the square of that.
    if (++unclosed > limits.unclosed)
      throw new BadFeed('malformed', `more than ${limits.unclosed} elements are not closed`);
  };
  const parser = new Parser(
    {
      onopentag(qualified, attributes) {
        if (path.length > limits.depth) throw new BadFeed('too_deep', `elements nested deeper than ${limits.depth}`);
        if (++elements > limits.elements) throw new BadFeed('malformed', `more than ${limits.elements} elements`);
        if (siblings.has(qualified) && close(qualified)) leaveOpen();
        if (ofFeeds.has(qualified) && wordy.has(path.at(-1)!.qualified)) {
          path.pop();
          leaveOpen();
        }
        const around = path.at(-1)!;
        const namespaces = around.namespaces.within(attributes);
        const colon = qualified.indexOf(':');
        const name = qualified.slice(colon + 1);
        const prefix = namespaces.nameOf(colon === -1 ? '' : qualified.slice(0, colon));
        const element: Element = {
          name,
          prefix,
          called: calledOf(prefix, name),
          attributes,
          children: [],
          base: resolve(attributes['xml:base'] ?? '', around.element.base) || around.element.base,
          cut: false,
        };
        around.element.children.push(element);
        path.push({ element, qualified, namespaces });
      },
      ontext(data) {
        const { children } = path.at(-1)!.element;
        const last = children.at(-1);
        if (typeof last === 'string' && last.length < 65_536) children[children.length - 1] = last + data;
        else children.push(data);
      },
      onclosetag: (qualified) => void close(qualified),
    },
    { xmlMode: true, decodeEntities: true, lowerCaseTags: true, lowerCaseAttributeNames: true, recognizeCDATA: true },
  );
  parser.write(expandEntities(fromWindows(text)));
  for (const { element } of path) element.cut = path.length > 1;
  parser.end();
  return root;
}

const calledOf = (prefix: string, name: string) => (prefix === '' ? name : `${prefix}:${name}`);

export const elementsOf = (element: Element): Element[] =>
  element.children.filter((child) => typeof child !== 'string');

export const childrenNamed = (element: Element, ...names: string[]): Element[] =>
  names.length === 1
    ? [...named(element, names[0]!)]
    : elementsOf(element).filter(({ called }) => names.includes(called));

/** The first child of the first name that has one. */
export const child = (element: Element, ...names: string[]): Element | undefined => {
  for (const name of names) {
    const found = named(element, name)[0];
    if (found) return found;
  }
  return undefined;
};

/** The same, but the first that says anything. */
export const childSaying = (element: Element, ...names: string[]): Element | undefined => {
  for (const name of names) {
    const found = named(element, name).find(says);
    if (found) return found;
  }
  return child(element, ...names);
};

/** An item is asked for two dozen names, of which it has a few. */
function named(element: Element, name: string): readonly Element[] {
  element.byName ??= Map.groupBy(elementsOf(element), ({ called }) => called);
  return element.byName.get(name) ?? nothing;
}

const nothing: readonly Element[] = [];

/** Whether there is anything in it but space. */
export const says = ({ children }: Element): boolean =>
  children.some((each) => typeof each !== 'string' || /\S/.test(each));

/** The first element of one of the names, at any depth, nearest to the top. */
export function find(element: Element, ...names: string[]): Element | undefined {
  let level = elementsOf(element);
  while (level.length > 0) {
    const found = level.find(({ name }) => names.includes(name));
    if (found) return found;
    level = level.flatMap(elementsOf);
  }
  return undefined;
}

/** A document may call its own vocabulary something: `a:feed`, `a:entry`. Below the root that is no other vocabulary. */
export function withoutOwnPrefix(root: Element): Element {
  const { prefix } = root;
  if (prefix === '' || prefix === 'rdf') return root;
  const strip = (element: Element) => {
    if (element.prefix === prefix) Object.assign(element, { prefix: '', called: element.name });
    for (const each of elementsOf(element)) strip(each);
  };
  strip(root);
  return root;
}

/** Text and markup inside an element, addresses read against its base. Text that held escaped markup is markup again. */
export function innerHtml(element: Element | undefined): string {
  if (!element) return '';
  const parts: string[] = [];
  const write = (node: Element | string) => {
    if (typeof node === 'string') return void parts.push(node);
    const attributes = Object.entries(node.attributes)
      .filter(([name]) => !name.startsWith('xmlns') && name !== 'xml:base')
      .map(([name, value]) => ` ${name}="${escapeText(attributeValue(node.name, name, value, node.base))}"`);
    parts.push(`<${node.name}${attributes.join('')}>`);
    // Text beside markup is text; it must not become markup by having been unescaped.
    for (const each of node.children) write(typeof each === 'string' ? escapeText(each) : each);
    // What a `<br>` that nobody closed seems to hold stands behind it.
    if (!isVoid(node.name)) parts.push(`</${node.name}>`);
  };
  // XHTML has no escaped markup: what looks like some there is text about markup.
  const mixed = element.prefix === 'xhtml' || element.name === 'div' || elementsOf(element).length > 0;
  for (const each of element.children) write(mixed && typeof each === 'string' ? escapeText(each) : each);
  const html = withoutCdata(parts.join('').trim());
  if (html.length > limits.fieldChars)
    throw new BadFeed('field_too_large', `<${element.name}> holds ${html.length} characters`);
  return withBase(html, mixed ? '' : element.base);
}

/** Some escape a section of CDATA as if it were text. */
const withoutCdata = (html: string) =>
  html.startsWith('<![CDATA[') && html.endsWith(']]>') ? html.slice('<![CDATA['.length, -']]>'.length).trim() : html;

/** Text inside an element as it is written, markup and all left out. */
export function innerText(element: Element | undefined): string {
  if (!element) return '';
  const text = element.children.map((each) => (typeof each === 'string' ? each : innerText(each))).join('');
  if (text.length > limits.fieldChars)
    throw new BadFeed('field_too_large', `<${element.name}> holds ${text.length} characters`);
  return withoutCdata(text.trim());
}

/** Visible text on one line; markup in it, escaped or not, is read as markup. */
export function plain(element: Element | undefined): string {
  const html = innerHtml(element);
  const text = /[<&]/.test(html) ? textOf(html) : html;
  return text.replaceAll(/[\s\u00A0\u3000]+/gu, ' ').trim();
}
