export type TurnOptions = {
  /** Requests that may be under way at once, slow ones left out. */
  parallel?: number;
  /** A request that takes longer than this no longer holds its place, in ms. */
  placeMs?: number;
  /** Answers that may wait to be read; while there are more, nobody asks, because each of them holds memory. */
  unread?: number;
};

/** A look at a source is urgent: nothing is noticed before it. Pages of items and files can wait for it. */
export type Urgency = 'urgent' | 'patient';

type Host = { free: boolean; waiting: Record<Urgency, (() => void)[]> };

/**
 * Who may ask the network next. A host is asked one request after the other, with a pause between; a request that turns
 * out slow gives its place away, so that sources that drip or hang hold back nobody but themselves.
 */
export class Turns {
  readonly #placeMs: number;
  readonly #hosts = new Map<string, Host>();
  readonly #queue: (() => void)[] = [];
  #free: number;
  #roomForAnswers: number;
  readonly #waitingForRoom: (() => void)[] = [];

  constructor({ parallel = 32, placeMs = 100, unread = 32 }: TurnOptions = {}) {
    this.#free = parallel;
    this.#placeMs = placeMs;
    this.#roomForAnswers = unread;
  }

  /** Runs work when its host and the network have room. `spacingMs`: from this request's start to the next one's. */
  async take<T>(host: string, urgency: Urgency, spacingMs: number, work: () => Promise<T>): Promise<T> {
    await this.#hostTurn(host, urgency, spacingMs);
    // Pages are fetched in the middle of a reading, which would wait for itself.
    if (urgency === 'urgent' && this.#roomForAnswers <= 0)
      await new Promise<void>((resolve) => this.#waitingForRoom.push(resolve));
    const giveUp = await this.#place();
    const timer = setTimeout(giveUp, this.#placeMs);
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      giveUp();
      this.#admit();
    }
  }

  /** An answer has come and is to be read. What has to wait for it waits here, and not in memory. */
  async reading<T>(read: () => Promise<T>): Promise<T> {
    this.#roomForAnswers--;
    try {
      return await read();
    } finally {
      this.#roomForAnswers++;
      this.#admit();
    }
  }

  /** The next one may ask. Not every request brings something to read, so each that ends lets another one in. */
  #admit(): void {
    if (this.#roomForAnswers > 0) this.#waitingForRoom.shift()?.();
  }

  async #hostTurn(name: string, urgency: Urgency, spacingMs: number): Promise<void> {
    const host = this.#hosts.get(name) ?? { free: true, waiting: { urgent: [], patient: [] } };
    this.#hosts.set(name, host);
    if (!host.free) await new Promise<void>((resolve) => host.waiting[urgency].push(resolve));
    host.free = false;
    setTimeout(() => {
      const next = host.waiting.urgent.shift() ?? host.waiting.patient.shift();
      if (next) return next();
      this.#hosts.delete(name);
    }, spacingMs);
  }

  /** A place among the requests under way. @returns gives it to the next one; saying it twice changes nothing. */
  async #place(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = this.#queue.shift();
      if (next) next();
      else this.#free++;
    };
  }
}
