import ipaddr from 'ipaddr.js';
import { LRUCache } from 'lru-cache';

/** Addresses that are remembered: more than these within one period, and the oldest are forgotten. */
const remembered = 50_000;

/** So many from one address within a period, and so many from all together: what one machine holds off. */
export class RateLimit {
  readonly #counts = new LRUCache<string, { count: number; until: number }>({ max: remembered });
  readonly #all = { count: 0, until: 0 };

  constructor(
    private readonly most: { each: number; all: number },
    private readonly periodMs: number,
  ) {}

  /** Counts one more; the seconds to wait when it is one too many, else null. */
  count(address: string, now: number): number | null {
    const of = networkOf(address);
    const known = this.#counts.get(of);
    const own = known && known.until > now ? known : { count: 0, until: now + this.periodMs };
    if (this.#all.until <= now) Object.assign(this.#all, { count: 0, until: now + this.periodMs });
    const full = own.count >= this.most.each ? own : this.#all.count >= this.most.all ? this.#all : null;
    if (full) return Math.ceil((full.until - now) / 1_000);
    own.count++;
    this.#all.count++;
    this.#counts.set(of, own);
    return null;
  }
}

/** Of IPv6 a subscriber has a whole /64, and one address of it is as good as another. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 ? parsed.parts.slice(0, 4).join(':') : parsed.toString();
}
