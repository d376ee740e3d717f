import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { once } from 'node:events';
import { createGunzip, createGzip, type Gzip } from 'node:zlib';
import {
  BusClient,
  EvidenceStore,
  NoAnswer,
  openRestore,
  PublicFiles,
  walkStream,
  type Bus,
  type RawMessage,
  type Stored,
} from '@tongsheng/bus';
import { buckets, ListAnswer, Refusal, streams, subjects } from '@tongsheng/contracts';
import { z } from 'zod';
import { archiveText } from './archive-text.ts';
import { Chain, type ChainOptions } from './chain.ts';
import { isListSigned, publicPem, readSignedList, signedListOf, signedNoteOf, type PublicKey } from './signing.ts';
import { BrokenLog, finished, verifyLog, type Verified } from './verify.ts';

/** An archive can't be made, read or restored. The message says what to do. */
export class BadArchive extends Error {}

/** What stands in an archive, in `manifest.json`. */
const Manifest = z.object({
  format: z.literal('tongsheng-log/1'),
  madeAt: z.string(),
  /** First to last position, and how many messages; PUBLIC may have empty positions. */
  journal: z.object({ last: z.int(), root: z.string() }),
  public: z.object({ last: z.int() }),
  /** Files of messages, in order. */
  segments: z.array(z.object({ stream: z.string(), file: z.string(), first: z.int(), last: z.int() })),
});
type Manifest = z.infer<typeof Manifest>;
type Segment = Manifest['segments'][number];

/** A line of a segment: one message. `body` is its text; bytes that are no text stand in `base64`. */
type Line = {
  position: number;
  storedAt?: string;
  subject: string;
  headers: [string, string[]][];
  body?: string;
  base64?: string;
};

type Progress = (done: string) => void;

const sums = 'SHA256SUMS';
/** What the running system has signed under it; there is none where it has no key. */
const signedSums = 'SHA256SUMS.signed';
const progressEvery = 100_000;

/**
 * Writes all that a system knows into an empty folder: the journal, what is public, the files that prove something.
 * @throws BadArchive when the folder is not empty; BrokenLog when the log is not whole
 */
export async function exportLog(bus: Bus, folder: string, madeAt: string, onProgress: Progress): Promise<Verified> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) throw new BadArchive(`${folder} is not empty; name a new folder`);
  const files = new Map<string, string>();
  const write = async (name: string, bytes: Uint8Array | string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
    files.set(name, createHash('sha256').update(bytes).digest('hex'));
  };

  const chain = new Chain();
  const segments: Segment[] = [];
  const copy = async (stream: string, subject: string, check: (message: RawMessage) => void): Promise<number> => {
    let writer: SegmentWriter | null = null;
    const close = async () => {
      if (!writer) return;
      files.set(writer.segment.file, await writer.close());
      segments.push(writer.segment);
    };
    const last = await walkStream(bus, {
      stream,
      subject,
      ahead: 10_000,
      async onMessage(message, end) {
        check(message);
        const day = (message.storedAt ?? '').slice(0, 10);
        if (writer?.day !== day) {
          await close();
          writer = new SegmentWriter(folder, stream, message.seq, day);
        }
        await writer.add(message);
        if (message.seq % progressEvery === 0) onProgress(`${stream}: ${message.seq} of ${end}`);
      },
    });
    await close();
    return last;
  };
  // Before the log, so that nothing is public of which the archive does not say why; what they name, after both.
  const publicLast = await copy(streams.public, subjects.publicDocuments(), () => {});
  const last = await copy(streams.journal, subjects.events(), (message) => {
    const wrong = chain.add(message);
    if (wrong) throw new BrokenLog(wrong);
  });
  const verified = { ...finished(chain), unreadable: [] };

  for (const { bucket, store } of stores(bus)) {
    const names = await store.list();
    for (const [i, name] of names.entries()) {
      const kept = await store.read(name);
      if (!kept?.intact) throw new BadArchive(`${bucket}: what is kept under ${name} is damaged or gone`);
      await write(`objects/${bucket}/${name}`, kept.bytes);
      if ((i + 1) % 1_000 === 0) onProgress(`${bucket}: ${i + 1} of ${names.length}`);
    }
  }
  for (const key of verified.keys) await write(`keys/${key.keyId}.pem`, publicPem(key));
  if (verified.checkpoint) await write('checkpoint.txt', signedNoteOf(verified.checkpoint));
  await write('README.txt', archiveText);
  const manifest: Manifest = {
    format: 'tongsheng-log/1',
    madeAt,
    journal: { last, root: verified.root },
    public: { last: publicLast },
    segments,
  };
  await write('manifest.json', `${JSON.stringify(manifest, null, 2)}\n`);
  // Last, so that an archive that was not finished has none.
  const lines = [...files]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, hash]) => `${hash}  ${name}\n`);
  const list = lines.join('');
  await writeFile(join(folder, sums), list);
  const signed = await signedBy(bus, sha256(list));
  if (signed) await writeFile(join(folder, signedSums), signedListOf(signed));
  return { ...verified, listSignedAt: signed?.signedAt ?? null };
}

