import { describe, expect, it } from 'vitest';
import { Tokens } from './tokens.ts';

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
    const tokens = new Tokens(() => now);
    const fetch = async () => ({ token: `T${++n}`, seconds: 10 });
    expect(await tokens.of('app', fetch)).toBe('T1');
    now = 9_999;
    expect(await tokens.of('app', fetch)).toBe('T1');
    now = 10_000;
    expect(await tokens.of('app', fetch)).toBe('T2');
    tokens.drop('app', 'T1');
    expect(await tokens.of('app', fetch)).toBe('T2');
    tokens.drop('app', 'T2');
    expect(await tokens.of('app', fetch)).toBe('T3');
  });
  it('that could not be fetched is asked for anew', async () => {
    const tokens = new Tokens();
    await expect(tokens.of('app', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await tokens.of('app', async () => ({ token: 'T', seconds: 10 }))).toBe('T');
  });
});
