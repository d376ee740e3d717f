import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { channelTools, hashA, noon, samplePost } from '@tongsheng/test/support';
import { Webhook } from 'standardwebhooks';
import { afterEach, expect, it } from 'vitest';
import { newsPush } from './news-push.ts';

const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
// The verifier of the library allows five minutes.
const parcel = { ...samplePost, attemptedAt: new Date().toISOString() };

let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A newsroom that keeps what it took, and answers with what it is told to. */
async function newsroom(status = 201, isAnswering = true) {
  const calls: { headers: Record<string, string>; body: string }[] = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      calls.push({ headers: request.headers as Record<string, string>, body });
      if (isAnswering) response.writeHead(status).end();
      else request.socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const tools = channelTools('news_push', { allow: [`127.0.0.1:${port}`] });
  const settingsFor = (format: 'ninjs' | 'newsml') => ({ url: `http://127.0.0.1:${port}/news`, secret, format });
  return { calls, tools, settingsFor };
}

it.each([
  ['ninjs', 'application/json; charset=utf-8', '"uri": "urn:tongsheng:province:release"'],
  ['newsml', 'application/vnd.iptc.g2.newsmessage+xml; charset=utf-8', 'guid="urn:tongsheng:province:release"'],
] as const)('a newsroom gets %s itself, under a signature that its library accepts', async (format, type, said) => {
  const { calls, tools, settingsFor } = await newsroom();
  expect(await newsPush.deliver(parcel, settingsFor(format), tools)).toMatchObject({ outcome: 'confirmed' });
  const [{ headers, body }] = calls as [(typeof calls)[number]];
  expect(headers['content-type']).toBe(type);
  expect(headers['webhook-id']).toBe('delivery-1');
  expect(body).toContain(said);
  // Of JSON alone the library also reads what it has verified.
  if (format === 'ninjs') expect(new Webhook(secret).verify(body, headers)).toMatchObject({ type: 'text' });
});

it('a lost answer is settled by the same text under the same key, which the newsroom knows by its version', async () => {
  const { calls, tools, settingsFor } = await newsroom(201, false);
  expect(await newsPush.deliver(parcel, settingsFor('ninjs'), tools)).toMatchObject({ outcome: 'unknown' });
  expect(await newsPush.deliver(parcel, settingsFor('ninjs'), tools)).toMatchObject({ outcome: 'unknown' });
  expect(calls[1]!.body).toBe(calls[0]!.body);
  expect(newsPush.onUnknown).toBe('same_key');
});

it('a withdrawal is a later version of the same item', async () => {
  const { calls, tools, settingsFor } = await newsroom();
  await newsPush.deliver(parcel, settingsFor('ninjs'), tools);
  const sent = { parcel, receipt: null, notes: {} };
  expect(await newsPush.recall!.hand(parcel, sent, settingsFor('ninjs'), tools)).toMatchObject({
    outcome: 'confirmed',
  });
  const [first, second] = calls.map(({ body }) => JSON.parse(body) as { uri: string; version: string });
  expect(second).toMatchObject({ uri: first!.uri, pubStatus: 'canceled' });
  expect(Number(second!.version)).toBe(Date.parse(noon) / 1_000 + 1);
});

it('pictures are left with us, by the address that they have in the text', async () => {
  const { calls, tools, settingsFor } = await newsroom();
  const files = [{ hash: hashA, name: '图.png', mediaType: 'image/png', bytes: 9 }];
  await newsPush.deliver({ ...parcel, files }, settingsFor('ninjs'), tools);
  expect(JSON.parse(calls[0]!.body)).toMatchObject({ renditions: [] });
});

it.each([
  [400, 'rejected_permanent', undefined],
  [401, 'rejected_retryable', 'credential'],
  [429, 'rejected_retryable', 'rate_limited'],
  [503, 'rejected_retryable', undefined],
])('an answer of %i is %s', async (status, outcome, trouble) => {
  const { tools, settingsFor } = await newsroom(status);
  const handed = await newsPush.deliver(parcel, settingsFor('ninjs'), tools);
  expect([handed.outcome, handed.trouble]).toEqual([outcome, trouble]);
});
