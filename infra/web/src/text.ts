import iconv from 'iconv-lite';

export type Decoded = {
  text: string;
  charset: string;
  how: 'bom' | 'utf8' | 'declared' | 'header' | 'guess' | 'fallback';
  /** Characters that could not be read. */
  replaced: number;
};

/** gb2312 and gbk are read as gb18030, of which they are parts and which pages that say so really use. */
const aliases: Record<string, string> = {
  gb2312: 'gb18030',
  gbk: 'gb18030',
  'x-gbk': 'gb18030',
  'gb_2312-80': 'gb18030',
  utf8: 'utf-8',
};

/**
 * Bytes to text, in the order that reads Chinese pages right: BOM, valid UTF-8, the label inside, the label of the
 * server, UTF-8 with a few broken bytes, clean GB18030, and windows-1252 as the last resort.
 */
export function decodeText(bytes: Uint8Array, contentType: string | null = null): Decoded {
  const bom = bomOf(bytes);
  if (bom) return decoded(bytes, bom, 'bom');
  const strict = tryStrict(bytes, 'utf-8');
  if (strict !== null) return { text: strict, charset: 'utf-8', how: 'utf8', replaced: 0 };
  const inside = declaredCharset(bytes);
  if (inside && iconv.encodingExists(inside)) return decoded(bytes, inside, 'declared');
  const header = /charset\s*=\s*["']?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1]?.toLowerCase();
  const told = header && (aliases[header] ?? header);
  if (told && told !== 'utf-8' && iconv.encodingExists(told)) return decoded(bytes, told, 'header');
  const loose = decoded(bytes, 'utf-8', 'guess');
  if (loose.replaced <= bytes.length / 100) return loose;
  const chinese = decoded(bytes, 'gb18030', 'guess');
  return chinese.replaced === 0 ? chinese : decoded(bytes, 'windows-1252', 'fallback');
}

function bomOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return null;
}

/** The label in an XML declaration or a `<meta>`, looked for in the first 4 KiB, which any such label is ASCII in. */
function declaredCharset(bytes: Uint8Array): string | null {
  const head = iconv.decode(Buffer.from(bytes.subarray(0, 4_096)), 'latin1');
  const label = /(?:encoding|charset)\s*=\s*["']?\s*([\w.:-]{1,40})/i.exec(head)?.[1]?.toLowerCase();
  return label ? (aliases[label] ?? label) : null;
}

function tryStrict(bytes: Uint8Array, charset: string): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function decoded(bytes: Uint8Array, charset: string, how: Decoded['how']): Decoded {
  const text = iconv.decode(Buffer.from(bytes), charset, { stripBOM: true });
  let replaced = 0;
  for (let at = text.indexOf('\uFFFD'); at !== -1; at = text.indexOf('\uFFFD', at + 1)) replaced++;
  return { text, charset, how, replaced };
}
