import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** A page as it is sent, and its validator: of its content, so that asking again costs nothing. */
export type Written = { bytes: Buffer; etag: string };

/**
 * Pages by what they show and the position of its last change: however many people read one, it is written once. The ones asked for
 * last stay in memory, up to a size.
 */
export class WrittenPages {
  readonly #cache: LRUCache<string, Written>;

  constructor(maxBytes: number) {
    this.#cache = new LRUCache<string, Written>({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes.length + 200,
    });
  }

  async of(key: string, write: () => string | Promise<string>): Promise<Written> {
    const known = this.#cache.get(key);
    if (known) return known;
    const bytes = Buffer.from(await write());
    const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`;
    const written = { bytes, etag };
    this.#cache.set(key, written);
    return written;
  }
}
