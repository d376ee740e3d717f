import { AsyncLocalStorage } from 'node:async_hooks';

/** Whose timers they are. What a dead one has begun is never heard of again. */
export type Owner = { name: string; alive: boolean };

type Timer = { at: number; order: number; owner: Owner | null; run: () => void; every: number | null; on: boolean };

/** What `setTimeout` answers, as far as our code uses it. */
class Handle {
  constructor(readonly timer: Timer) {}
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

const real = { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate };

/**
 * Time of a simulated world. While it runs, every timer of this process is one of its own, and between two of them all
 * promises settle that can: one order of events, the same at each run.
 */
export class VirtualTime {
  now: number;
  /** Timers that fired. */
  steps = 0;
  readonly #heap: Timer[] = [];
  readonly #owners = new AsyncLocalStorage<Owner | null>();
  #order = 0;

  constructor(startsAt: string) {
    this.now = Date.parse(startsAt);
  }

  get instant(): string {
    return new Date(this.now).toISOString();
  }

  /** Whatever `work` starts belongs to `owner`, however often it waits. */
  within<T>(owner: Owner | null, work: () => T): T {
    return this.#owners.run(owner, work);
  }

  after(ms: number, run: () => void, owner: Owner | null = this.#owners.getStore() ?? null): Handle {
    return new Handle(this.#push(ms, run, owner, null));
  }

  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Runs until the given moment, with this process's timers replaced by ours. */
  async run(until: number): Promise<void> {
    this.#install();
    try {
      await settled();
      for (let timer = this.#heap[0]; timer && timer.at <= until; timer = this.#heap[0]) {
        this.#pop();
        if (!timer.on || timer.owner?.alive === false) continue;
        this.now = Math.max(this.now, timer.at);
        this.steps++;
        if (timer.every !== null) this.#push(timer.every, timer.run, timer.owner, timer);
        this.within(timer.owner, timer.run);
        await settled();
      }
      this.now = Math.max(this.now, until);
    } finally {
      Object.assign(globalThis, real);
    }
  }

  #install(): void {
    const set = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      this.after(ms, args.length === 0 ? run : () => run(...args));
    const repeat = (run: () => void, ms = 0) =>
      new Handle(this.#push(ms, run, this.#owners.getStore() ?? null, null, Math.max(1, ms)));
    const clear = (handle: unknown) => {
      if (handle instanceof Handle) handle.timer.on = false;
    };
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear, setInterval: repeat, clearInterval: clear });
  }

  #push(
    ms: number,
    run: () => void,
    owner: Owner | null,
    again: Timer | null,
    every: number | null = again?.every ?? null,
  ): Timer {
    const at = this.now + Math.max(0, Number.isFinite(ms) ? ms : 0);
    const timer = again ?? { at, order: 0, owner, run, every, on: true };
    timer.at = at;
    timer.order = this.#order++;
    const heap = this.#heap;
    let i = heap.push(timer) - 1;
    for (let up = (i - 1) >> 1; i > 0 && isBefore(timer, heap[up]!); up = (i - 1) >> 1) {
      heap[i] = heap[up]!;
      heap[up] = timer;
      i = up;
    }
    return timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let i = 0; ;) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      let first = i;
      if (left < heap.length && isBefore(heap[left]!, heap[first]!)) first = left;
      if (right < heap.length && isBefore(heap[right]!, heap[first]!)) first = right;
      if (first === i) return;
      [heap[i], heap[first]] = [heap[first]!, heap[i]!];
      i = first;
    }
  }
}

const isBefore = (a: Timer, b: Timer) => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A turn of the real loop: by then every promise has settled that waits for none of our timers. */
const settled = () => new Promise<void>((resolve) => real.setImmediate(resolve));

/** What is asked of somebody who died is never answered. */
export const never = <T>(): Promise<T> => new Promise<T>(() => {});
