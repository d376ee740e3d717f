import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { reasonOf } from '@tongsheng/bus';
import { Refusal } from '@tongsheng/contracts';
import { getFileNameLowLevel, openPromise, validateFileName, type Entry, type ZipFile } from 'yauzl';

/** What an archive may unpack to, all that lies in archives within it included. */
export const archiveLimits = {
  entries: 5_000,
  bytes: 500 * 2 ** 20,
  /** How many times its size; a large document of one repeated row stays below it. */
  ratio: 250,
  /** Small files are dense without harm: the ratio counts from so many unpacked bytes on. */
  ratioFrom: 20 * 2 ** 20,
  /** An office file in an archive, and what is embedded there. */
  depth: 3,
};

/** What is a ZIP by its ending, and opened by whoever opens what it lies in. */
const zips = /\.(?:zip|docx|xlsx|pptx|docm|xlsm|pptm|odt|ods|odp|ofd|jar|epub)$/i;
/** Archives that nothing here can look into. */
const others = /\.(?:rar|7z|gz|tgz|bz2|xz|zst|tar|cab|iso|arj|lzh)$/i;

type Budget = { entries: number; bytes: number };

/**
 * Measures what a ZIP, an office document or an OFD would unpack to, entry by entry as it streams by: nothing of it is kept in
 * memory, and nothing is believed that it says of itself.
 * @param size of the file in bytes
 * @throws Refusal archive_unreadable, archive_encrypted, archive_paths, archive_too_many_files, archive_too_large,
 *   archive_too_dense, archive_nested, archive_unmeasured
 */
export async function measureArchive(path: string, size: number): Promise<Budget> {
  const folder = await mkdtemp(join(tmpdir(), 'tongsheng-archive-'));
  try {
    return await measured(path, { size, spent: { entries: 0, bytes: 0 }, depth: 1, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Measure = { size: number; spent: Budget; depth: number; folder: string };

async function measured(path: string, { size, spent, depth, folder }: Measure): Promise<Budget> {
  if (depth > archiveLimits.depth) throw new Refusal('archive_nested', `archives within archives, ${depth} deep`);
  const zip = await read(() => openPromise(path, { decodeStrings: false, lazyEntries: true, autoClose: false }));
  try {
    const entries = await entriesOf(zip, spent);
    // What it says of itself is enough to refuse it, and read before a byte is unpacked.
    mustFit(
      { ...spent, bytes: spent.bytes + entries.reduce((sum, { entry }) => sum + entry.uncompressedSize, 0) },
      size,
    );
    for (const [at, { entry, name }] of entries.entries()) {
      if (others.test(name)) throw new Refusal('archive_unmeasured', name, { name: name.slice(0, 200) });
      const inner = zips.test(name) ? join(folder, `${depth}-${at}`) : null;
      const stream = await read(() => zip.openReadStreamPromise(entry));
      let bytes = 0;
      await read(() =>
        pipeline(
          stream,
          async function* (chunks: AsyncIterable<Buffer>) {
            for await (const chunk of chunks) {
              bytes += chunk.length;
              spent.bytes += chunk.length;
              mustFit(spent, size);
              if (inner !== null) yield chunk;
            }
          },
          inner === null ? new Writable() : createWriteStream(inner, { mode: 0o600 }),
        ),
      );
      if (inner === null || bytes === 0) continue;
      await measured(inner, { size, spent, depth: depth + 1, folder });
      await rm(inner);
    }
    return spent;
  } finally {
    zip.close();
  }
}

/** @throws Refusal archive_too_large, archive_too_dense */
function mustFit({ bytes }: Budget, size: number): void {
  const { bytes: most, ratio, ratioFrom } = archiveLimits;
  if (bytes > most) throw new Refusal('archive_too_large', `unpacks to more than ${most} bytes`);
  if (bytes > ratioFrom && bytes > size * ratio)
    throw new Refusal('archive_too_dense', `unpacks to more than ${ratio} times its size`);
}

/** What is in it, counted; folders have no bytes. @throws Refusal */
async function entriesOf(zip: ZipFile, spent: Budget): Promise<{ entry: Entry; name: string }[]> {
  const found: { entry: Entry; name: string }[] = [];
  await read(async () => {
    for await (const entry of zip.eachEntry()) {
      if (++spent.entries > archiveLimits.entries)
        throw new Refusal('archive_too_many_files', `more than ${archiveLimits.entries} entries`);
      const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
      const name = getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
      if (entry.isEncrypted()) throw new Refusal('archive_encrypted', name, { name: name.slice(0, 200) });
      if (validateFileName(name) !== null || name.includes('\0') || isLink(entry))
        throw new Refusal('archive_paths', name, { name: name.slice(0, 200) });
      if (!name.endsWith('/')) found.push({ entry, name });
    }
  });
  return found;
}

/** A link leads out of the folder that it is unpacked into. */
const isLink = ({ externalFileAttributes }: Entry) => ((externalFileAttributes >>> 16) & 0o170000) === 0o120000;

/** What can't be read is no archive that anybody could open. @throws Refusal archive_unreadable */
async function read<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('archive_unreadable', reasonOf(error));
  }
}
