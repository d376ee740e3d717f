import type { StoredItem } from './views/items.ts';

/** Where a search goes on: so many rows of this score have been looked at. */
export type Cursor = { score: number; skip: number };

export type Found = { row: StoredItem; excerpt: string | null };

export type Search = {
  /** Rows as they are stored, newest first. */
  read(range: { max: number; offset: number; limit: number }): Promise<string[]>;
  words: readonly RegExp[];
  fits(row: StoredItem): boolean;
  /** Without words, and where everything fits, no more is read than is wanted. */
  selective: boolean;
  limit: number;
  from: Cursor | null;
  now?(): number;
};

const chunk = 200;
const mostRows = 5_000;
const mostMs = 500;

/** Looks through items from the newest on, for as long as a person likes to wait; then says where to go on. */
export async function searchItems(search: Search): Promise<{ found: Found[]; searched: number; next: string | null }> {
  const { read, words, fits, selective, limit, from, now = () => performance.now() } = search;
  const end = now() + mostMs;
  const size = selective ? chunk : limit;
  const found: Found[] = [];
  let searched = 0;
  let { score, skip } = from ?? { score: Infinity, skip: 0 };
  for (;;) {
    const rows = await read({ max: score, offset: skip, limit: size });
    for (const [i, json] of rows.entries()) {
      const seen = scoreOf(json);
      skip = seen === score ? skip + 1 : 1;
      score = seen;
      searched++;
      // Most rows are told apart without being taken apart.
      const row = words.every((word) => word.test(json)) ? (JSON.parse(json) as StoredItem) : null;
      if (row && fits(row) && words.every((word) => holds(row, word)))
        found.push({ row, excerpt: excerptOf(row, words) });
      if (found.length < limit) continue;
      const isLast = rows.length < size && i === rows.length - 1;
      return { found, searched, next: isLast ? null : `${score}.${skip}` };
    }
    if (rows.length < size) return { found, searched, next: null };
    if (searched >= mostRows || now() > end) return { found, searched, next: `${score}.${skip}` };
  }
}

export function readCursor(text: string): Cursor {
  const [score, skip] = text.split('.').map(Number);
  return { score: score!, skip: skip! };
}

const scoreOf = (json: string) => Date.parse(/"firstSeenAt":"([^"]+)"/.exec(json)?.[1] ?? '');

const holds = ({ title, documentNumber, issuer, text }: StoredItem, word: RegExp) =>
  [title, documentNumber ?? '', issuer ?? '', text].some((each) => word.test(each));

const around = 40;

/** The text about the first word that stands in it. */
function excerptOf({ text }: StoredItem, words: readonly RegExp[]): string | null {
  for (const word of words) {
    const hit = word.exec(text);
    if (!hit) continue;
    const [from, to] = [Math.max(0, hit.index - around), hit.index + hit[0].length + around];
    const cut = text.slice(from, to).replaceAll('\n', ' ');
    return `${from > 0 ? '…' : ''}${cut}${to < text.length ? '…' : ''}`;
  }
  return null;
}

const openings = '〔[【（(﹝［';
const closings = '〕]】）)﹞］';

/** A character as all its ways of being written have it: 文号 are written in brackets of every kind. */
function folded(character: string): string {
  if (openings.includes(character)) return '(';
  if (closings.includes(character)) return ')';
  return character.normalize('NFKC').toLowerCase();
}

const escaped = (text: string) =>
  Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

let known: Map<string, string> | null = null;

/** Which characters are written for one. */
function variantsOf(character: string): string {
  if (known === null) {
    known = new Map();
    for (let code = 0; code < 0x1_0000; code++) {
      if (code === 0xd800) code = 0xe000;
      const one = String.fromCharCode(code);
      const as = folded(one);
      if (as.length === 1 && as !== one) known.set(as, (known.get(as) ?? '') + one);
    }
  }
  return `[${escaped(character + (known.get(character) ?? ''))}]`;
}

/** A word of a query as a pattern that finds it in either case, full or half width, and in whichever brackets. */
export function patternOf(word: string): RegExp {
  const parts = Array.from(word, (character) => {
    const as = folded(character);
    if (as.length === 1) return character === '"' || character === '\\' ? `\\\\?${variantsOf(as)}` : variantsOf(as);
    return as === character ? escaped(as) : `(?:${escaped(character)}|${Array.from(as, variantsOf).join('')})`;
  });
  return new RegExp(parts.join(''));
}
