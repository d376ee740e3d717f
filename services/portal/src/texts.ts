import type { PublicDocument } from '@tongsheng/contracts';
import { LRUCache } from 'lru-cache';
import type { PublicLog } from './public-log.ts';

/** The stream can't be read at the moment; the document is there. */
export class TextUnavailable extends Error {}

/** Whole documents by position, read when they are asked for. The ones asked for last stay in memory, up to a size. */
export class Texts {
  readonly #cache: LRUCache<number, PublicDocument>;

  constructor(log: Pick<PublicLog, 'read'>, maxBytes: number) {
    this.#cache = new LRUCache<number, PublicDocument>({
      maxSize: maxBytes,
      // A character is two bytes at most; the rest of a document is small.
      sizeCalculation: ({ html, summary }) => 2 * (html.length + summary.length) + 2_000,
      // Many readers of one document at the same moment read it once.
      fetchMethod: (position) => log.read(position),
    });
  }

  /** @throws TextUnavailable */
  async read(position: number): Promise<PublicDocument> {
    try {
      return await this.#cache.forceFetch(position);
    } catch (error) {
      throw new TextUnavailable(`portal: position ${position} can't be read`, { cause: error });
    }
  }
}
