import { missingPicture } from '@tongsheng/contracts';
import { parseDocument } from 'htmlparser2';

type Node = ReturnType<typeof parseDocument>['children'][number];
type Element = Extract<Node, { attribs: unknown }>;

/** What a paste came to: a text of our own kind, and what of it could not come along. */
export type Cleaned = {
  html: string;
  /** Pictures that lie on the writer's disk or elsewhere: where they stood is marked. */
  missing: number;
};

type Block = { html: string } | { item: string; level: number; isOrdered: boolean };

/** A paragraph of a list, as Word and WPS write it: its level, and the marker that was drawn before it. */
type Drawn = { level: number; marker: string };

const unseen = new Set(
  'script style xml head meta link title template noscript object iframe svg math del button select'.split(' '),
);
const breaks = new Set(
  'p div section article header footer main aside center blockquote pre dl dt dd figure figcaption address'.split(' '),
);
const headings: Record<string, string> = { h1: 'h2', h2: 'h3', h3: 'h4', h4: 'h4', h5: 'h4', h6: 'h4' };
const marks: Record<string, string> = { b: 'strong', strong: 'strong', i: 'em', em: 'em', sup: 'sup', sub: 'sub' };
const bullets = /^[·•●○◦▪■□◆◇➢►\-–—oüØlnvqu§\uF000-\uF0FF]$/u;
const decimal = /^(\d{1,3})[.、．)]$/;

/** Elements deeper than this are taken for what is in them: no document has them, and what is nested without end has no end. */
const deepest = 120;

/**
 * HTML of the clipboard, as Word, WPS and pages write it, as a text of ours: headings, paragraphs, lists, tables, links and
 * emphasis, without a style, a class or an address of a disk. Nothing that can be read is left out; what was deleted
 * with its changes tracked is.
 */
export function cleanPaste(clipboard: string): Cleaned {
  const writer = new Writer();
  writer.walk(parseDocument(fragmentOf(clipboard)).children, 0);
  return { html: writer.text(), missing: writer.missing };
}

/** What was copied, without the page around it. */
function fragmentOf(clipboard: string): string {
  const from = clipboard.indexOf('<!--StartFragment');
  const to = clipboard.lastIndexOf('<!--EndFragment');
  if (from === -1) return clipboard;
  return clipboard.slice(clipboard.indexOf('>', from) + 1, to > from ? to : undefined);
}

class Writer {
  missing = 0;
  readonly #blocks: Block[] = [];
  #inline = '';
  /** Of a list's paragraph that is being read. */
  #drawn: Drawn | null = null;
  /** Between `[if !supportLists]` and its end stands what was drawn for those who know no lists. */
  #isMarker = false;
  /** That stand open around what is read. */
  readonly #marks = new Set<string>();
  readonly #lists: { isOrdered: boolean }[] = [];

  walk(nodes: readonly Node[], depth: number): void {
    for (const node of nodes) {
      if (node.type === 'text') this.#write(node.data);
      else if ('attribs' in node) this.#element(node, depth);
      else if ('data' in node) this.#isMarker = conditionOf(node.data) ?? this.#isMarker;
    }
  }

