/** The fakes' only way to the clock. Milliseconds since 1970; `after` answers with how to call it off. */
export type Time = { now(): number; after(ms: number, run: () => void): () => void };

const longestTimer = 2 ** 31 - 1;

export const systemTime: Time = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, Math.min(ms, longestTimer));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until a test moves it. */
export class HandTime implements Time {
  private readonly waiting = new Set<{ at: number; run: () => void }>();
  private at: number;

  constructor(at: number | string = '2026-11-23T04:00:00.000Z') {
    this.at = typeof at === 'string' ? Date.parse(at) : at;
  }

  now(): number {
    return this.at;
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.at + Math.max(ms, 0), run };
    this.waiting.add(timer);
    return () => void this.waiting.delete(timer);
  }

  /** How many timers wait. */
  get timers(): number {
    return this.waiting.size;
  }

  /** Moves on, and runs in their order what falls due on the way, also what that starts. */
  advance(ms: number): void {
    const until = this.at + ms;
    for (;;) {
      const next = [...this.waiting].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.waiting.delete(next);
      this.at = Math.max(this.at, next.at);
      next.run();
    }
    this.at = until;
  }
}

const hour = 3_600_000;
const day = 24 * hour;
/** China has one zone and no summer time. */
const beijing = (now: number) => now + 8 * hour;

export const secondOf = (now: number) => Math.floor(now / 1_000);
export const minuteOf = (now: number) => Math.floor(now / 60_000);
export const hourOf = (now: number) => Math.floor(now / hour);
/** The day and the month in Beijing, as numbers that only serve to be compared. */
export const dayOf = (now: number) => Math.floor(beijing(now) / day);
export const monthOf = (now: number) => {
  const date = new Date(beijing(now));
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
};

/** What was used in the current window, by what is counted. */
export type Spent = Record<string, { window: number; count: number }>;

/** Counts one more, unless the window's limit is used up. */
export function spend(spent: Spent, what: string, window: number, limit: number): boolean {
  const { count } = spentIn(spent, what, window);
  if (count >= limit) return false;
  spent[what] = { window, count: count + 1 };
  return true;
}

export const spentIn = (spent: Spent, what: string, window: number): { window: number; count: number } => {
  const found = spent[what];
  return found?.window === window ? found : { window, count: 0 };
};
