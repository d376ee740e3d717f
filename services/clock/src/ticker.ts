import { momentOf, nextShare, type Deadline } from './deadlines.ts';

export type Firing = { deadline: Deadline; share: NonNullable<ReturnType<typeof nextShare>>; moment: number };

export type TickerOptions = {
  /** The deadlines whose next moment is not after `before`, in ms since 1970, the earliest first. */
  due(before: number, limit: number): Promise<Deadline[]>;
  now(): number;
  /** Makes it known. Rejects when it could not be, and is asked again. */
  fire(firing: Firing): Promise<void>;
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
export class Ticker {
  readonly #options: Required<TickerOptions>;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #ready: (() => Promise<void>)[] = [];
  #firing = 0;
  #look: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(options: TickerOptions) {
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
    for (const deadline of await due(now + aheadMs, limit)) {
      const share = nextShare(deadline);
      if (share === null) continue;
      const key = `${deadline.of}/${deadline.site}/${deadline.id}/${share}`;
      if (this.#timers.has(key)) continue;
      const moment = momentOf(deadline, share);
      this.#timers.set(
        key,
        setTimeout(() => this.#enqueue(key, { deadline, share, moment }), Math.max(0, moment - now)),
      );
    }
  }

  #enqueue(key: string, firing: Firing): void {
    this.#ready.push(async () => {
      try {
        await this.#options.fire(firing);
        // The read model tells it soon; should that take very long, firing again is harmless.
        this.#timers.set(key, setTimeout(() => this.#timers.delete(key), 30_000).unref());
      } catch (error) {
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
