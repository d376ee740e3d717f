import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shownTypes } from '@tongsheng/contracts';
import { measureArchive } from './archives.ts';
import { measurePicture } from './picture-size.ts';

/**
 * Measures what whoever opens the file will unpack or draw, before it is kept. What is a ZIP by its first bytes is one, whatever
 * kind of document it holds; an archive that nothing here can look into, such as a RAR, is not measured.
 * @param mediaType by the file's bytes
 * @throws Refusal archive_…, picture_…, as `measureArchive` and `measurePicture` say
 */
export async function measureFile(path: string, mediaType: string): Promise<void> {
  const { first, size } = await looked(path);
  if (isZip(first)) await measureArchive(path, size);
  if (isPicture(mediaType)) await measurePicture(path);
}

/** The same of bytes that are no file yet. @throws Refusal */
export async function measureBytes(bytes: Uint8Array, mediaType: string): Promise<void> {
  // Most are neither, and need no file.
  if (!isZip(bytes) && !isPicture(mediaType)) return;
  const folder = await mkdtemp(join(tmpdir(), 'tongsheng-measure-'));
  try {
    const path = join(folder, 'file');
    await writeFile(path, bytes, { mode: 0o600 });
    await measureFile(path, mediaType);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first header of a ZIP, or the only one of an empty one (APPNOTE 4.3.7 and 4.3.16). */
const heads = ['504b0304', '504b0506'];
const isZip = (bytes: Uint8Array): boolean => heads.includes(Buffer.from(bytes.subarray(0, 4)).toString('hex'));
const isPicture = (mediaType: string): boolean => mediaType.startsWith('image/') && shownTypes.has(mediaType);

async function looked(path: string): Promise<{ first: Uint8Array; size: number }> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return { first: buffer, size: (await file.stat()).size };
  } finally {
    await file.close();
  }
}
