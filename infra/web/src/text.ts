import iconv from 'iconv-lite';
import { decodeRare, isEbcdic, isSevenBit, rareCharset } from './rare-charsets.ts';

export type Decoded = {
  text: string;
  charset: string;
  how: 'bom' | 'shape' | 'utf8' | 'declared' | 'header' | 'guess' | 'fallback';
  /** Characters that could not be read. */
  replaced: number;
};

/** gb2312 and gbk are read as gb18030, of which they are parts and which pages that say so really use. */
const aliases = new Map<string, string>(
  Object.entries({
    gb2312: 'gb18030',
    gbk: 'gb18030',
    'x-gbk': 'gb18030',
    'gb_2312-80': 'gb18030',
    cp936: 'gb18030',
    'gb18030-2000': 'gb18030',
    'big5-tw': 'big5',
    hkscs: 'big5hkscs',
    uhc: 'cp949',
    ksx1001: 'cp949',
    ujis: 'eucjp',
    'u-jis': 'eucjp',
    'shift_jis-2004': 'shift_jis',
    shift_jis_2004: 'shift_jis',
    shift_jisx0213: 'shift_jis',
    euc_jis_2004: 'eucjp',
    euc_jisx0213: 'eucjp',
    cswindows31j: 'cp932',
    'x-cp1250': 'windows-1250',
    'x-cp1251': 'windows-1251',
    'x-mac-cyrillic': 'maccyrillic',
    'x-mac-roman': 'macroman',
    'mac-centraleurope': 'maccenteuro',
    maclatin2: 'maccenteuro',
    mac_latin2: 'maccenteuro',
    utf8: 'utf-8',
    latin1: 'windows-1252',
    'iso-8859-1': 'windows-1252',
    'us-ascii': 'windows-1252',
  }),
);

