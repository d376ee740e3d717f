import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { channelTools, hashA, noon, samplePost } from '@tongsheng/test/support';
import { Webhook } from 'standardwebhooks';
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

const deliver = (port: number, { attemptedAt = parcel.attemptedAt, allow = [`127.0.0.1:${port}`] } = {}) =>
  webhook.deliver(
    { ...parcel, attemptedAt },
    { url: `http://127.0.0.1:${port}/hook`, secret },
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
