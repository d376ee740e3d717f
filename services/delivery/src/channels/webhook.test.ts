import { createPublicKey, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { channelTools, hashA, noon, samplePost } from '@tongsheng/test/support';
import { Webhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { afterEach, describe, expect, it } from 'vitest';
import { webhook } from './webhook.ts';

const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
const parcel = {
  ...samplePost,
  title: '便民办税',
  url: 'https://province.example/province/press/release',
  // The verifier of the library allows five minutes.
  attemptedAt: new Date().toISOString(),
};

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

type Keys = { secret: string; previousSecret?: string };
type Call = { headers: Record<string, string>; body: string };

async function partner(answer: RequestListener): Promise<{ port: number; calls: Call[] }> {
  const calls: Call[] = [];
  server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      calls.push({ headers: request.headers as Record<string, string>, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, calls };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const deliver = (
  port: number,
  { attemptedAt = parcel.attemptedAt, allow = [`127.0.0.1:${port}`], keys = { secret } as Keys } = {},
) =>
  webhook.deliver(
    { ...parcel, attemptedAt },
    { url: `http://127.0.0.1:${port}/hook`, ...keys },
    channelTools('webhook', { allow, timeoutMs: 400 }),
  );

describe('a webhook that the partner takes', () => {
  it('carries a signature that the partner’s library accepts', async () => {
    const { port, calls } = await partner((_, response) => response.writeHead(202).end('{"id":"abc"}'));
    expect(await deliver(port)).toEqual({
      outcome: 'confirmed',
      detail: 'HTTP 202',
      receipt: { remoteId: 'HTTP 202 {"id":"abc"}', url: null },
    });
    const [{ headers, body }] = calls as [Call];
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({
      type: 'release.published',
      timestamp: noon,
      data: { releaseId: 'release', title: '便民办税', url: parcel.url, contentHash: hashA },
    });
    expect(() => new Webhook(secret).verify(body.replace('便民', '扰民'), headers)).toThrow();
  });
  it('keeps its key and its text at every attempt, with a fresh time', async () => {
    const { port, calls } = await partner((_, response) => response.writeHead(200).end());
    await deliver(port, { attemptedAt: '2026-11-23T04:00:00.000Z' });
    await deliver(port, { attemptedAt: '2026-11-23T04:00:30.000Z' });
    expect(calls.map(({ headers }) => headers['webhook-id'])).toEqual(['delivery-1', 'delivery-1']);
    expect(calls[1]!.body).toBe(calls[0]!.body);
    const [first, second] = calls.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(second! - first!).toBe(30);
  });
});

describe('the keys of a webhook', () => {
  // RFC 8032, 7.1, test 1.
  const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
  const point = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
  const whsk = `whsk_${seed.toString('base64')}`;
  const whpk = `whpk_${point.toString('base64')}`;
  const older = `whsec_${Buffer.from('the secret of last year!').toString('base64')}`;
  const signatureOf = ({ headers }: Call, version: string) =>
    headers['webhook-signature']!.split(' ')
      .find((each) => each.startsWith(`${version},`))!
      .slice(version.length + 1);
  const saidBy = ({ headers, body }: Call) => `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), point]);

  it.each([
    ['the seed alone', whsk],
    ['seed and public key', `whsk_${Buffer.concat([seed, point]).toString('base64')}`],
  ])('sign with Ed25519 where only we can, from %s', async (_, key) => {
    const { port, calls } = await partner((_request, response) => response.writeHead(204).end());
    expect((await deliver(port, { keys: { secret: key } })).outcome).toBe('confirmed');
    const call = calls[0]!;
    expect(call.headers['webhook-signature']).toMatch(/^v1a,[A-Za-z0-9+/]{86}==$/);
    const signature = Buffer.from(signatureOf(call, 'v1a'), 'base64');
    const open = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    expect(verify(null, Buffer.from(saidBy(call)), open, signature)).toBe(true);
    expect(verify(null, Buffer.from(`${saidBy(call)} `), open, signature)).toBe(false);
  });
  it.each([
    ['the key before', { secret, previousSecret: older }],
    ['one of the other kind', { secret: whsk, previousSecret: secret }],
  ])('may be two: receivers with either accept a call that is signed with %s too', async (_, keys) => {
    const { port, calls } = await partner((_request, response) => response.writeHead(204).end());
    await deliver(port, { keys });
    const { headers, body } = calls[0]!;
    expect(headers['webhook-signature']!.split(' ')).toHaveLength(2);
    for (const key of Object.values(keys).filter((each) => each.startsWith('whsec_'))) {
      expect(new Webhook(key).verify(body, headers)).toMatchObject({ type: 'release.published' });
      expect(() => new SvixWebhook(key).verify(body, headers)).not.toThrow();
    }
    const stranger = `whsec_${Buffer.from('nobody ever shared this!').toString('base64')}`;
    expect(() => new SvixWebhook(stranger).verify(body, headers)).toThrow();
  });
  it('are looked at without a call, and the public one is named', async () => {
    const look = (keys: Keys) => webhook.health!({ url: 'https://press.example/', ...keys }, channelTools('webhook'));
    expect(await look({ secret: whsk, previousSecret: secret })).toMatchObject({
      ok: true,
      detail: `the keys are whole; the partner verifies v1a with ${whpk}`,
    });
    expect(await look({ secret: 'whsk_AAAA' })).toMatchObject({ ok: false, trouble: 'credential' });
  });
});

describe('a webhook that the partner refuses', () => {
  it.each([
    [400, 'rejected_permanent'],
    [401, 'rejected_retryable'],
    [403, 'rejected_retryable'],
    [404, 'rejected_permanent'],
    [410, 'rejected_permanent'],
    [302, 'rejected_retryable'],
    [408, 'rejected_retryable'],
    [429, 'rejected_retryable'],
    [500, 'rejected_retryable'],
    [503, 'rejected_retryable'],
  ] as const)('with %i is %s', async (status, outcome) => {
    const { port, calls } = await partner((_, response) => response.writeHead(status).end('because'));
    const handed = await deliver(port);
    expect(handed.outcome).toBe(outcome);
    expect(handed.detail).toBe(`HTTP ${status} because`);
    expect(calls).toHaveLength(1);
  });
  it.each([
    [401, 'credential'],
    [403, 'credential'],
    [429, 'rate_limited'],
    [500, undefined],
  ])('with %i says that it is %s', async (status, trouble) => {
    const { port } = await partner((_, response) => response.writeHead(status).end());
    expect((await deliver(port)).trouble).toBe(trouble);
  });
  it('is left alone for as long as it asks, in seconds or by a date', async () => {
    const { port } = await partner((_, response) => response.writeHead(429, { 'retry-after': '120' }).end());
    expect((await deliver(port)).retryAfterSeconds).toBe(120);
    server?.close();
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const dated = await partner((_, response) => response.writeHead(503, { 'retry-after': date }).end());
    expect((await deliver(dated.port)).retryAfterSeconds).toBeGreaterThan(3_500);
  });
});

describe('a webhook that broke', () => {
  it('surely did not leave when nobody listens', async () => {
    const { port } = await partner(() => {});
    await new Promise((resolve) => server!.close(resolve));
    expect((await deliver(port)).outcome).toBe('not_sent');
  });
  it('surely did not leave for an address that may not be reached', async () => {
    const { port, calls } = await partner((_, response) => response.end());
    expect((await deliver(port, { allow: [] })).outcome).toBe('not_sent');
    expect(calls).toEqual([]);
  });
  it('surely did not leave when our secret can’t sign', async () => {
    const { port, calls } = await partner((_, response) => response.end());
    const settings = { url: `http://127.0.0.1:${port}/`, secret: 'whsec_not*base64' };
    const handed = await webhook.deliver(
      parcel,
      settings,
      channelTools('webhook', { allow: [`127.0.0.1:${port}`], timeoutMs: 400 }),
    );
    expect(handed.outcome).toBe('not_sent');
    expect(calls).toEqual([]);
  });
  it('may have arrived when the partner hangs up after the body', async () => {
    const { port } = await partner((request) => request.socket.destroy());
    expect((await deliver(port)).outcome).toBe('unknown');
  });
  it('may have arrived when the partner falls silent', async () => {
    const { port } = await partner(() => {});
    expect((await deliver(port)).outcome).toBe('unknown');
  });
  it('arrived when only the words beside the status are cut off or endless', async () => {
    const { port } = await partner((request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('begi');
      request.socket.destroySoon();
    });
    expect((await deliver(port)).outcome).toBe('confirmed');
    server?.close();
    const endless = await partner((_, response) => {
      response.writeHead(200);
      const pour = () => void (response.writable && response.write('x'.repeat(100_000), pour));
      pour();
    });
    expect((await deliver(endless.port)).outcome).toBe('confirmed');
  });
});

it('says what is new and what is taken back as events of their own, and of what was taken back no text', async () => {
  const { port, calls } = await partner((_, response) => response.writeHead(204).end());
  const before = { parcel, receipt: null, notes: {} };
  const later = { ...parcel, deliveryId: 'amend-2', note: '第三项应为五日' };
  const settings = { url: `http://127.0.0.1:${port}/hook`, secret };
  const tools = channelTools('webhook', { allow: [`127.0.0.1:${port}`] });
  for (const change of [webhook.amend!, webhook.recall!])
    expect(await change.hand(later, before, settings, tools)).toMatchObject({ outcome: 'confirmed' });
  const [updated, withdrawn] = calls.map(({ body }) => JSON.parse(body) as { type: string; data: object });
  expect(updated).toMatchObject({
    type: 'release.updated',
    data: { title: '便民办税', note: '第三项应为五日', replaces: parcel.deliveryId },
  });
  expect(withdrawn).toMatchObject({
    type: 'release.withdrawn',
    data: { releaseId: parcel.releaseId, url: parcel.url, withdraws: parcel.deliveryId },
  });
  expect(JSON.stringify(withdrawn)).not.toContain('便民办税');
  expect(new Webhook(secret).verify(calls[1]!.body, calls[1]!.headers)).toBeTruthy();
});
