import { strToU8, zipSync, type Zippable } from 'fflate';

/** Archives that harm whoever unpacks them without measuring, each with the refusal that names it. */
export type ArchiveVector = { name: string; make: () => Uint8Array; code: string };

const zeros = (mebibytes: number) => new Uint8Array(mebibytes * 2 ** 20);
const zip = (entries: Zippable) => zipSync(entries, { level: 9 });
/** Where a mark stands in an archive, every time. */
function* marks(bytes: Buffer, mark: number): Generator<number> {
  const said = Buffer.from([0x50, 0x4b, mark, mark + 1]);
  for (let at = bytes.indexOf(said); at !== -1; at = bytes.indexOf(said, at + 4)) yield at;
}
/** Changes each entry of the central directory, as a forger does. */
function forged(archive: Uint8Array, change: (bytes: Buffer, at: number) => void): Uint8Array {
  const bytes = Buffer.from(archive);
  for (const at of marks(bytes, 1)) change(bytes, at);
  return bytes;
}
/** The same bytes under another name of the same length. */
const renamed = (archive: Uint8Array, from: string, to: string): Uint8Array =>
  Buffer.from(Buffer.from(archive).toString('latin1').replaceAll(from, to), 'latin1');

/** Each of the next is an archive of the one before. */
const nested = (depth: number): Uint8Array =>
  Array.from({ length: depth }).reduce<Uint8Array>(
    (inner) => zip({ 'inner.zip': inner }),
    zip({ 'a.txt': strToU8('a') }),
  );

/** Many entries that are one and the same bytes in the file, as David Fifield's are: each is small, together they are not. */
function overlapping(times: number): Uint8Array {
  const one = Buffer.from(zip({ 'aaaaaaaa.bin': zeros(4) }));
  const [central] = marks(one, 1);
  const [end] = marks(one, 5);
  const entry = one.subarray(central, end);
  const entries = Array.from({ length: times }, (_, at) => {
    const copy = Buffer.from(entry);
    copy.write(String(at).padStart(8, '0'), 46, 'latin1');
    return copy;
  });
  const tail = Buffer.from(one.subarray(end));
  tail.writeUInt16LE(times, 8);
  tail.writeUInt16LE(times, 10);
  tail.writeUInt32LE(entry.length * times, 12);
  return Buffer.concat([one.subarray(0, central), ...entries, tail]);
}

const document = { '[Content_Types].xml': strToU8('<Types/>'), 'word/document.xml': strToU8('<w:document/>') };

