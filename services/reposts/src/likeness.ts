import type { ItemKind, Member, Signal } from '@tongsheng/contracts';

type Titled = { title: string; documentNumber: string | null };

const explains = /解读|解析|图解|一图读懂|问答|答记者问|政策说明/u;
const documents =
  /(公告|通知|通告|决定|意见|办法|规定|条例|细则|规程|批复|规范|方案|令|法|解释)(（[^）]*）|〔[^〕]*〕|\([^)]*\))*$/u;
const announces = /(公示|启事|名单|招标|招聘|采购)/u;

/** What sort of publication a title names: an interpretation says so, a document has a number or the name of its form. */
export function kindOf({ title, documentNumber }: Titled): ItemKind {
  const plain = title.trim();
  if (explains.test(plain)) return 'interpretation';
  if (documentNumber !== null || documents.test(plain)) return 'policy';
  return announces.test(plain) ? 'notice' : 'news';
}

/** A title without what differs between sites: spaces, quotes, brackets and dashes, full and half width. */
export const plainTitle = (title: string): string =>
  title
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Titles that many different publications have are no sign of anything. */
const tellingTitle = 10;

/** By what the same policy is found again, the surest first. */
export function keysOf({ title, documentNumber, link }: Member): { key: string; signal: Signal }[] {
  const plain = plainTitle(title);
  return [
    ...(documentNumber === null
      ? []
      : [{ key: `number:${documentNumber}`, signal: { signal: 'document_number' as const, detail: documentNumber } }]),
    ...(link === null
      ? []
      : [{ key: `link:${link}`, signal: { signal: 'link' as const, detail: link.slice(0, 500) } }]),
    ...(plain.length < tellingTitle
      ? []
      : [{ key: `title:${plain}`, signal: { signal: 'title' as const, detail: title } }]),
  ];
}

/** Whether two items can be the same policy at all: documents of different numbers or issuers never are, whatever they are called. */
export const canBeSame = (a: Member, b: Member): boolean =>
  sameOrUnknown(a.documentNumber, b.documentNumber) &&
  sameOrUnknown(a.issuer && plainTitle(a.issuer), b.issuer && plainTitle(b.issuer)) &&
  (a.kind === 'interpretation') === (b.kind === 'interpretation');

const sameOrUnknown = (a: string | null, b: string | null) => a === null || b === null || a === b;

/**
 * Whether it is sure enough to act on. A number may have been read where another document is only cited, and one repost
 * too few is worse than one too many; so a number counts only together with a title or a text that is alike.
 */
export const isSure = (a: Member, b: Member, because: readonly Signal[]): boolean =>
  because.some(({ signal }) => signal !== 'document_number') ||
  titleLikeness(plainTitle(a.title), plainTitle(b.title)) >= likelyTitle ||
  (a.print !== null && b.print !== null && distance(a.print, b.print) <= alike);
const likelyTitle = 0.5;

const alikeTitles = 0.7;

/** Why two items may be the same; empty where nothing speaks for it. */
export function signalsOf(a: Member, b: Member): Signal[] {
  if (!canBeSame(a, b)) return [];
  const titles = titleLikeness(plainTitle(a.title), plainTitle(b.title));
  const texts = a.print === null || b.print === null ? null : distance(a.print, b.print);
  return [
    ...(a.documentNumber !== null && a.documentNumber === b.documentNumber
      ? [{ signal: 'document_number' as const, detail: a.documentNumber }]
      : []),
    ...(titles >= alikeTitles
      ? [{ signal: 'title' as const, detail: `标题相似 ${Math.round(titles * 100)} %：${b.title}`.slice(0, 500) }]
      : []),
    ...(texts !== null && texts <= alike
      ? [{ signal: 'text' as const, detail: `正文指纹相差 ${texts} 位（共 64 位）` }]
      : []),
  ];
}

/** The titles that an interpretation names in 《》, as they are compared. */
export const explainedTitles = (title: string): string[] =>
  [...title.matchAll(/《([^《》]+)》/gu)].map(([, named]) => plainTitle(named!)).filter((each) => each.length >= 6);

/** How alike two plain titles are, 0 to 1: the share of two-character pieces that they have in common (Dice 1945). */
export function titleLikeness(a: string, b: string): number {
  const pieces = (title: string) =>
    Array.from({ length: Math.max(0, title.length - 1) }, (_, i) => title.slice(i, i + 2));
  const left = pieces(a);
  const counts = new Map<string, number>();
  for (const piece of left) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  const right = pieces(b);
  let common = 0;
  for (const piece of right) {
    const count = counts.get(piece) ?? 0;
    if (count === 0) continue;
    counts.set(piece, count - 1);
    common++;
  }
  return left.length + right.length === 0 ? 0 : (2 * common) / (left.length + right.length);
}

/** Characters of text below which a fingerprint says nothing, and above which it says nothing more. */
const tellingText = 200;
const enoughText = 20_000;
const shingle = 4;

/**
 * A 64-bit simhash (Charikar 2002) of a text's overlapping four-character pieces, in hex: texts that differ little have
 * fingerprints that differ in few bits. Null where there is too little text.
 */
export function printOf(text: string): string | null {
  const plain = plainTitle(text.slice(0, enoughText));
  if (plain.length < tellingText) return null;
  const weights = new Int32Array(64);
  for (let i = 0; i + shingle <= plain.length; i++) {
    const [high, low] = hash64(plain, i, i + shingle);
    for (let bit = 0; bit < 32; bit++) {
      weights[bit]! += (low >>> bit) & 1 ? 1 : -1;
      weights[bit + 32]! += (high >>> bit) & 1 ? 1 : -1;
    }
  }
  const half = (from: number) => {
    let bits = 0;
    for (let bit = 0; bit < 32; bit++) if (weights[from + bit]! > 0) bits |= 1 << bit;
    return (bits >>> 0).toString(16).padStart(8, '0');
  };
  return half(32) + half(0);
}

/**
 * Bits in which two versions of one text may differ. Of 68 real documents, copies with another site's frame or one slip
 * in a hundred characters differed in up to 10, and only versions of the same law differed in as few: enough to ask a
 * person, too little to decide.
 */
export const alike = 10;

/** Bits in which two fingerprints differ, 0 to 64. */
export function distance(a: string, b: string): number {
  const bits = (from: number) =>
    ones(Number.parseInt(a.slice(from, from + 8), 16) ^ Number.parseInt(b.slice(from, from + 8), 16));
  return bits(0) + bits(8);
}

function ones(value: number): number {
  let left = value >>> 0;
  let count = 0;
  for (; left !== 0; left &= left - 1) count++;
  return count;
}

/** Two mixed 32-bit hashes of a piece of text (the finaliser of MurmurHash3). */
function hash64(text: string, from: number, to: number): [number, number] {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995);
  }
  return [mixed(a), mixed(b)];
}

function mixed(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
