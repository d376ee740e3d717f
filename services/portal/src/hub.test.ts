// What becomes of subscribers that don't answer, end, or are too many; and of two hubs at once.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { PublicDocument } from '@tongsheng/contracts';
import type { Log } from '@tongsheng/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Hub, type HubParts } from './hub.ts';
import { PublicIndex } from './public-index.ts';
import { Topics } from './topics.ts';

const topic = 'https://portal.example/feed.atom';
const document = (n: number): PublicDocument => ({
  documentId: `d${n}`,
  site: 'province',
  siteName: '某省税务局',
  kind: 'press',
  column: '新闻发布',
  title: `第${n}号公告`,
  summary: '',
  html: '<p>正文</p>',
  url: `https://portal.example/province/press/d${n}`,
  source: null,
  files: [],
  verdict: null,
  postedAt: new Date(Date.UTC(2026, 10, 23, 0, n)).toISOString(),
  version: 1,
  contentHash: 'a'.repeat(64),
});

/** The newest of each entry, as the stream keeps it, told to whoever follows. */
class Ledger {
  readonly entries = new Map<string, { text: string; position: number }>();
  readonly #followers = new Set<(id: string, text: string, position: number) => void>();
  #last = 0;

  readonly follow: HubParts['ledger']['follow'] = async (onEntry) => {
    for (const [id, { text: said, position }] of this.entries) onEntry(id, said, position);
    this.#followers.add(onEntry);
    return { caughtUp: Promise.resolve(), stop: async () => void this.#followers.delete(onEntry) };
  };
  readonly write: HubParts['ledger']['write'] = async (id, said, after) => {
    if ((this.entries.get(id)?.position ?? 0) !== after) return null;
    const position = ++this.#last;
    this.entries.set(id, { text: said, position });
    for (const follower of this.#followers) follower(id, said, position);
    return position;
  };
  subscriptions = () => [...this.entries.values()].map(({ text: said }) => (said ? JSON.parse(said) : null));
}

let ledger: Ledger;
let index: PublicIndex;
let now: string;
let logged: { name: string; facts: Record<string, unknown> }[];
let hubs: Hub[];
let reader: Server;
let host: string;
/** What the reader was told, and what it says. */
let pushes: string[];
let status: number;
let retryAfter: string | undefined;
let echo: (challenge: string) => string;

async function answer(request: IncomingMessage): Promise<{ code: number; body: string }> {
  const { searchParams } = new URL(request.url!, 'http://reader');
  if (request.method === 'GET') return { code: 200, body: echo(searchParams.get('hub.challenge')!) };
  pushes.push(await text(request));
  return { code: status, body: '' };
}

async function openHub(baseUrl = 'https://portal.example'): Promise<Hub> {
  const say = (name: string, facts: Record<string, unknown> = {}) => void logged.push({ name, facts });
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const documents = new Map(Array.from({ length: 20 }, (_, n) => [n, document(n)]));
  const texts = { read: async (position: number) => documents.get(position)! };
  const topics = new Topics({ index, texts, baseUrl });
  const hub = new Hub({ ledger, topics, allow: [host], clock: { now: () => now }, log });
  await hub.open();
  hubs.push(hub);
  return hub;
}

beforeEach(async () => {
  [ledger, index, now] = [new Ledger(), new PublicIndex(), '2026-11-23T04:00:00.000Z'];
  [logged, hubs, pushes, status, retryAfter] = [[], [], [], 204, undefined];
  echo = (challenge) => challenge;
  index.add(document(1), 1);
  reader = createServer((request, response) => {
    void answer(request).then(({ code, body }) =>
      response.writeHead(code, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(body),
    );
  });
  await new Promise<void>((resolve) => reader.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(reader.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const hub of hubs) await hub.close();
  reader.closeAllConnections();
  reader.close();
});

const ask = (hub: Hub, path = 'callback', more: Record<string, string> = {}) => {
  const form = { 'hub.mode': 'subscribe', 'hub.topic': topic, 'hub.callback': `http://${host}/${path}`, ...more };
  return hub.ask(new URLSearchParams(form));
};
const says = (name: string, times = 1) =>
  vi.waitFor(() => expect(logged.filter((each) => each.name === name)).toHaveLength(times), 20_000);
async function subscribe(hub: Hub, path?: string): Promise<void> {
  const before = logged.filter(({ name }) => name === 'hub.subscribed').length;
  expect(await ask(hub, path)).toEqual({ status: 202, text: '' });
  await says('hub.subscribed', before + 1);
}
function publish(n: number): void {
  index.add(document(n), n);
  for (const hub of hubs) hub.changed('province');
}
function pass(at: string): void {
  now = at;
  for (const hub of hubs) hub.changed('province');
}

it('a callback that does not give the challenge back is no subscription', async () => {
  echo = () => 'whatever';
  const hub = await openHub();
  await ask(hub);
  await says('hub.not_meant');
  expect(ledger.entries.size).toBe(0);
});

it('a secret is taken over https alone: over plain http it is refused, and a subscription without one is not', async () => {
  const open = await openHub('http://portal.example');
  const asking = (secret: object) =>
    ask(open, 'callback', { 'hub.topic': topic.replace('https:', 'http:'), ...secret });
  expect(await asking({ 'hub.secret': 'a secret' })).toEqual({
    status: 400,
    text: 'hub.secret is taken over https only, and this hub is reached over http: ask again without it',
  });
  expect(ledger.entries.size).toBe(0);
  expect(await asking({})).toMatchObject({ status: 202 });
  await says('hub.subscribed');
  const hub = await openHub();
  expect(await ask(hub, 'other', { 'hub.secret': 'a secret' })).toMatchObject({ status: 202 });
  await says('hub.subscribed', 2);
});

it('who can’t be told is told later, by the newest feed, and once', async () => {
  const hub = await openHub();
  await subscribe(hub);
  status = 500;
  publish(2);
  await says('hub.not_told');
  expect(ledger.subscriptions()).toMatchObject([{ failures: 1, notBefore: '2026-11-23T04:00:30.000Z' }]);
  status = 204;
  publish(3);
  pass('2026-11-23T04:00:30.000Z');
  await vi.waitFor(() => expect(ledger.subscriptions()).toMatchObject([{ failures: 0, notBefore: null }]), 20_000);
  expect(pushes).toHaveLength(2);
  expect(pushes[1]).toContain('第3号公告');
});

it('who wants to be left alone is left alone for so long', async () => {
  const hub = await openHub();
  await subscribe(hub);
  [status, retryAfter] = [503, '3600'];
  publish(2);
  await says('hub.not_told');
  expect(ledger.subscriptions()).toMatchObject([{ notBefore: '2026-11-23T05:00:00.000Z' }]);
});

it.each([
  ['says that nobody listens there any more', 410, '2026-11-23T04:00:00.000Z', 'gone'],
  ['is dead, or has not renewed its lease,', 500, '2026-12-03T04:00:00.000Z', 'lease'],
] as const)('who %s is told no more', async (_, code, at, because) => {
  const hub = await openHub();
  await subscribe(hub);
  status = 500;
  publish(2);
  await says('hub.not_told');
  status = code;
  pass(at);
  if (code === 410) pass('2026-11-23T04:01:00.000Z');
  await says('hub.ended');
  expect(logged.find(({ name }) => name === 'hub.ended')!.facts).toMatchObject({ because });
  expect(ledger.subscriptions()).toEqual([null]);
});

it('of two hubs one tells, and the other knows what the first has written', async () => {
  const [one] = [await openHub(), await openHub()];
  await subscribe(one);
  publish(2);
  await vi.waitFor(() => expect(ledger.subscriptions()).toMatchObject([{ notBefore: null }]), 20_000);
  await vi.waitFor(() => expect(pushes).toHaveLength(1), 20_000);
  publish(3);
  await vi.waitFor(() => expect(pushes).toHaveLength(2), 20_000);
  await vi.waitFor(() => expect(ledger.subscriptions()).toMatchObject([{ notBefore: null }]), 20_000);
  expect(pushes).toHaveLength(2);
});

it('one host has a hundred subscriptions and no more, and may still end them', async () => {
  const hub = await openHub();
  for (let n = 0; n < 100; n += 4) {
    const four = [n, n + 1, n + 2, n + 3].map((each) => ask(hub, `callback/${each}`));
    for (const { status: code } of await Promise.all(four)) expect(code).toBe(202);
    await says('hub.subscribed', n + 4);
  }
  expect(await ask(hub, 'one-more')).toMatchObject({ status: 429 });
  expect(await ask(hub, 'callback/7')).toMatchObject({ status: 202 });
  expect(await ask(hub, 'callback/8', { 'hub.mode': 'unsubscribe' })).toMatchObject({ status: 202 });
  await says('hub.unsubscribed');
});

it('a change of one site is told to who reads it or everything, and to nobody else', async () => {
  const hub = await openHub();
  index.add({ ...document(4), site: 'city' }, 4);
  await subscribe(hub);
  expect(await ask(hub, 'city', { 'hub.topic': 'https://portal.example/city/feed.rss' })).toMatchObject({
    status: 202,
  });
  await says('hub.subscribed', 2);
  publish(2);
  await vi.waitFor(() => expect(pushes).toHaveLength(1), 20_000);
  index.add({ ...document(5), site: 'city' }, 5);
  hub.changed('city');
  await vi.waitFor(() => expect(pushes).toHaveLength(3), 20_000);
  expect(pushes.filter((push) => push.includes('第5号公告'))).toHaveLength(2);
  expect(pushes.filter((push) => push.includes('第2号公告'))).toHaveLength(2);
});

it('a publisher’s word is heard for our feeds and no others, and changes nothing', async () => {
  const hub = await openHub();
  const say = (...addresses: [string, string][]) =>
    hub.ask(new URLSearchParams([['hub.mode', 'publish'], ...addresses]));
  expect(await say(['hub.url', topic], ['hub.url', 'https://portal.example/feed.rss'])).toMatchObject({ status: 204 });
  expect(await say(['hub.topic', topic])).toMatchObject({ status: 204 });
  expect(await say(['hub.url', 'https://elsewhere.example/feed'])).toMatchObject({ status: 404 });
  expect(await say()).toMatchObject({ status: 404 });
});

it('before it has read its ledger it is not asked in vain: it says so', async () => {
  const topics = new Topics({ index, texts: { read: async () => document(1) }, baseUrl: 'https://portal.example' });
  const log: Log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const hub = new Hub({ ledger, topics, allow: [], clock: { now: () => now }, log });
  expect(await ask(hub)).toMatchObject({ status: 503 });
});
