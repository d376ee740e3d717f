import { firings, lateness } from './clock-figures.ts';

/** What is to be made known at a moment, in ms since 1970, under a name that no other has. */
export type Due = { key: string; moment: number };

export type TickerOptions<D extends Due> = {
  /** What is due not after `before`, in ms since 1970, the earliest first. */
  due(before: number, limit: number): Promise<D[]>;
  now(): number;
  /** Makes it known. Rejects when it could not be, and is asked again. */
  fire(due: D): Promise<void>;
  onError(error: unknown): void;
  /** How far ahead moments are fetched, and how often; between two looks exact timers fire. In ms. */
  aheadMs?: number;
  lookMs?: number;
};

const mostAtOnce = 2_000;
const parallel = 64;

/**
 * Fires every deadline at its millisecond. Which ones there are stands in Redis; here are only the timers of the next
 * second. A moment that was fired but is not yet told in the read model is not fired again.
 */
export class Ticker<D extends Due> {
  readonly #options: Required<TickerOptions<D>>;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #ready: (() => Promise<void>)[] = [];
  #firing = 0;
  #look: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(options: TickerOptions<D>) {
    this.#options = { aheadMs: 1_000, lookMs: 250, ...options };
  }

  /** Looks now, and then regularly; also called when the read model changed. */
  look(): void {
    if (this.#stopped) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    if (this.#look) clearTimeout(this.#look);
    this.#looking = this.#arm()
      .catch((error: unknown) => this.#options.onError(error))
      .finally(() => {
        this.#looking = null;
        if (this.#stopped) return;
        this.#look = setTimeout(() => this.look(), this.#again ? 0 : this.#options.lookMs);
        this.#again = false;
      });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#look) clearTimeout(this.#look);
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.#looking;
  }

  async #arm(): Promise<void> {
    const { due, aheadMs } = this.#options;
    const now = this.#options.now();
    // What was fired and is not told yet stands first in the set; it must not hide what comes after it.
    const limit = mostAtOnce + this.#timers.size;
    for (const each of await due(now + aheadMs, limit)) if (!this.#timers.has(each.key)) this.#await(each);
  }

  /** Not before its moment: a timer may be early by a little, and the clock be moved back under it. */
  #await(due: D): void {
    const left = due.moment - this.#options.now();
    const timer = setTimeout(
      () => {
        if (left <= 0 || due.moment <= this.#options.now()) this.#enqueue(due);
        else this.#await(due);
      },
      Math.max(0, Math.ceil(left)),
    );
    this.#timers.set(due.key, timer);
  }

  #enqueue(due: D): void {
    const { key } = due;
    this.#ready.push(async () => {
      try {
        await this.#options.fire(due);
        firings.inc({ outcome: 'told' });
        lateness.observe(Math.max(0, this.#options.now() - due.moment) / 1_000);
        // The read model tells it soon; should that take very long, firing again is harmless.
        this.#timers.set(key, setTimeout(() => this.#timers.delete(key), 30_000).unref());
      } catch (error) {
        firings.inc({ outcome: 'unheard' });
        this.#options.onError(error);
        this.#timers.set(
          key,
          setTimeout(() => this.#timers.delete(key), 1_000),
        );
      }
    });
    void this.#next();
  }

  async #next(): Promise<void> {
    if (this.#firing >= parallel) return;
    const work = this.#ready.shift();
    if (!work || this.#stopped) return;
    this.#firing++;
    await work();
    this.#firing--;
    void this.#next();
  }
}
