import { setTimeout as wait } from 'node:timers/promises';
import { heardBy } from '@tongsheng/web';

export type Token = { value: string; /** epoch ms */ usableUntil: number };

/** Where the processes share their tokens. It may forget, and it may be away: then each process is alone. */
export type TokenShelf = {
  read(credential: string): Promise<Token | null>;
  keep(credential: string, token: Token): Promise<void>;
  /** Only this very token. */
  forget(credential: string, value: string): Promise<void>;
  /** Whether it is this process that fetches; false while another one does. */
  claim(credential: string): Promise<boolean>;
  release(credential: string): Promise<void>;
};

/** How often, and for how long, another process's fetch is waited for, in ms. */
const every = 50;
const patience = 10_000;

/**
 * Access tokens of platforms, by credential. Whoever needs one while it is being fetched waits for the same fetch,
 * whichever process makes it.
 */
export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #getting = new Map<string, Promise<string>>();
  readonly #shelf: TokenShelf | null;
  readonly #now: () => number;

  /** @param now epoch milliseconds */
  constructor(shelf: TokenShelf | null = null, now: () => number = Date.now) {
    this.#shelf = shelf;
    this.#now = now;
  }

  /** @param fetch answers the token and for how many seconds it may be used. What it throws, every waiter gets. */
  async of(credential: string, fetch: () => Promise<{ token: string; seconds: number }>): Promise<string> {
    const value = await this.#of(credential, fetch);
    heardBy()?.hide(value);
    return value;
  }

  async #of(credential: string, fetch: () => Promise<{ token: string; seconds: number }>): Promise<string> {
    const known = this.#tokens.get(credential);
    if (known && this.#isUsable(known)) return known.value;
    const getting =
      this.#getting.get(credential) ??
      this.#get(credential, fetch)
        .then((token) => {
          this.#tokens.set(credential, token);
          return token.value;
        })
        .finally(() => this.#getting.delete(credential));
    this.#getting.set(credential, getting);
    return getting;
  }

  /** The platform does not know this token any more. Only if nobody has fetched a newer one meanwhile. */
  async drop(credential: string, token: string): Promise<void> {
    if (this.#tokens.get(credential)?.value === token) this.#tokens.delete(credential);
    await this.#shelf?.forget(credential, token);
  }

  #isUsable = ({ usableUntil }: Token) => usableUntil > this.#now();

  async #get(credential: string, fetch: () => Promise<{ token: string; seconds: number }>): Promise<Token> {
    const shared = await this.#shared(credential);
    if (shared) return shared;
    try {
      const { token, seconds } = await fetch();
      const fresh = { value: token, usableUntil: this.#now() + seconds * 1_000 };
      await this.#shelf?.keep(credential, fresh);
      return fresh;
    } finally {
      await this.#shelf?.release(credential);
    }
  }

  /** What another process has, or is fetching at this moment; null when it is ours to fetch. */
  async #shared(credential: string): Promise<Token | null> {
    const shelf = this.#shelf;
    if (!shelf) return null;
    for (let waited = 0; waited < patience; waited += every) {
      const token = await shelf.read(credential);
      if (token && this.#isUsable(token)) return token;
      if (await shelf.claim(credential)) {
        // It may have been put there between the question and the claim.
        const late = await shelf.read(credential);
        if (!late || !this.#isUsable(late)) return null;
        await shelf.release(credential);
        return late;
      }
      await wait(every);
    }
    return null;
  }
}
