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
  const { isZip, size } = await looked(path);
  if (isZip) await measureArchive(path, size);
  if (mediaType.startsWith('image/') && shownTypes.has(mediaType)) await measurePicture(path);
}

/** The same of bytes that are no file yet. @throws Refusal */
export async function measureBytes(bytes: Uint8Array, mediaType: string): Promise<void> {
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

async function looked(path: string): Promise<{ isZip: boolean; size: number }> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return { isZip: heads.includes(buffer.toString('hex')), size: (await file.stat()).size };
  } finally {
    await file.close();
  }
}
