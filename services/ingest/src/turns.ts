import { setTimeout as wait } from 'node:timers/promises';

export type TurnOptions = {
  /** Requests that may be under way at once, slow ones left out. */
  parallel?: number;
  /** A request that takes longer than this no longer holds its place, in ms. */
  placeMs?: number;
};

/**
 * Who may ask the network next. A host is asked one request after the other, with a pause between; a request that turns
 * out slow gives its place away, so that sources that drip or hang hold back nobody but themselves.
 */
export class Turns {
  readonly #placeMs: number;
  readonly #hosts = new Map<string, { nextAt: number }>();
  readonly #queue: (() => void)[] = [];
  #free: number;

  constructor({ parallel = 32, placeMs = 250 }: TurnOptions = {}) {
    this.#free = parallel;
    this.#placeMs = placeMs;
  }

  /** Runs work when its host and the network have room. `spacingMs`: from one request's start to the next one's. */
  async take<T>(host: string, spacingMs: number, work: () => Promise<T>): Promise<T> {
    await this.#hostTurn(host, spacingMs);
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    let held = true;
    const giveUp = () => {
      if (!held) return;
      held = false;
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    };
    const timer = setTimeout(giveUp, this.#placeMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      giveUp();
    }
  }

  async #hostTurn(name: string, spacingMs: number): Promise<void> {
    const host = this.#hosts.get(name) ?? { nextAt: 0 };
    this.#hosts.set(name, host);
    const now = performance.now();
    const at = Math.max(now, host.nextAt);
    host.nextAt = at + spacingMs;
    if (at > now) await wait(at - now);
    if (host.nextAt <= performance.now()) this.#hosts.delete(name);
  }
}
