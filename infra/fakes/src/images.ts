/** An image as its first bytes show it; `width` and `height` where they are cheap to find. */
export type ImageKind = { type: 'png' | 'jpg' | 'gif' | 'bmp'; width: number; height: number };

/** What kind of image this is, or null when it is none that the platforms take. */
export function imageKind(bytes: Buffer): ImageKind | null {
  if (bytes.length >= 24 && bytes.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n')
    return { type: 'png', width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (bytes.length >= 4 && bytes.readUInt16BE(0) === 0xff_d8) return { type: 'jpg', ...jpegSize(bytes) };
  if (bytes.length >= 10 && /^GIF8[79]a$/.test(bytes.subarray(0, 6).toString('latin1')))
    return { type: 'gif', width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  if (bytes.length >= 26 && bytes.subarray(0, 2).toString('latin1') === 'BM')
    return { type: 'bmp', width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) };
  return null;
}

/** From the start-of-frame segment; 0 × 0 when there is none. */
function jpegSize(bytes: Buffer): { width: number; height: number } {
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
    const marker = bytes[at + 1]!;
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7) };
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return { width: 0, height: 0 };
}

export const mediaTypes = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', bmp: 'image/bmp' } as const;

export type Picture = { id: string; type: ImageKind['type']; bytes: Buffer };

/** Pictures that the page shows. Their bytes are bounded: the oldest give way, their ids stay known to the platform. */
export function keepPicture(pictures: Picture[], picture: Picture, boundBytes = 16 * 2 ** 20): void {
  pictures.push(picture);
  let total = pictures.reduce((sum, { bytes }) => sum + bytes.length, 0);
  while (total > boundBytes && pictures.length > 1) total -= pictures.shift()!.bytes.length;
}
