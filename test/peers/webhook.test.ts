// Publication through signed calls, verified by the reference library of Standard Webhooks.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from '@tongsheng/test/support';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { webhook as kind } from '../../services/reposts/src/sites/webhook.ts';
import type { Tools } from '../../services/reposts/src/sites/site-kind.ts';
import { illustrated, kept, pdf, png, repost } from './documents.ts';

const askedAt = '2026-11-24T08:00:00.000Z';
const removed = { publicPosition: null };

type Call = { id: string; type: string; data: Record<string, unknown> };
type Answer = { status: number; headers?: Record<string, string>; body?: unknown };

const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
const calls: Call[] = [];
let answer: (call: Call) => Answer;
let server: Server;
let url: string;
let tools: Tools;

beforeAll(async () => {
  server = createServer((request, response) => {
    const handle = async () => {
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      // Throws unless the call is ours, whole, and of these minutes.
      const said = new Webhook(secret).verify(await bodyOf(request), headers) as Omit<Call, 'id'>;
      const call = { ...said, id: headers['webhook-id']! };
      calls.push(call);
      const { status, headers: more, body } = answer(call);
      response.writeHead(status, more).end(body === undefined ? undefined : JSON.stringify(body));
    };
    handle().catch(() => response.writeHead(401).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  url = `http://${host}/tongsheng`;
  tools = {
    allow: [host],
    patienceMs: 25_000,
    now: () => new Date().toISOString(),
    file: async (hash) => kept.get(hash)!,
    publicSide: {
      keepFile: () => Promise.reject(new Error('unasked')),
      publish: () => Promise.reject(new Error('unasked')),
    },
  };
});
afterAll(() => void server.close());
beforeEach(() => {
  calls.length = 0;
  answer = () => ({ status: 201, body: { url: 'https://tax.example/a/1.html', id: 1 } });
});

const open = (own = secret) => kind.open({ kind: 'webhook', settings: { url, secret: own } }, tools);

describe('a page by signed calls', () => {
  it('comes whole: the text, its source, and its files with the addresses that stand for them', async () => {
    const document = illustrated();
    expect(await open().publish(document, null)).toEqual({
      url: 'https://tax.example/a/1.html',
      remoteId: '1',
      publicPosition: null,
    });
    const [{ type, data }] = calls as [Call];
    const { documentId, title, html, source, postedAt } = document;
    expect({ type, data }).toMatchObject({
      type: 'page.publish',
      data: {
        documentId,
        title,
        html,
        source,
        postedAt,
        url: null,
        id: null,
        content: expect.stringContaining('来源'),
      },
    });
    const files = data['files'] as { address: string; content: string }[];
    expect(files.map(({ content }) => Buffer.from(content, 'base64'))).toEqual([png, pdf]);
    for (const { address } of files) expect(html).toContain(`="${address}"`);
  });
  it('has the same id at every attempt, and another for another version, an update and its end', async () => {
    const document = repost();
    const page = { url: 'https://tax.example/a/1.html', remoteId: '1', publicPosition: null };
    await open().publish(document, null);
    await open().publish(document, null);
    await open().publish({ ...document, postedAt: '2026-11-24T00:00:00.000Z' }, page);
    await open().remove(document, page, askedAt);
    await open().remove(document, page, askedAt);
    await open().remove(document, page, '2026-11-25T00:00:00.000Z');
    const ids = calls.map(({ id }) => id);
    expect([ids[1], ids[4]]).toEqual([ids[0], ids[3]]);
    expect(new Set(ids).size).toBe(4);
    const types = calls.map(({ type }) => type.slice('page.'.length));
    expect(types).toEqual(['publish', 'publish', 'update', 'remove', 'remove', 'remove']);
    expect(calls[2]!.data).toMatchObject({ url: page.url, id: '1' });
    const { documentId } = document;
    expect(calls[3]!.data).toMatchObject({ url: page.url, id: '1', documentId, withdrawnAt: askedAt });
  });
  it.each([
    [
      'not yet',
      { status: 202, headers: { 'retry-after': '30' } },
      { code: 'pending', outcome: 'rejected_retryable', retryAfterSeconds: 30 },
    ],
    ['without an address', { status: 200, body: {} }, { code: 'answer_not_understood', outcome: 'unknown' }],
    ['never', { status: 422, body: { error: 'no' } }, { code: 'refused', outcome: 'rejected_permanent' }],
    ['not now', { status: 503 }, { code: 'busy', outcome: 'rejected_retryable' }],
  ])('is %s published, and that is known', async (_, said, trouble) => {
    answer = () => said;
    expect(await open().publish(repost(), null)).toMatchObject(trouble);
  });
  it('is gone when the other side says so, also that it was gone before', async () => {
    const page = { url: 'https://tax.example/a/1.html', publicPosition: null };
    for (const [status, trouble] of [
      [204, null],
      [410, null],
      [202, { code: 'pending' }],
      [500, { code: 'server_error' }],
    ] as const) {
      answer = () => ({ status });
      const said = await open().remove(repost(), page, askedAt);
      if (trouble) expect(said).toMatchObject(trouble);
      else expect(said).toEqual(removed);
    }
  });
  it('is refused where the secrets differ', async () => {
    const other = `whsec_${Buffer.from('another one of 24 bytes!').toString('base64')}`;
    expect(await open(other).test()).toMatchObject({ code: 'credentials_refused' });
    expect(await open().test()).toBeNull();
    expect(calls.map(({ type }) => type)).toEqual(['page.test']);
  });
});
