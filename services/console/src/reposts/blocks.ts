import { diffArrays } from 'diff';

/** A line of a text as it stands in its HTML: the runs of words between two breaks, whatever markup they are in. */
export type Block = { id: number; kind: 'heading' | 'text' | 'item' | 'cell' | 'image'; words: string };

type Run = { kind: Block['kind']; nodes: Text[]; images: Element[]; home: Element };

const breaking = new Set(
  'P BR HR H1 H2 H3 H4 H5 H6 LI DT DD TR TD TH TABLE THEAD TBODY TFOOT CAPTION BLOCKQUOTE PRE DIV SECTION ARTICLE FIGURE FIGCAPTION UL OL DL'.split(
    ' ',
  ),
);
const spaces = /[\s\u00A0\u3000]+/gu;
const plain = (text: string): string => text.replace(spaces, ' ').trim();

/**
 * A text that is edited line by line in its own HTML. What is not touched stays as it is, to the last attribute; of a line
 * that is changed, links and emphasis stay about the words that stay.
 */
export class EditedText {
  readonly #root: Element;
  readonly #runs: Run[];
  readonly blocks: readonly Block[];

  /** `root` holds the HTML; it is changed in place. */
  constructor(root: Element) {
    this.#root = root;
    this.#runs = runsOf(root);
    this.blocks = this.#runs.map((run, id) => ({ id, kind: run.kind, words: wordsOf(run) }));
  }

  get html(): string {
    return this.#root.innerHTML;
  }

  /** New words for a line. */
  write(id: number, words: string): void {
    const run = this.#runs[id]!;
    const now = wordsOf(run);
    if (plain(words) === now) return;
    tidy(run);
    let at = 0;
    for (const part of diffArrays(Array.from(now), Array.from(plain(words)))) {
      const text = part.value.join('');
      if (part.added) insert(run, at, text);
      else if (part.removed) remove(run, at, text.length);
      if (!part.removed) at += text.length;
    }
  }

  /** Takes a line out, with its pictures, and what then holds nothing; cells stay, because a table needs them. */
  remove(id: number): void {
    const { nodes, images, home } = this.#runs[id]!;
    for (const node of nodes) node.data = '';
    for (const image of images) image.remove();
    let empty: Element | null = home;
    while (empty && empty !== this.#root && !isCell(empty) && isEmpty(empty)) {
      const around: Element | null = empty.parentElement;
      empty.remove();
      empty = around;
    }
  }

  /** A new paragraph after a line, or a new point after a point of a list. */
  add(after: number, words: string): void {
    if (plain(words) === '') return;
    const { home } = this.#runs[after] ?? { home: this.#root };
    const element = this.#root.ownerDocument.createElement(home.tagName === 'LI' ? 'li' : 'p');
    element.textContent = plain(words);
    if (home === this.#root || isCell(home)) home.append(element);
    else home.after(element);
  }
}

function runsOf(root: Element): Run[] {
  const runs: Run[] = [];
  let run: Run | null = null;
  const end = () => {
    if (run && (wordsOf(run) !== '' || run.images.length > 0)) {
      if (wordsOf(run) === '') run.kind = 'image';
      runs.push(run);
    }
    run = null;
  };
  const walk = (node: Node, home: Element) => {
    for (const child of Array.from(node.childNodes)) {
      if (child.nodeType === 3) {
        run ??= { kind: kindOf(home), nodes: [], images: [], home };
        run.nodes.push(child as Text);
      } else if (child.nodeType === 1) {
        const element = child as Element;
        const breaks = breaking.has(element.tagName);
        if (breaks) end();
        if (element.tagName === 'IMG') {
          run ??= { kind: kindOf(home), nodes: [], images: [], home };
          run.images.push(element);
        }
        walk(element, breaks ? element : home);
        if (breaks) end();
      }
    }
  };
  walk(root, root);
  end();
  return runs;
}

function kindOf({ tagName }: Element): Block['kind'] {
  if (/^H\d$/.test(tagName)) return 'heading';
  if (tagName === 'LI' || tagName === 'DT' || tagName === 'DD') return 'item';
  return tagName === 'TD' || tagName === 'TH' ? 'cell' : 'text';
}

const rawOf = ({ nodes }: Run): string => nodes.map(({ data }) => data).join('');
const wordsOf = (run: Run): string => plain(rawOf(run));
const isCell = ({ tagName }: Element): boolean => tagName === 'TD' || tagName === 'TH';
const isEmpty = (element: Element): boolean =>
  plain(element.textContent ?? '') === '' && element.querySelector('img, table, hr') === null;

/** Leaves one space where there were several, and none at the ends, so that places in the words are places in the nodes. */
function tidy(run: Run): void {
  let spaced = true;
  for (const node of run.nodes) {
    const text = node.data.replace(spaces, ' ');
    node.data = spaced ? text.replace(/^ /u, '') : text;
    if (node.data !== '') spaced = node.data.endsWith(' ');
  }
  const last = run.nodes.findLast(({ data }) => data !== '');
  if (last) last.data = last.data.replace(/ $/u, '');
}

/** Puts text at a place of the line: into the node whose words it follows. */
function insert({ nodes }: Run, at: number, text: string): void {
  let passed = 0;
  for (const node of nodes) {
    const end = passed + node.data.length;
    if (at <= end && (node.data !== '' || node === nodes.at(-1))) {
      node.data = node.data.slice(0, at - passed) + text + node.data.slice(at - passed);
      return;
    }
    passed = end;
  }
  const last = nodes.at(-1);
  if (last) last.data += text;
}

function remove({ nodes }: Run, at: number, length: number): void {
  let passed = 0;
  let left = length;
  for (const node of nodes) {
    if (left === 0) return;
    const end = passed + node.data.length;
    if (at < end) {
      const from = at - passed;
      const taken = Math.min(left, node.data.length - from);
      node.data = node.data.slice(0, from) + node.data.slice(from + taken);
      left -= taken;
      // What was taken is gone from the places as well.
      passed = end - taken;
    } else passed = end;
  }
}
