import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { buckets } from '@tongsheng/contracts';
import type { ObjectInfo, ObjectStore } from 'nats';
import type { Bus } from './connection.ts';

const shrink = promisify(gzip);
const grow = promisify(gunzip);

/** What is larger is nearly always packed already; to try it costs seconds. */
const worthTrying = 16 * 2 ** 20;
/** Above this an object is stored as it is when gzip gains little, as with PDF and JPEG. */
const worthwhile = 0.9;

/**
 * Bytes in JetStream's object store. An object's name is its SHA-256, so the same bytes are there once, and whoever reads
 * them can tell that they are the ones meant.
 */
class HashStore {
  readonly #bus: Bus;
  readonly #bucket: string;
  readonly #putting = new Map<string, Promise<void>>();
  #store: Promise<ObjectStore> | null = null;

  constructor(bus: Bus, bucket: string) {
    this.#bus = bus;
    this.#bucket = bucket;
  }

  /** Keeps the bytes. @returns their SHA-256, lower-case hex. */
  async keep(bytes: Uint8Array): Promise<string> {
    const hash = sha256(bytes);
    // Of two that put the same name at once, the client takes one's chunks away under the other.
    const putting = this.#putting.get(hash) ?? this.#put(hash, bytes).finally(() => this.#putting.delete(hash));
    this.#putting.set(hash, putting);
    await putting;
    return hash;
  }

  /** Keeps what a stream brings, as it is, without ever holding all of it. @param hash its SHA-256, which the caller has made */
  async keepStream(hash: string, open: () => Readable): Promise<void> {
    const putting = this.#putting.get(hash) ?? this.#putStream(hash, open).finally(() => this.#putting.delete(hash));
    this.#putting.set(hash, putting);
    await putting;
  }

  async #putStream(hash: string, open: () => Readable): Promise<void> {
    const store = await this.#open();
    const found = await store.info(hash);
    if (found && !found.deleted) return;
    const bytes = Readable.toWeb(open()) as ReadableStream<Uint8Array>;
    await store.put({ name: hash, metadata: { encoding: 'identity' } }, bytes);
  }

  async #put(hash: string, bytes: Uint8Array): Promise<void> {
    const store = await this.#open();
    const found = await store.info(hash);
    if (found && !found.deleted) return;
    const small = bytes.length > worthTrying ? bytes : await shrink(bytes);
    const gzipped = small.length < bytes.length * worthwhile;
    await store.putBlob({ name: hash, metadata: { encoding: gzipped ? 'gzip' : 'identity' } }, gzipped ? small : bytes);
  }

  /** What was kept under a hash, or null. `intact` is false when the stored bytes have another hash by now. */
  async read(hash: string): Promise<{ bytes: Uint8Array; intact: boolean } | null> {
    const store = await this.#open();
    const info = await store.info(hash);
    if (!info || info.deleted) return null;
    const stored = await this.#chunks(info);
    const bytes = info.metadata?.['encoding'] === 'gzip' ? await grow(stored) : stored;
    return { bytes, intact: sha256(bytes) === hash };
  }

  /** Chunk by chunk, as they stand: the client would make a consumer, which not every reader may. */
  async #chunks({ nuid, size }: Pick<ObjectInfo, 'nuid' | 'size'>): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    const subject = `$O.${this.#bucket}.C.${nuid}`;
    for (let seq = 1, have = 0; have < size;) {
      // One question of two parts, which the client's types do not know.
      const query = { seq, next_by_subj: subject } as { seq: number };
      const stored = await this.#bus.jsm.streams.getMessage(`OBJ_${this.#bucket}`, query);
      chunks.push(stored.data);
      have += stored.data.length;
      seq = stored.seq + 1;
    }
    return Buffer.concat(chunks);
  }

  /** The hashes of everything that is kept. */
  async list(): Promise<string[]> {
    return (await (await this.#open()).list()).filter(({ deleted }) => !deleted).map(({ name }) => name);
  }

  /** The bucket exists since start-up; this only binds to it. A failed try is tried again. */
  #open(): Promise<ObjectStore> {
    this.#store ??= this.#bus.js.views.os(this.#bucket).catch((error: unknown) => {
      this.#store = null;
      throw error;
    });
    return this.#store;
  }
}

/** What proves something: what servers answered, and copies of files. */
export class EvidenceStore extends HashStore {
  constructor(bus: Bus) {
    super(bus, buckets.evidence);
  }
}

/** Images and attachments of what is public; the portal reads them. */
export class PublicFiles extends HashStore {
  constructor(bus: Bus) {
    super(bus, buckets.publicFiles);
  }
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
