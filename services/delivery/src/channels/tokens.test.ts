import { describe, expect, it } from 'vitest';
import { Tokens, type Token, type TokenShelf } from './tokens.ts';

describe('an access token', () => {
  it('is fetched once for everybody who asks at the same moment', async () => {
    const tokens = new Tokens();
    const answer = Promise.withResolvers<{ token: string; seconds: number }>();
    let fetches = 0;
    const fetch = () => {
      fetches++;
      return answer.promise;
    };
    const asked = [tokens.of('app', fetch), tokens.of('app', fetch), tokens.of('app', fetch)];
    answer.resolve({ token: 'T', seconds: 100 });
    expect(await Promise.all(asked)).toEqual(['T', 'T', 'T']);
    expect(fetches).toBe(1);
  });
  it('is fetched again when its time is over, and when the platform has forgotten it', async () => {
    let now = 0;
    let n = 0;
    const tokens = new Tokens(null, () => now);
    const fetch = async () => ({ token: `T${++n}`, seconds: 10 });
    expect(await tokens.of('app', fetch)).toBe('T1');
    now = 9_999;
    expect(await tokens.of('app', fetch)).toBe('T1');
    now = 10_000;
    expect(await tokens.of('app', fetch)).toBe('T2');
    await tokens.drop('app', 'T1');
    expect(await tokens.of('app', fetch)).toBe('T2');
    await tokens.drop('app', 'T2');
    expect(await tokens.of('app', fetch)).toBe('T3');
  });
  it('that could not be fetched is asked for anew', async () => {
    const tokens = new Tokens();
    await expect(tokens.of('app', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await tokens.of('app', async () => ({ token: 'T', seconds: 10 }))).toBe('T');
  });
});

/** What processes share, in the memory of this one. */
class Shelf implements TokenShelf {
  readonly kept = new Map<string, Token>();
  readonly #claimed = new Set<string>();
  async read(credential: string) {
    return this.kept.get(credential) ?? null;
  }
  async keep(credential: string, token: Token) {
    this.kept.set(credential, token);
  }
  async forget(credential: string, value: string) {
    if (this.kept.get(credential)?.value === value) this.kept.delete(credential);
  }
  async claim(credential: string) {
    if (this.#claimed.has(credential)) return false;
    this.#claimed.add(credential);
    return true;
  }
  async release(credential: string) {
    this.#claimed.delete(credential);
  }
}

describe('an access token of several processes', () => {
  it('is fetched by one of them', async () => {
    const shelf = new Shelf();
    const answer = Promise.withResolvers<{ token: string; seconds: number }>();
    const begun = Promise.withResolvers<void>();
    let fetches = 0;
    const fetch = () => {
      fetches++;
      begun.resolve();
      return answer.promise;
    };
    const asked = Array.from({ length: 4 }, () => new Tokens(shelf).of('app', fetch));
    await begun.promise;
    answer.resolve({ token: 'T', seconds: 100 });
    expect(await Promise.all(asked)).toEqual(['T', 'T', 'T', 'T']);
    expect(fetches).toBe(1);
  });
  it('is dropped for all of them, and for a new one nobody waits', async () => {
    const shelf = new Shelf();
    let n = 0;
    const fetch = async () => ({ token: `T${++n}`, seconds: 100 });
    const [one, other] = [new Tokens(shelf), new Tokens(shelf)];
    expect(await one.of('app', fetch)).toBe('T1');
    expect(await other.of('app', fetch)).toBe('T1');
    await other.drop('app', 'T1');
    expect(await other.of('app', fetch)).toBe('T2');
    // It does not know that its own was dropped until the platform says so, and then it takes what is there.
    await one.drop('app', 'T1');
    expect(await one.of('app', fetch)).toBe('T2');
  });
  it('is fetched by another one when the first could not', async () => {
    const shelf = new Shelf();
    const one = new Tokens(shelf).of('app', () => Promise.reject(new Error('away')));
    const other = new Tokens(shelf).of('app', async () => ({ token: 'T', seconds: 100 }));
    await expect(one).rejects.toThrow('away');
    expect(await other).toBe('T');
  });
});
