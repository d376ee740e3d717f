import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { BadConfig } from './bad-config.ts';
import { allowList, readConfig } from './config.ts';

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
