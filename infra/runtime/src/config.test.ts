import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { BadConfig } from './bad-config.ts';
import { allowList, asRedisUser, readConfig } from './config.ts';

afterEach(() => vi.unstubAllEnvs());
const schema = z.object({ PORT: z.coerce.number().int(), WEB_ALLOW: allowList });
const given = (environment: Record<string, string>) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  return () => readConfig(schema);
};

describe('settings', () => {
  it('are read with their defaults', () => {
    const read = given({ NATS_URL: 'nats://a:b@127.0.0.1:4222', PORT: '80' });
    expect(read()).toMatchObject({ PORT: 80, LOG_LEVEL: 'info', NATS_REPLICAS: 1, WEB_ALLOW: [] });
  });
  it('that are lists are separated by commas', () => {
    const read = given({ NATS_URL: 'x', PORT: '1', WEB_ALLOW: 'a:1,,b:2', REACTION_BACKOFF: '5,10' });
    expect(read()).toMatchObject({ WEB_ALLOW: ['a:1', 'b:2'], REACTION_BACKOFF: [5, 10] });
  });
  it('that are wrong are all named, and not shown', () => {
    const read = given({ NATS_URL: '', PORT: 'eighty', LOG_LEVEL: 'secret-loud' });
    expect(read).toThrowError(BadConfig);
    for (const name of ['NATS_URL', 'PORT', 'LOG_LEVEL']) expect(read).toThrowError(name);
    expect(read).not.toThrowError('secret-loud');
  });
});

describe('a service is the user of Redis', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redis-keys-'));
  writeFileSync(join(folder, 'clock.redis'), 's/e:c@ret\n');
  afterAll(() => rmSync(folder, { recursive: true }));
  const settings = { REDIS_URL: 'rediss://valkey:6379', REDIS_KEYS: folder, LOG_LEVEL: 'info' };

  it('whose password lies in the folder', () => {
    const { REDIS_URL, ...others } = asRedisUser('clock', settings);
    const { host, username, password } = new URL(REDIS_URL);
    expect([host, username, decodeURIComponent(password)]).toEqual(['valkey:6379', 'clock', 's/e:c@ret']);
    expect(others).toEqual({ REDIS_KEYS: folder, LOG_LEVEL: 'info' });
  });
  it('that the address names, where there is no such folder, or no Redis', () => {
    const named = { REDIS_URL: 'redis://:x@127.0.0.1', REDIS_KEYS: undefined };
    expect(asRedisUser('clock', named)).toBe(named);
    expect(asRedisUser('registry', { REDIS_KEYS: folder })).toEqual({ REDIS_KEYS: folder });
  });
  it('or does not start, and says what to do', () => {
    expect(() => asRedisUser('duty', settings)).toThrowError(BadConfig);
    expect(() => asRedisUser('duty', settings)).toThrowError(/no password of duty .*tongsheng redis keys/);
  });
});