/** One file of messages that were stored on one day. */
class SegmentWriter {
  readonly segment: Segment;
  readonly day: string;
  readonly #gzip: Gzip;
  readonly #hash = createHash('sha256');
  readonly #written: Promise<void>;
  #lines = '';

  constructor(folder: string, stream: string, first: number, day: string) {
    const file = `${stream.toLowerCase()}-${String(first).padStart(12, '0')}-${day}.jsonl.gz`;
    this.segment = { stream, file, first, last: first };
    this.day = day;
    this.#gzip = createGzip();
    const out: WriteStream = createWriteStream(join(folder, file));
    this.#gzip.on('data', (bytes: Buffer) => this.#hash.update(bytes));
    this.#written = pipeline(this.#gzip, out);
    this.#written.catch(() => {});
  }

  async add(message: RawMessage): Promise<void> {
    this.#lines += lineOf(message);
    this.segment.last = message.seq;
    if (this.#lines.length < 2 ** 18) return;
    await this.#flush();
  }

  /** @returns the SHA-256 of the file */
  async close(): Promise<string> {
    await this.#flush();
    this.#gzip.end();
    await this.#written;
    return this.#hash.digest('hex');
  }

  async #flush(): Promise<void> {
    const isRoom = this.#gzip.write(this.#lines);
    this.#lines = '';
    if (!isRoom) await Promise.race([once(this.#gzip, 'drain'), this.#written]);
  }
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(data: Uint8Array): Pick<Line, 'body' | 'base64'> {
  try {
    return { body: strict.decode(data) };
  } catch {
    return { base64: Buffer.from(data).toString('base64') };
  }
}

function lineOf({ seq, storedAt, subject, headers, data }: RawMessage): string {
  const line: Line = {
    position: seq,
    ...(storedAt && { storedAt }),
    subject,
    headers: headers ? [...headers] : [],
    ...textOf(data),
  };
  return `${JSON.stringify(line)}\n`;
}

const stores = (bus: Bus) => [
  { bucket: buckets.evidence, store: new EvidenceStore(bus) },
  { bucket: buckets.publicFiles, store: new PublicFiles(bus) },
];

/**
 * Checks an archive without any server: its files, and the log in it.
 * @throws BrokenLog naming the first record, BadArchive naming the first file that is not as it was written
 */
export async function verifyArchive(
  folder: string,
  { onProgress, ...options }: ChainOptions & { onProgress?: Progress } = {},
): Promise<Verified> {
  const { manifest, hashes } = await openArchive(folder);
  const chain = new Chain(options);
  for (const segment of manifest.segments) {
    const isJournal = segment.stream === streams.journal;
    let next = segment.first;
    await readSegment(folder, segment, hashes.get(segment.file)!, (line) => {
      if (isJournal) {
        const wrong = chain.add({ seq: line.position, ...storedOf(line) });
        if (wrong) throw new BrokenLog(wrong);
      } else if (line.position < next)
        throw new BadArchive(`${segment.file}: position ${line.position} is out of order`);
      next = line.position + 1;
      if (isJournal && line.position % progressEvery === 0)
        onProgress?.(`${line.position} of ${manifest.journal.last}`);
    });
    if (next !== segment.last + 1) throw new BadArchive(`${segment.file} ends at ${next - 1}, not at ${segment.last}`);
  }
  const found = finished(chain);
  if (found.position !== manifest.journal.last)
    throw new BrokenLog({ position: found.position + 1, wrong: `everything up to ${manifest.journal.last} is gone` });
  if (found.root !== manifest.journal.root)
    throw new BadArchive('manifest.json names another root than the entries make');
  const read = new Set(manifest.segments.map(({ file }) => file));
  for (const [name, hash] of hashes) {
    if (!read.has(name) && (await sha256Of(join(folder, name))) !== hash) throw new BadArchive(`${name} was changed`);
  }
  return { ...found, unreadable: [], listSignedAt: await listSignedAt(folder, found.keys) };
}

/** When the list was signed, by a key of the log itself; null: it was not. @throws BadArchive */
async function listSignedAt(folder: string, keys: readonly PublicKey[]): Promise<string | null> {
  const text = await readFile(join(folder, signedSums), 'utf8').catch(() => null);
  if (text === null) return null;
  const signed = readSignedList(text);
  const key = keys.find(({ keyId }) => keyId === signed?.keyId);
  if (!signed || !key || !isListSigned(key, signed)) throw new BadArchive(`${signedSums} was changed`);
  if (signed.hash !== sha256(await readFile(join(folder, sums))))
    throw new BadArchive(`${sums} was changed after it was signed`);
  return signed.signedAt;
}

/** How long a signature may take, in ms. */
const signingMs = 10_000;

async function signedBy(bus: Bus, hash: string): Promise<ListAnswer | null> {
  try {
    return ListAnswer.parse(await new BusClient(bus).ask('checkpoint.list', { hash }, signingMs));
  } catch (error) {
    if (error instanceof NoAnswer || (error instanceof Refusal && error.code === 'checkpoint_no_key')) return null;
    throw error;
  }
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** The list of files and what they should be. Nothing may be missing, and nothing may have been added. */
async function openArchive(folder: string): Promise<{ manifest: Manifest; hashes: Map<string, string> }> {
  const text = await readFile(join(folder, sums), 'utf8').catch(() => {
    throw new BadArchive(`${folder} has no ${sums}: it is no archive, or one that was not finished`);
  });
  const hashes = new Map<string, string>();
  for (const line of text.split('\n').filter(Boolean)) {
    const [, hash, name] = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line) ?? [];
    if (!hash || !name) throw new BadArchive(`${sums} was changed: ${line}`);
    hashes.set(name, hash);
  }
  const found = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map((each) => relative(folder, join(each.parentPath, each.name)))
    .filter((name) => name !== sums && name !== signedSums);
  const stray = found.find((name) => !hashes.has(name));
  if (stray) throw new BadArchive(`${stray} is not listed in ${sums}: it was put in`);
  const missing = [...hashes.keys()].find((name) => !found.includes(name));
  if (missing) throw new BadArchive(`${missing} is gone`);
  const said = await readFile(join(folder, 'manifest.json'), 'utf8').catch(() => '');
  if (createHash('sha256').update(said).digest('hex') !== hashes.get('manifest.json'))
    throw new BadArchive('manifest.json was changed, or its line in SHA256SUMS');
  const manifest = Manifest.parse(JSON.parse(said));
  const unlisted = manifest.segments.find(({ file }) => !hashes.has(file));
  if (unlisted) throw new BadArchive(`${unlisted.file} is not listed in ${sums}`);
  return { manifest, hashes };
}

const storedOf = ({ subject, headers, body, base64 }: Line): Stored => ({
  subject,
  headers,
  data: body ?? Buffer.from(base64 ?? '', 'base64'),
});

/** Reads a segment line by line. @throws BadArchive when the file is not the one that was written */
async function readSegment(
  folder: string,
  { file, first }: Segment,
  expected: string,
  onLine: (line: Line) => Promise<void> | void,
): Promise<void> {
  const hash = createHash('sha256');
  const source = createReadStream(join(folder, file), { highWaterMark: 2 ** 20 });
  source.on('data', (bytes) => hash.update(bytes));
  const gunzip = createGunzip({ chunkSize: 2 ** 20 });
  source.on('error', (error) => gunzip.destroy(error));
  source.pipe(gunzip);
  let rest: Buffer = Buffer.alloc(0);
  let last = first - 1;
  try {
    for await (const bytes of gunzip as AsyncIterable<Buffer>) {
      const chunk = rest.length > 0 ? Buffer.concat([rest, bytes]) : bytes;
      const end = chunk.lastIndexOf(10);
      if (end >= 0) {
        // One text for many lines: cutting bytes into each of them costs more than reading it.
        for (const line of chunk.toString('utf8', 0, end).split('\n')) {
          const read = JSON.parse(line) as Line;
          const waits = onLine(read);
          if (waits) await waits;
          last = read.position;
        }
      }
      rest = chunk.subarray(end + 1);
    }
  } catch (error) {
    if (error instanceof BrokenLog || error instanceof BadArchive) throw error;
    source.destroy();
    if ((await sha256Of(join(folder, file))) === expected) throw error;
    throw new BadArchive(`${file} was changed behind position ${last}: it can't be read from there`);
  }
  if (rest.length > 0 || hash.digest('hex') !== expected) throw new BadArchive(`${file} was changed`);
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/**
 * Puts an archive back into an empty server, to the positions where everything stood, and checks it there.
 * @throws BadArchive when the server holds a log already
 */
export async function restoreLog(
  bus: Bus,
  folder: string,
  { onProgress, ...options }: ChainOptions & { onProgress?: Progress } = {},
): Promise<Verified> {
  onProgress?.('checking the archive');
  const archived = await verifyArchive(folder, { ...options, ...(onProgress && { onProgress }) });
  const { manifest, hashes } = await openArchive(folder);
  const restore = await openRestore(bus);
  if (!restore)
    throw new BadArchive(
      'the server holds a log already, and nothing is restored over one; start an empty server and name it with NATS_URL',
    );
  // What entries name comes before them.
  for (const { bucket, store } of stores(bus)) {
    const names = [...hashes.keys()].filter((name) => name.startsWith(`objects/${bucket}/`));
    for (const name of names) await store.keep(await readFile(join(folder, name)));
    onProgress?.(`${bucket}: ${names.length} files`);
  }
  for (const stream of [streams.journal, streams.public]) {
    let next = 1;
    const { last } = stream === streams.journal ? manifest.journal : manifest.public;
    const emptyTo = async (end: number) => {
      for (; next < end; next++) await restore.skip(next);
    };
    for (const segment of manifest.segments.filter((each) => each.stream === stream)) {
      await readSegment(folder, segment, hashes.get(segment.file)!, async (line) => {
        await emptyTo(line.position);
        await restore.put(stream, line.position, storedOf(line));
        next = line.position + 1;
        if (line.position % progressEvery === 0) onProgress?.(`${stream}: ${line.position} of ${last}`);
      });
    }
    await emptyTo(last + 1);
  }
  await restore.end();
  onProgress?.('checking what was restored');
  const restored = await verifyLog(bus, options);
  if (restored.root !== archived.root)
    throw new BadArchive('what was restored is another log than the archive: use neither');
  return restored;
}