export const archiveBombs: ArchiveVector[] = [
  { name: 'one file of zeros', make: () => zip({ 'a.bin': zeros(24) }), code: 'archive_too_dense' },
  {
    name: 'a document with a page of zeros',
    make: () => zip({ ...document, 'word/media/image1.bmp': zeros(24) }),
    code: 'archive_too_dense',
  },
  { name: 'entries that lie over each other', make: () => overlapping(200), code: 'archive_too_large' },
  {
    name: 'a size that is not true',
    // It says 10 bytes and unpacks to 24 MB.
    make: () => forged(zip({ 'a.bin': zeros(24) }), (bytes, at) => void bytes.writeUInt32LE(10, at + 24)),
    code: 'archive_unreadable',
  },
  {
    name: 'more files than anybody reads',
    make: () => zip(Object.fromEntries(Array.from({ length: 5_001 }, (_, at) => [`${at}.txt`, new Uint8Array()]))),
    code: 'archive_too_many_files',
  },
  { name: 'archives in archives', make: () => nested(4), code: 'archive_nested' },
  {
    name: 'a bomb in a document in an archive',
    make: () => zip({ '附件/表.xlsx': zip({ 'xl/sheet1.xml': zeros(24) }) }),
    code: 'archive_too_dense',
  },
  {
    name: 'an archive that can’t be looked into',
    make: () => zip({ 'b.rar': strToU8('Rar!') }),
    code: 'archive_unmeasured',
  },
  {
    name: 'a way out of the folder',
    make: () => renamed(zip({ 'XX/XX/etc/passwd': strToU8('root') }), 'XX/XX', '../..'),
    code: 'archive_paths',
  },
  {
    name: 'a way from the root',
    make: () => renamed(zip({ 'Xetc/passwd': strToU8('root') }), 'Xetc', '/etc'),
    code: 'archive_paths',
  },
  {
    name: 'a way of Windows’s',
    make: () => renamed(zip({ 'XX!XX!a.dll': strToU8('MZ') }), 'XX!XX!', '..\\..\\'),
    code: 'archive_paths',
  },
  {
    name: 'a drive of Windows’s',
    make: () => renamed(zip({ 'Cxxa.dll': strToU8('MZ') }), 'Cxx', 'C:/'),
    code: 'archive_paths',
  },
  {
    name: 'a size that only 64 bits can say',
    make: () => forged(zip({ 'a.txt': strToU8('a') }), (bytes, at) => void bytes.writeUInt32LE(0xffff_fffe, at + 24)),
    code: 'archive_too_large',
  },
  {
    name: 'an end that promises more than there is',
    make: () => {
      const bytes = Buffer.from(zip({ 'a.txt': strToU8('a') }));
      const [end] = marks(bytes, 5);
      bytes.writeUInt16LE(60_000, end! + 10);
      return bytes;
    },
    code: 'archive_unreadable',
  },
  {
    name: 'a link that leads elsewhere',
    make: () =>
      forged(
        zip({ 'a.txt': strToU8('/etc/passwd') }),
        (bytes, at) => void bytes.writeUInt32LE(0o120777 * 65_536, at + 38),
      ),
    code: 'archive_paths',
  },
  {
    name: 'a password',
    make: () => forged(zip({ 'a.txt': strToU8('a') }), (bytes, at) => void bytes.writeUInt16LE(1, at + 8)),
    code: 'archive_encrypted',
  },
  { name: 'half of an archive', make: () => zip({ 'a.bin': zeros(1) }).subarray(0, 200), code: 'archive_unreadable' },
];

/** What offices send, to be taken. */
export const soundArchives: { name: string; make: () => Uint8Array }[] = [
  { name: 'a document', make: () => zip(document) },
  {
    name: 'an archive with a folder and a document in it',
    make: () => zip({ 附件: { '说明.docx': zip(document), 'a.txt': strToU8('正文') } }),
  },
  {
    name: 'a table of one repeated row',
    make: () => zip({ 'xl/sheet1.xml': strToU8('<row><c>0.03</c></row>'.repeat(200_000)) }),
  },
  { name: 'an empty archive', make: () => zip({}) },
];

/** A PNG that says it is so large; of its pixels there is nothing. */
export function pngOf(width: number, height: number): Buffer {
  const head = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
  const size = Buffer.alloc(8);
  size.writeUInt32BE(width);
  size.writeUInt32BE(height, 4);
  return Buffer.concat([head, size, Buffer.from('0806000000', 'hex'), Buffer.alloc(4), Buffer.alloc(64)]);
}

const gifOf = (width: number, height: number): Buffer => {
  const head = Buffer.alloc(64);
  head.write('GIF89a', 'latin1');
  head.writeUInt16LE(width, 6);
  head.writeUInt16LE(height, 8);
  return head;
};
const bmpOf = (width: number, height: number): Buffer => {
  const head = Buffer.alloc(64);
  head.write('BM', 'latin1');
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(height, 22);
  return head;
};
/** A WebP with the extended header, whose size is that of its canvas. */
const webpOf = (width: number, height: number): Buffer => {
  const head = Buffer.alloc(64);
  head.write('RIFF', 'latin1');
  head.writeUInt32LE(56, 4);
  head.write('WEBPVP8X', 8, 'latin1');
  head.writeUInt32LE(10, 16);
  head.writeUIntLE(width - 1, 24, 3);
  head.writeUIntLE(height - 1, 27, 3);
  return head;
};

/** Pictures of every kind that browsers are given by us, of whatever size, without a pixel. */
export const pictures: { name: string; mediaType: string; make: (width: number, height: number) => Uint8Array }[] = [
  { name: 'PNG', mediaType: 'image/png', make: pngOf },
  { name: 'GIF', mediaType: 'image/gif', make: gifOf },
  { name: 'BMP', mediaType: 'image/bmp', make: bmpOf },
  { name: 'WebP', mediaType: 'image/webp', make: webpOf },
];
