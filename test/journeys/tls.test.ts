// Every hop over TLS: bus, Redis, console, portal, and our own look at the page that we published.
import { mkdtemp, rm } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { demoPassword } from '@tongsheng/local';
import { RepostRow } from '@tongsheng/contracts';
import { makeAuthority, signIn, startSystem, until, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { believe, serverOf } from '../../infra/runtime/src/tls.ts';

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
