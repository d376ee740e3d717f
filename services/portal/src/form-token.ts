import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long a form may lie open before it is sent, in ms. */
const longest = 12 * 3_600_000;

export type Aged = 'fine' | 'too_fast' | 'too_old' | 'forged';

/**
 * What a form carries so that it is known when it was shown: machines send at once, and forms that somebody stored years
 * ago are not sent for ever. Nothing is kept of it here.
 */
export class FormTokens {
  readonly #key: Buffer;
  readonly #leastMs: number;

  /** @param key shared by all portals of a site; without one, each has its own until it ends */
  constructor(key: string | undefined, leastMs: number) {
    this.#key = key === undefined ? randomBytes(32) : Buffer.from(key);
    this.#leastMs = leastMs;
  }

  issue(now: number): string {
    const issued = `${now.toString(36)}.${randomBytes(9).toString('base64url')}`;
    return `${issued}.${this.#sign(issued)}`;
  }

  age(token: string, now: number): Aged {
    const [time = '', chance = '', signature = ''] = token.split('.');
    const right = Buffer.from(this.#sign(`${time}.${chance}`));
    const given = Buffer.from(signature);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return 'forged';
    const age = now - Number.parseInt(time, 36);
    if (age < this.#leastMs) return 'too_fast';
    return age > longest ? 'too_old' : 'fine';
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
