/** Chance from a seed: the same seed, the same year. (Mulberry32; every part of the world has a stream of its own.) */
export class Chance {
  #state: number;
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed | 0;
    this.#state = this.#seed;
  }

  /** Another stream, which asking this one more often does not disturb. */
  of(name: string): Chance {
    let seed = this.#seed ^ 0x9e3779b9;
    for (const char of name) seed = Math.imul(seed ^ char.codePointAt(0)!, 0x5bd1e995) ^ (seed >>> 13);
    return new Chance(seed);
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  is(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  /** A number between two others. */
  between(from: number, to: number): number {
    return from + this.next() * (to - from);
  }

  /** A whole number, both ends included. */
  int(from: number, to: number): number {
    return Math.floor(this.between(from, to + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)]!;
  }

  /** A wait until something that happens so often on average, in the unit of `mean`. */
  wait(mean: number): number {
    return -Math.log(1 - this.next()) * mean;
  }
}