  text(): string {
    this.#end();
    return assembled(this.#blocks);
  }

  #write(text: string): void {
    if (this.#isMarker && this.#drawn) this.#drawn.marker += text;
    else this.#inline += escaped(text.replace(/[\s\u00A0]+/gu, ' '));
  }

  #element(element: Element, depth: number): void {
    const { name, attribs, children } = element;
    const style = (attribs['style'] ?? '').toLowerCase().replaceAll(/\s+/g, ' ');
    if (unseen.has(name) || /display: ?none|mso-hide: ?all|mso-element: ?comment/.test(style)) return;
    if (/mso-comment-reference|msocomanchor/i.test(`${style} ${attribs['class'] ?? ''}`)) return;
    if (depth > deepest) return this.#write(wordsOf(children));
    const inside = () => this.walk(children, depth + 1);

    if (/mso-list: ?ignore/.test(style)) {
      if (this.#drawn) this.#drawn.marker += wordsOf(children);
      else inside();
      return;
    }
    if (name === 'br') return void (this.#inline += '<br>');
    if (name === 'img' || name === 'v:imagedata') return this.#picture(attribs);
    if (name === 'table') return this.#table(element, depth);
    if (name === 'ul' || name === 'ol') {
      this.#end();
      this.#lists.push({ isOrdered: name === 'ol' });
      inside();
      this.#end();
      this.#lists.pop();
      return;
    }
    if (name === 'li') {
      this.#end();
      inside();
      this.#end();
      return;
    }
    const heading = headingOf(name, style, attribs['class'] ?? '');
    if (heading !== null || breaks.has(name)) {
      this.#end();
      const before = this.#drawn;
      const level = /mso-list: ?l\d+ level(\d+)/.exec(style)?.[1];
      if (level !== undefined) this.#drawn = { level: Number(level), marker: '' };
      inside();
      this.#end(heading ?? (name === 'blockquote' ? 'blockquote' : 'p'));
      this.#drawn = before;
      this.#isMarker = false;
      return;
    }
    const mark = marks[name] ?? markOf(style);
    if (name === 'a') return this.#around(linkTo(attribs['href']), 'a', inside);
    if (mark !== undefined && !this.#marks.has(mark)) return this.#around('', mark, inside);
    inside();
  }

  /** Puts marks around what is written meanwhile, where that says anything. */
  #around(attributes: string | null, tag: string, inside: () => void): void {
    const before = this.#inline;
    const blocks = this.#blocks.length;
    this.#inline = '';
    this.#marks.add(tag);
    inside();
    this.#marks.delete(tag);
    const marked = this.#inline;
    const isOne = blocks === this.#blocks.length && attributes !== null && marked.trim() !== '';
    this.#inline =
      (blocks === this.#blocks.length ? before : '') + (isOne ? `<${tag}${attributes}>${marked}</${tag}>` : marked);
  }

  #picture(attribs: Record<string, string>): void {
    const { width, height, src = '' } = attribs;
    // A picture of one point is there to see who reads, or to keep a distance.
    if ([width, height].some((size) => size === '1' || size === '0') || src === '') return;
    this.missing++;
    const name = /([^/\\]+)$/.exec(src.startsWith('data:') ? '' : src.split('?')[0]!)?.[1] ?? '';
    const alt = escaped(attribs['alt'] || name).replaceAll('"', '&quot;');
    this.#end();
    this.#blocks.push({ html: `<img src="files/${missingPicture}" alt="${alt}">` });
  }

  #table(table: Element, depth: number): void {
    this.#end();
    const rows = rowsOf(table).map((row) => {
      const cells = row.children.filter((node): node is Element => 'attribs' in node && /^t[dh]$/.test(node.name));
      return cells.map((cell) => {
        const inner = new Writer();
        inner.walk(cell.children, depth + 1);
        this.missing += inner.missing;
        const spans = ['colspan', 'rowspan'].map((name) => {
          const span = Number(cell.attribs[name] ?? 1);
          return Number.isInteger(span) && span > 1 && span < 1_000 ? ` ${name}="${span}"` : '';
        });
        return `<${cell.name}${spans.join('')}>${inner.text() || '<p></p>'}</${cell.name}>`;
      });
    });
    const filled = rows.filter((cells) => cells.length > 0);
    if (filled.length === 0) return;
    const body = filled.map((cells) => `<tr>${cells.join('')}</tr>`).join('');
    this.#blocks.push({ html: `<table><tbody>${body}</tbody></table>` });
  }

  /** What was written so far is a block. */
  #end(tag = 'p'): void {
    const html = trimmed(this.#inline);
    this.#inline = '';
    if (html === '') return;
    const drawn =
      this.#drawn && tag === 'p' ? { ...this.#drawn, marker: this.#drawn.marker.replace(/[\s\u00A0]+/gu, '') } : null;
    if (drawn) {
      // Its second paragraph has no marker of its own.
      this.#drawn = null;
      return void this.#blocks.push(listed(drawn, html));
    }
    const list = this.#lists.at(-1);
    if (list && tag === 'p') this.#blocks.push({ item: html, level: this.#lists.length, isOrdered: list.isOrdered });
    else if (tag === 'blockquote') this.#blocks.push({ html: `<blockquote><p>${html}</p></blockquote>` });
    else this.#blocks.push({ html: `<${tag}>${html}</${tag}>` });
  }
}

/** 一、（二） ① and A. are words of the document, which people cite; a bullet and 1. are the look of a list. */
function listed({ level, marker }: Drawn, html: string): Block {
  if (bullets.test(marker)) return { item: html, level, isOrdered: false };
  if (decimal.test(marker)) return { item: html, level, isOrdered: true };
  return { html: `<p>${escaped(marker)}${html}</p>` };
}

/** Blocks in their order, items that follow each other as lists within lists. */
function assembled(blocks: readonly Block[]): string {
  let html = '';
  const open: { tag: string; level: number }[] = [];
  const closeTo = (level: number) => {
    while (open.length > 0 && open.at(-1)!.level > level) html += `</li></${open.pop()!.tag}>`;
  };
  for (const block of blocks) {
    if ('html' in block) {
      closeTo(0);
      html += block.html;
      continue;
    }
    const tag = block.isOrdered ? 'ol' : 'ul';
    closeTo(block.level);
    const last = open.at(-1);
    if (last && last.level === block.level && last.tag === tag) html += '</li><li>';
    else {
      if (last?.level === block.level) closeTo(block.level - 1);
      open.push({ tag, level: block.level });
      html += `<${tag}><li>`;
    }
    html += `<p>${block.item}</p>`;
  }
  closeTo(0);
  return html;
}

function headingOf(name: string, style: string, className: string): string | null {
  const tag = headings[name];
  if (tag) return tag;
  if (name !== 'p') return null;
  if (/\bMsoTitle\b/i.test(className)) return 'h2';
  const level = /mso-outline-level: ?(\d)/.exec(style)?.[1];
  return level === undefined ? null : (headings[`h${level}`] ?? null);
}

function markOf(style: string): string | undefined {
  if (/(?:^|[; ])font-weight: ?(?:bold|[6-9]00)/.test(style)) return 'strong';
  if (/(?:^|[; ])vertical-align: ?super/.test(style)) return 'sup';
  if (/(?:^|[; ])vertical-align: ?sub(?!\w)/.test(style)) return 'sub';
  return undefined;
}

/** Into the document itself or to a disk nobody can follow. */
function linkTo(href: string | undefined): string | null {
  if (!href || !/^(?:https?:\/\/|mailto:)/i.test(href.trim())) return null;
  return ` href="${escaped(href.trim()).replaceAll('"', '&quot;')}"`;
}

/** Whether a conditional comment begins or ends what was drawn for those who know no lists; null: neither. */
function conditionOf(data: string): boolean | null {
  if (/\[if !supportlists\]/i.test(data)) return true;
  return /\[endif\]/i.test(data) ? false : null;
}

/** The rows of a table, not those of tables in it. */
function rowsOf(table: Element): Element[] {
  return table.children
    .filter((node): node is Element => 'attribs' in node)
    .flatMap((node) => (node.name === 'tr' ? [node] : /^t(?:head|body|foot)$/.test(node.name) ? rowsOf(node) : []));
}

/** The words of nodes, however deep they are. */
function wordsOf(nodes: readonly Node[]): string {
  const left = [...nodes].reverse();
  let words = '';
  for (let node = left.pop(); node; node = left.pop()) {
    if (node.type === 'text') words += node.data;
    else if ('children' in node && !('attribs' in node && unseen.has(node.name)))
      left.push(...[...node.children].reverse());
  }
  return words;
}

/** Pages indent their paragraphs themselves. */
const trimmed = (html: string): string => {
  const text = html.replace(/ {2,}/g, ' ').replace(/^(?:[ \u3000]|<br>)+|(?:[ \u3000]|<br>)+$/gu, '');
  // Marks around nothing are nothing.
  return text.replace(/<(strong|em|sup|sub)>[ \u3000]*<\/\1>/gu, '').replace(/<\/(strong|em|sup|sub)><\1>/g, '');
};

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
