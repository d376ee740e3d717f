// Every hop over TLS: bus, Redis, console, portal, and our own look at the page that we published.
import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { connectBus } from '@tongsheng/bus';
import { demoPassword } from '@tongsheng/local';
import { RepostRow } from '@tongsheng/contracts';
import { askProjections, askRebuild, createRedis, makePasswords, readPassword } from '@tongsheng/projections';
import { JsonLog } from '@tongsheng/runtime';
import { makeAuthority, signIn, startSystem, until, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { believe, serverOf } from '../../infra/runtime/src/tls.ts';
import { RedisUrl, Shared } from '../../services/delivery/src/shared.ts';

let dir: string;
let system: System;
const believed = getCACertificates('default');

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tongsheng-tls-'));
  const tls = await makeAuthority(join(dir, 'ours'));
  setDefaultCACertificates([...believed, readFileSync(tls.ca, 'utf8')]);
  system = await startSystem({ tls });
});
afterAll(async () => {
  await system?.[Symbol.asyncDispose]();
  setDefaultCACertificates(believed);
  await rm(dir, { recursive: true, force: true });
});

it('an item is read, approved, published and seen on the public page, and nothing of it goes in the clear', async () => {
  expect([system.servers.nats.address, system.servers.redis.url, system.consoleUrl, system.portalUrl]).toEqual([
    expect.stringMatching(/^tls:/),
    expect.stringMatching(/^rediss:/),
    expect.stringMatching(/^https:/),
    expect.stringMatching(/^https:/),
  ]);
  const editor = await signIn(system.consoleUrl, 'editor');
  const [row] = await until(async () => {
    const { body } = await editor.get('/api/reposts?state=open');
    const rows = RepostRow.array().parse((body as { rows: unknown }).rows);
    expect(rows.length).toBeGreaterThan(0);
    return rows;
  });
  const { site, taskId, contentHash, title } = row!;
  const approving = { type: 'repost.approve', site, taskId, seenHash: contentHash };
  expect(await editor.command(approving)).toMatchObject({ status: 202 });
  await until(async () => {
    const { body } = await editor.get(`/api/reposts/${taskId}?site=${site}`);
    expect(body).toMatchObject({ row: { state: 'verified' } });
  });
  expect(await (await fetch(`${system.portalUrl}/${site}`)).text()).toContain(title);
});

const redisAs = (user: string, password = readPassword(system.servers.redisKeys, user)): string => {
  const url = new URL(system.servers.redis.url);
  url.username = user;
  url.password = password;
  return url.href;
};
async function inRedis<T>(url: string, work: (redis: ReturnType<typeof createRedis>) => Promise<T>): Promise<T> {
  const redis = createRedis(url, () => {});
  await redis.connect();
  return work(redis).finally(() => redis.destroy());
}

it('a read model is built again by a user of Redis that may do no more', async () => {
  const bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  const generation = async () =>
    (await askProjections(bus)).find(({ name, rebuilding }) => name === 'reposts' && rebuilding === null)?.generation;
  const before = await generation();
  expect(before).toEqual(expect.any(String));
  await askRebuild(bus, 'reposts');
  await until(async () => expect(await generation()).not.toBe(before));
  await bus.close();
  await until(async () =>
    expect(await inRedis(redisAs('gateway'), (redis) => redis.hGetAll(`p:{reposts}:${before}:rows`))).toEqual({}),
  );
});

it('processes of delivery share a rate', async () => {
  const log = new JsonLog('test', 'silent');
  const each = [new Shared(new RedisUrl(redisAs('delivery')), log), new Shared(new RedisUrl(redisAs('delivery')), log)];
  for (const shared of each) {
    shared.onModuleInit();
    await shared.connected();
  }
  const waits: number[] = [];
  for (const shared of each) waits.push(await shared.take('test', { tokens: 1, perSeconds: 600 }));
  for (const shared of each) shared.onModuleDestroy();
  expect(waits).toEqual([0, expect.any(Number)]);
  expect(waits[1]).toBeGreaterThan(500_000);
});

it('Redis refused nobody anything on the way', async () => {
  expect(await inRedis(redisAs('tongsheng'), (redis) => redis.aclLog())).toEqual([]);
});

it('Redis lets in nobody without a password, with a wrong one, or in the clear, and it is said what to do', async () => {
  const { url } = system.servers.redis;
  const come = (to: string) => inRedis(to, (redis) => redis.ping());
  expect(await come(redisAs('gateway'))).toBe('PONG');
  await expect(come(url)).rejects.toThrow(/asks for a user: REDIS_KEYS/);
  await expect(come(redisAs('gateway', 'wrong'))).rejects.toThrow(/WRONGPASS.*no user gateway with this password/);
  await expect(come(redisAs('default', ''))).rejects.toThrow(/Redis at 127/);
  await expect(come(redisAs('gateway').replace('rediss:', 'redis:'))).rejects.toThrow(/REDIS_URL begins with rediss:/);
});

it('a service that Redis does not let in does not start, and says what to do', async () => {
  const { redis, redisKeys } = system.servers;
  const others = join(dir, 'other-keys');
  makePasswords(others);
  const start = (environment: NodeJS.ProcessEnv) => system.startAnother('clock', environment);
  await expect(start({ REDIS_KEYS: others })).rejects.toThrow(
    /^.*\nRedis at 127[^\n]*WRONGPASS[^\n]*no user clock[^\n]*tongsheng redis keys/m,
  );
  await expect(start({ REDIS_KEYS: dir })).rejects.toThrow(/REDIS_KEYS names no password of clock/);
  await expect(start({ REDIS_URL: redis.url.replace('rediss:', 'redis:'), REDIS_KEYS: redisKeys })).rejects.toThrow(
    /it may speak TLS alone/,
  );
});

it('a cookie of the console travels over TLS alone', async () => {
  const response = await fetch(`${system.consoleUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ personId: 'editor', password: demoPassword }),
  });
  expect(response.headers.getSetCookie()).toEqual([expect.stringContaining('Secure')]);
});

it('a service that believes another authority does not start, and says what to do', async () => {
  const { ca, cert } = await makeAuthority(join(dir, 'theirs'));
  await expect(system.startAnother('clock', { TLS_CA_FILE: ca })).rejects.toThrow(/nats-server at 127[^]*TLS_CA_FILE/);
  const ours = join(dir, 'ours/host.key');
  expect(() => serverOf({ TLS_CERT_FILE: cert, TLS_KEY_FILE: ours })).toThrow(/is not the key of/);
  expect(() => serverOf({ TLS_CERT_FILE: cert })).toThrow(/belong together/);
  expect(() => believe({ TLS_CA_FILE: join(dir, 'none.pem') })).toThrow(/can't be read/);
  expect(() => believe({ TLS_CA_FILE: ours })).toThrow(/holds no certificate/);
});
