type Token = { value: string; usableUntil: number };

/**
 * Access tokens of platforms, by credential. Whoever needs one while it is being fetched waits for the same fetch. They
 * live in this process only: platforms give every process the same one, or let several be valid.
 */
export class Tokens {
  readonly #tokens = new Map<string, Token>();
  readonly #fetching = new Map<string, Promise<string>>();
  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** @param fetch answers the token and for how many seconds it may be used. What it throws, every waiter gets. */
  async of(credential: string, fetch: () => Promise<{ token: string; seconds: number }>): Promise<string> {
    const known = this.#tokens.get(credential);
    if (known && known.usableUntil > this.#now()) return known.value;
    const fetching =
      this.#fetching.get(credential) ??
      fetch()
        .then(({ token, seconds }) => {
          this.#tokens.set(credential, { value: token, usableUntil: this.#now() + seconds * 1_000 });
          return token;
        })
        .finally(() => this.#fetching.delete(credential));
    this.#fetching.set(credential, fetching);
    return fetching;
  }

  /** The platform does not know this token any more. Only if nobody has fetched a newer one meanwhile. */
  drop(credential: string, token: string): void {
    if (this.#tokens.get(credential)?.value === token) this.#tokens.delete(credential);
  }
}
