import iconv from 'iconv-lite';

/**
 * Charsets that iconv-lite does not have and that documents still come in: EBCDIC, of which XML 1.0 speaks in appendix F,
 * two of Central Asia, and the two of seven bits, which look like ASCII and so like UTF-8.
 */
const labels = new Map(
  [
    'cp037 ibm037 csibm037 ebcdic-cp-us ebcdic-cp-ca ebcdic-cp-nl ebcdic-cp-wt',
    'cp273 ibm273 csibm273',
    'cp500 ibm500 csibm500 ebcdic-cp-be ebcdic-cp-ch',
    'cp1026 ibm1026 csibm1026',
    'cp1140 ibm1140 ibm01140 ccsid01140 ebcdic-us-37+euro',
    'kz1048 kz-1048 rk1048 strk1048-2002',
    'ptcp154 csptcp154 pt154 cp154 cyrillic-asian',
    'iso-2022-jp csiso2022jp iso2022jp',
    'hz-gb-2312 hz hzgb hz-gb',
  ].flatMap((alike) => {
    const names = alike.split(' ');
    return names.map((name): [string, string] => [name, names[0]!]);
  }),
);

/** The name of one of these charsets; undefined for every other label. */
export const rareCharset = (label: string): string | undefined => labels.get(label.replaceAll('_', '-'));

/** Whether it is written in seven bits. */
export const isSevenBit = (charset: string | null) => charset === 'iso-2022-jp' || charset === 'hz-gb-2312';

/** From 0x40 on; below are controls, of which a document has four. */
const ebcdic =
  ' \u00a0âäàáãåçñ¢.<(+|&éêëèíîïìß!$*);¬-/ÂÄÀÁÃÅÇÑ¦,%_>?øÉÊËÈÍÎÏÌ`:#@\'="' +
  'Øabcdefghi«»ðýþ±°jklmnopqrªºæ¸Æ¤µ~stuvwxyz¡¿ÐÝÞ®^£¥·©§¶¼½¾[]¯¨´×' +
  '{ABCDEFGHI\u00adôöòóõ}JKLMNOPQR¹ûüùúÿ\\÷STUVWXYZ²ÔÖÒÓÕ0123456789³ÛÜÙÚ\u009f';
const controls: Record<number, string> = { 0x05: '\t', 0x0d: '\r', 0x15: '\n', 0x25: '\n' };

/** Pages as what differs from another one: a byte in hexadecimal, and its character. */
const pages: Record<string, { like: 'cp037' | 'windows-1251'; but: string }> = {
  cp037: { like: 'cp037', but: '' },
  cp273: { like: 'cp037', but: '43{4aÄ4f!59~5aÜ5f^63[6aö7c§a1ßb0¢b5@ba¬bb|bc‾c0äcc¦d0üdc}e0Öec\\fc]' },
  cp500: { like: 'cp037', but: '4a[4f!5a]5f^b0¢ba¬bb|' },
  cp1026: {
    like: 'cp037',
    but: '48{4aÇ4f!5aĞ5bİ5f^68[6aş79ı7bÖ7cŞ7fÜ8c}8d`8e¦a1öac]ad$ae@b0¢ba¬bb|c0çcc~d0ğdc\\e0üec#fc"',
  },
  cp1140: { like: 'cp037', but: '9f€' },
  kz1048: { like: 'windows-1251', but: '8dҚ8eҺ9dқ9eһa1Ұa2ұa3Әa5ӨaaҒafҮb4өbaғbcәbdҢbeңbfү' },
  ptcp154: {
    like: 'windows-1251',
    but: '80Җ81Ғ82Ӯ83ғ86Ҷ87Ү88Ҳ89ү8aҠ8bӢ8cҢ8dҚ8eҺ8fҸ90җ98ҳ99ҷ9aҡ9bӣ9cң9dқ9eһ9fҹa4Өa5Ҙa6ҰaaӘadӯafҜb1ұb4ҙb5өbaәbdҪbeҫbfҝ',
  },
};

export function decodeRare(bytes: Uint8Array, charset: string): string {
  if (charset === 'iso-2022-jp') return new TextDecoder(charset).decode(bytes);
  if (charset === 'hz-gb-2312') return fromHz(Buffer.from(bytes).toString('latin1'));
  const { like, but } = pages[charset]!;
  const page = Array.from({ length: 256 }, (_, byte) =>
    like === 'cp037'
      ? byte < 0x40
        ? (controls[byte] ?? '')
        : ebcdic[byte - 0x40]!
      : iconv.decode(Buffer.of(byte), like),
  );
  for (const [, byte = '', character = ''] of but.matchAll(/([\da-f]{2})(.)/gu))
    page[Number.parseInt(byte, 16)] = character;
  return Array.from(bytes, (byte) => page[byte]).join('');
}

/** RFC 1843: GB2312 between `~{` and `~}`, with the high bits taken off. */
const fromHz = (text: string) =>
  text.replaceAll(/~(?:\{([^~\n]*)(?:~\}|$)|~|\n)/g, (whole, inside: string | undefined) => {
    if (inside === undefined) return whole === '~~' ? '~' : '';
    return iconv.decode(
      Buffer.from(inside, 'latin1').map((byte) => byte | 0x80),
      'gb2312',
    );
  });

/** `<?xm` in EBCDIC. */
export const isEbcdic = (bytes: Uint8Array) => [0x4c, 0x6f, 0xa7, 0x94].every((byte, i) => bytes[i] === byte);
