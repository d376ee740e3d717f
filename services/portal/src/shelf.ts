import type { PublicDocument } from '@tongsheng/contracts';

/** What is kept of a document in memory: all but its text, and where that is found in the PUBLIC stream. */
export type Entry = Omit<PublicDocument, 'html' | 'summary' | 'contentHash'> & { position: number };

/** Some documents in the order in which they were posted here. */
export class Shelf {
  /** Oldest first: what is new is nearly always put at the end. */
  readonly #entries: Entry[] = [];
  get size(): number {
    return this.#entries.length;
  }

  put(entry: Entry): void {
    this.#entries.splice(this.#placeOf(entry), 0, entry);
  }

  take(entry: Entry): void {
    const place = this.#placeOf(entry);
    if (this.#entries[place] !== entry) return;
    this.#entries.splice(place, 1);
  }

  /** Newest first, leaving out the first `skip`. */
  newest(count: number, skip = 0): Entry[] {
    const end = this.#entries.length - skip;
    return end <= 0 ? [] : this.#entries.slice(Math.max(0, end - count), end).reverse();
  }

  /** Where an entry is, or belongs. */
  #placeOf(entry: Entry): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(this.#entries[middle]!, entry)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const isBefore = (one: Entry, other: Entry) =>
  one.postedAt === other.postedAt ? one.position < other.position : one.postedAt < other.postedAt;