/** Labels are looked for early, with bounded steps; whatever stands before one is ASCII. */
const prolog = /^[\s\uFEFF]*<\?xml[^>]{0,200}?\sencoding\s*=\s*["']\s*([\w.:-]{1,40})/i;
const meta = /<meta[^>]{0,400}?charset\s*=\s*["']?\s*([\w.:-]{1,40})/i;
const parameter = /charset\s*=\s*["']?([\w.:-]{1,40})/i;

/**
 * Bytes to text, in the order that reads Chinese pages right: BOM, valid UTF-8, the label of the document's first line,
 * of the server, of a `<meta>`, UTF-8 with a few broken bytes, clean GB18030, and windows-1252 as the last resort. A
 * label that says UTF-8 over bytes that are not is no label, and a server's Latin 1, which many say of everything, is
 * one only where the document has none.
 */
export function decodeText(bytes: Uint8Array, contentType: string | null = null): Decoded {
  const bom = bomOf(bytes);
  if (bom) return decoded(bytes, bom, 'bom');
  const wide = wideShape(bytes);
  if (wide) return decoded(bytes, wide, 'shape');
  const beginning = bytes.subarray(0, 4_096);
  if (isEbcdic(bytes)) return decoded(bytes, labelled(prolog.exec(decodeRare(beginning, 'cp037'))) ?? 'cp037', 'shape');
  const head = Buffer.from(beginning).toString('latin1');
  const first = labelled(prolog.exec(head));
  const told = labelled(parameter.exec(contentType ?? ''));
  const inside = labelled(meta.exec(head));
  const label = first ?? (told === 'windows-1252' ? (inside ?? told) : (told ?? inside));

  const strict = validUtf8(bytes);
  if (isSevenBit(label)) return decoded(bytes, label!, label === first ? 'declared' : 'header');
  const byChance = strict !== null && isChinese(label) && !beyondTwoBytes.test(strict) && accented.test(strict);
  if (strict !== null && !byChance) {
    return { text: strict, charset: 'utf-8', how: 'utf8', replaced: countReplaced(strict) };
  }
  if (label) return decoded(bytes, label, label === first || label === inside ? 'declared' : 'header');

  const loose = decoded(bytes, 'utf-8', 'guess');
  if (loose.replaced <= bytes.length / 100 && loose.replaced < countAccented(loose.text)) return loose;
  const chinese = isClean(bytes.subarray(0, 65_536)) ? decoded(bytes, 'gb18030', 'guess') : null;
  return chinese?.replaced === 0 ? chinese : decoded(bytes, 'windows-1252', 'fallback');
}

function bomOf(bytes: Uint8Array): string | null {
  const starts = (...mark: number[]) => mark.every((byte, i) => bytes[i] === byte);
  // Before UTF-16, whose mark it begins with.
  if (starts(0xff, 0xfe, 0, 0)) return 'utf-32le';
  if (starts(0, 0, 0xfe, 0xff)) return 'utf-32be';
  if (starts(0xef, 0xbb, 0xbf)) return 'utf-8';
  if (starts(0xff, 0xfe)) return 'utf-16le';
  if (starts(0xfe, 0xff)) return 'utf-16be';
  return null;
}

/** UTF-16 and UTF-32 without a mark: a document that begins with `<` or `{` gives itself away (XML 1.0, appendix F). */
function wideShape(bytes: Uint8Array): string | null {
  const opens = (byte: number | undefined) => byte === 0x3c || byte === 0x7b;
  const zeros = (...at: number[]) => at.every((i) => bytes[i] === 0);
  if (opens(bytes[0]) && zeros(1)) return zeros(2, 3) ? 'utf-32le' : 'utf-16le';
  if (zeros(0, 1, 2) && opens(bytes[3])) return 'utf-32be';
  if (zeros(0) && opens(bytes[1])) return 'utf-16be';
  return null;
}

/** A known charset other than UTF-8. iconv's own names for what is no charset (`hex`, `base64`, `utf7`) don't count. */
function labelled(found: RegExpExecArray | null): string | null {
  const label = found?.[1]?.toLowerCase();
  if (!label) return null;
  const charset = aliases.get(label) ?? rareCharset(label) ?? label;
  if (rareCharset(charset)) return charset;
  // Asking iconv for the first time loads all its tables, which no UTF-8 needs.
  const usable = !/^(utf|unicode|ucs|cesu|hex|base64|binary|internal)/.test(charset) && iconv.encodingExists(charset);
  return usable ? charset : null;
}

/**
 * Two bytes of GB18030 are now and then two of UTF-8 as well (the few characters of a very short text), but Chinese in
 * UTF-8 takes three: where there is none of those, a Chinese label is believed.
 */
const isChinese = (label: string | null) => label === 'gb18030' || label === 'big5';
const accented = /[\u0080-\u07ff]/;
const beyondTwoBytes = /[\u0800-\u{10ffff}]/u;

/** Characters beyond ASCII that were read, of which UTF-8 with a few broken bytes has more than broken ones. */
function countAccented(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f && code !== 0xfffd) count++;
  }
  return count;
}

/** Valid to its end, or to a last character that was cut off with the document. */
function validUtf8(bytes: Uint8Array): string | null {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text: string;
  try {
    text = decoder.decode(bytes, { stream: true });
  } catch {
    return null;
  }
  try {
    return text + decoder.decode();
  } catch {
    return `${text}\uFFFD`;
  }
}

/** Whether a beginning is GB18030, but for a character that was cut off at its end. */
const isClean = (beginning: Uint8Array) => {
  const { text } = decoded(beginning, 'gb18030', 'guess');
  const broken = text.indexOf('\uFFFD');
  return broken === -1 || broken >= text.length - 3;
};

function decoded(bytes: Uint8Array, charset: string, how: Decoded['how']): Decoded {
  const text = rareCharset(charset)
    ? decodeRare(bytes, charset)
    : iconv.decode(Buffer.from(bytes), charset, { stripBOM: true });
  return { text, charset, how, replaced: countReplaced(text) };
}

function countReplaced(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\uFFFD'); at !== -1; at = text.indexOf('\uFFFD', at + 1)) count++;
  return count;
}
