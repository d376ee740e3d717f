import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transcript } from '@tongsheng/contracts';
import fc from 'fast-check';
import { FormData } from 'undici';
import { describe, expect, it } from 'vitest';
import { safeCall } from './call.ts';
import { Conversation } from './conversation.ts';
import { masker } from './mask.ts';

/** Anything that a person could be given as a password; what masks is no part of it. */
const secret = fc.string({ unit: 'binary', minLength: 4, maxLength: 300 }).filter((text) => !text.includes('•'));
const around = fc.string({ unit: 'binary', maxLength: 6_000 }).filter((text) => !text.includes('•'));

/** Where a secret may come to stand, and how it is written there. */
const written = (it: string): [string, string][] => [
  ['plain', it],
  ['uri', encodeURIComponent(it.toWellFormed())],
  ['form', new URLSearchParams({ it }).toString().slice(3)],
  ['json', JSON.stringify(it).slice(1, -1)],
  ['base64', Buffer.from(it).toString('base64')],
  ['base64url', Buffer.from(it).toString('base64url')],
];

/** Every string of a transcript. */
const stringsIn = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(stringsIn)
      : [];

describe('what is kept of a conversation', () => {
  it('never has a secret in it that was registered, wherever it stood and however it was written', () => {
    fc.assert(
      fc.property(secret, around, around, (it, before, after) => {
        for (const [, spelling] of written(it)) {
          const text = `${before}${spelling}${after}`;
          const form = new FormData();
          form.append('note', text);
          for (const body of [text, form, Buffer.from(text)]) {
            const conversation = new Conversation(masker([it]));
            conversation.begin({
              method: 'POST',
              address: `https://user:${spelling}@example.org/${spelling}?q=${spelling}`,
              headers: { 'x-one': text },
              body,
              answer: { status: 500, headers: { 'x-two': text }, body: Buffer.from(text) },
              detail: text,
              lines: [`> ${text}`],
            });
            const kept = [conversation.transcript(), conversation.lines()].flatMap(stringsIn);
            expect(kept.some((each) => each.includes(it) || each.includes(spelling))).toBe(false);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
  it('has nothing where secrets stand, also when nobody registered them', () => {
    const conversation = new Conversation();
    conversation.begin({
      method: 'POST',
      address: 'https://api.example.org/send?access_token=abc&timestamp=1&sign=def',
      headers: { Authorization: 'Bearer abc', Cookie: 'abc', 'webhook-signature': 'v1,abc', accept: '*/*' },
      body: '{"client_secret": "abc", "title": "通稿", "sign":"a\\"bc"}',
      answer: {
        status: 200,
        headers: { 'set-cookie': 'abc' },
        body: Buffer.from('{"access_token":"abc","errcode":0}'),
      },
    });
    const [call] = Transcript.parse(conversation.transcript()).calls;
    expect(call?.address).toBe('api.example.org/send?access_token=•••&timestamp=1&sign=•••');
    expect(call?.request.body).toBe('{"client_secret": "•••", "title": "通稿", "sign":"•••"}');
    expect(call?.answer?.body).toBe('{"access_token":"•••","errcode":0}');
    expect(JSON.stringify(conversation.transcript())).not.toContain('abc');
    expect(call?.request.headers).toContainEqual({ name: 'accept', value: '*/*' });
  });
  it('masks what was learned on the way', () => {
    const conversation = new Conversation();
    conversation.begin({ method: 'GET', address: 'https://api.example.org/of/learned-token' });
    conversation.hide('learned-token');
    expect(conversation.lines()[0]?.address).toBe('api.example.org/of/•••');
  });
  it('of very many calls is the first and the last ones', () => {
    const conversation = new Conversation();
    for (let n = 1; n <= 100; n++) conversation.begin({ method: 'GET', address: `https://a.example/${n}` });
    expect(conversation.lines().map(({ address }) => address.slice(10))).toEqual(
      [...Array(10).keys()].map((n) => String(n + 1)).concat([...Array(10).keys()].map((n) => String(n + 91))),
    );
  });
});

describe('a call that somebody listens to', () => {
  it('tells what was sent, what came back and how long each took', async () => {
    const server = createServer((_, response) => response.writeHead(502, { 'x-why': 'busy' }).end('no gateway'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const conversation = new Conversation(masker(['hush-hush']));
    const options = { allow: [`127.0.0.1:${port}`], headers: { 'x-key': 'hush-hush' }, body: '标题 hush-hush' };
    await conversation.during(async () => {
      await safeCall(`http://127.0.0.1:${port}/push?key=1`, options);
      await safeCall(`http://127.0.0.1:${port === 1 ? 2 : 1}/`, { ...options, allow: ['127.0.0.1:1', '127.0.0.1:2'] });
    });
    server.close();
    const [answered, refused] = conversation.transcript().calls;
    expect(answered).toMatchObject({
      method: 'POST',
      address: `127.0.0.1:${port}/push?key=•••`,
      status: 502,
      request: { headers: [{ name: 'x-key', value: '•••' }], body: '标题 •••', bytes: 16 },
      answer: { body: 'no gateway', bytes: 10 },
    });
    expect([answered?.connectMs, answered?.firstByteMs].every((ms) => typeof ms === 'number')).toBe(true);
    expect(refused).toMatchObject({ status: null, answer: null, connectMs: null });
    expect(refused?.detail).toContain('connect_failed');
  });
  it('is noted by nobody where nobody listens', async () => {
    const conversation = new Conversation();
    await safeCall('http://127.0.0.1:1/', { allow: ['127.0.0.1:1'] });
    expect(conversation.isEmpty).toBe(true);
  });
});
