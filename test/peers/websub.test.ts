// Our hub with the subscriber of others, npm's pubsubhubbub, and with our own.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { carryOut, connectBus, Journal, publishPublic, type Bus } from '@tongsheng/bus';
import { source, streams, subjects, type PublicDocument } from '@tongsheng/contracts';
import { freePort } from '@tongsheng/local';
import { withdrawnDocument } from '@tongsheng/pages';
import { readLog, startSystem, until, type System } from '@tongsheng/test/support';
import { createServer, type Subscriber } from 'pubsubhubbub';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { registrations } from '../../services/registry/src/registration.ts';

const secret = 'a secret that the reader made';
let system: System;
let bus: Bus;
let ingestPort: number;
let reader: Subscriber;
/** Another one, that agreed on no secret. */
let plain: Subscriber;
const feeds: string[] = [];
const plainFeeds: string[] = [];

async function startReader(port: number, own?: string): Promise<Subscriber> {
  const subscriber = createServer({ callbackUrl: `http://127.0.0.1:${port}/callback`, ...(own && { secret: own }) });
  subscriber.listen(port, '127.0.0.1');
  await once(subscriber, 'listen');
  return subscriber;
}

beforeAll(async () => {
  const ports = await Promise.all([freePort(), freePort(), freePort()]);
  ingestPort = ports[2];
  system = await startSystem({
    services: ['registry', 'ingest', 'portal'],
    samples: false,
    environment: {
      INGEST_PORT: String(ingestPort),
      INGEST_URL: `http://127.0.0.1:${ingestPort}`,
      WEB_ALLOW: ports.map((port) => `127.0.0.1:${port}`).join(','),
    },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  reader = await startReader(ports[0], secret);
  plain = await startReader(ports[1]);
  reader.on('feed', ({ feed }) => feeds.push(feed.toString('utf8')));
  plain.on('feed', ({ feed }) => plainFeeds.push(feed.toString('utf8')));
  await publish(1);
  await until(async () => expect(await (await fetch(atom())).text()).toContain('第1号公告'));
});
afterAll(async () => {
  for (const { server } of [reader, plain]) server.close();
  await bus.close();
  await system[Symbol.asyncDispose]();
});

const atom = () => `${system.portalUrl}/province/feed.atom`;
const document = (n: number): PublicDocument => ({
  documentId: `d${n}`,
  site: 'province',
  siteName: '某省税务局',
  kind: 'press',
  column: '新闻发布',
  title: `第${n}号公告`,
  summary: '',
  html: `<p>第${n}号公告的正文</p>`,
  url: `${system.portalUrl}/province/press/d${n}`,
  source: null,
  files: [],
  verdict: null,
  postedAt: new Date(Date.UTC(2026, 10, 23, 0, n)).toISOString(),
  version: 1,
  contentHash: String(n).repeat(64).slice(0, 64),
});
const publish = (n: number) => publishPublic(bus, document(n));

const asks = async (subscriber: Subscriber, mode: 'subscribe' | 'unsubscribe', topic: string) => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const meant = once(subscriber, mode);
  subscriber[mode](topic, `${system.portalUrl}/hub`, (error) => (error ? reject(error) : resolve()));
  await promise;
  return meant;
};

it('a feed names itself and its hub, in its head and to machines before they read it', async () => {
  const response = await fetch(atom());
  expect(response.headers.get('link')).toBe(`<${system.portalUrl}/hub>; rel="hub", <${atom()}>; rel="self"`);
  expect(await response.text()).toContain(`<link rel="hub" href="${system.portalUrl}/hub"/>`);
  const rss = await (await fetch(`${system.portalUrl}/feed.rss`)).text();
  expect(rss).toContain(`href="${system.portalUrl}/hub" rel="hub"`);
  const json = (await (await fetch(`${system.portalUrl}/feed.json`)).json()) as { hubs: unknown };
  expect(json.hubs).toEqual([{ type: 'WebSub', url: `${system.portalUrl}/hub` }]);
});

it('who subscribed is told of what is published, whole and signed, and believes nobody else', async () => {
  const [{ topic }] = (await asks(reader, 'subscribe', atom())) as [{ topic: string }];
  expect(topic).toBe(atom());
  // What it agrees on is not the secret that it was given but one made of it; in this release it checks with the former.
  reader.secret = createHmac('sha1', secret).update(atom()).digest('hex');
  const forged = await fetch(`http://127.0.0.1:${(reader.server.address() as AddressInfo).port}/callback`, {
    method: 'POST',
    headers: {
      link: `<${atom()}>; rel="self"`,
      'x-hub-signature': `sha256=${createHmac('sha256', 'guessed').update('forged').digest('hex')}`,
    },
    body: 'forged',
  });
  expect(forged.status).toBe(202);
  const told = once(reader, 'feed');
  await publish(2);
  const [{ headers }] = (await told) as [{ headers: Record<string, string> }];
  expect(headers['x-hub-signature']).toMatch(/^sha256=[0-9a-f]{64}$/);
  expect(headers['content-type']).toBe('application/atom+xml; charset=utf-8');
  expect(headers['link']).toContain(`<${atom()}>; rel="self"`);
  expect(feeds).toEqual([await (await fetch(atom())).text()]);
  expect(feeds[0]).toContain('第2号公告的正文');
});

it('what is taken back is told as well, as a tombstone without a word of it', async () => {
  const told = once(reader, 'feed');
  const withdrawnAt = '2026-11-23T05:00:00.000Z';
  await publishPublic(bus, { ...withdrawnDocument(document(2), withdrawnAt), version: 2 });
  await told;
  const last = feeds.at(-1)!;
  expect(last).toContain(`ref="${document(2).url}" when="${withdrawnAt}"`);
  expect(last).not.toContain('第2号公告');
});

it('what was published while the hub was dead is told when it is back', async () => {
  // That it was told stands in the ledger; of what did not get that far a second copy would come a minute later.
  await until(async () => {
    const { data } = await bus.jsm.streams.getMessage(streams.hub, { last_by_subj: subjects.hubEntries() });
    expect(JSON.parse(new TextDecoder().decode(data))).toMatchObject({ notBefore: null });
  });
  await system.kill('portal');
  await publish(3);
  const told = once(reader, 'feed');
  await system.start('portal');
  await told;
  expect(feeds.at(-1)).toContain('第3号公告');
});

it('who has ended it is told no more, while others are', async () => {
  await asks(plain, 'subscribe', `${system.portalUrl}/feed.json`);
  await asks(reader, 'unsubscribe', atom());
  await until(async () => expect(await system.logOf('portal')).toContain('hub.unsubscribed'));
  const before = feeds.length;
  const told = once(plain, 'feed');
  await publish(4);
  const [{ headers }] = (await told) as [{ headers: Record<string, string> }];
  expect(headers['x-hub-signature']).toBeUndefined();
  expect(plainFeeds.at(-1)).toContain('第4号公告');
  expect(feeds).toHaveLength(before);
});

it.each([
  ['a callback inside our own network', { 'hub.callback': 'http://169.254.169.254/latest' }, 202],
  ['a feed that is not ours', { 'hub.topic': 'https://elsewhere.example/feed.atom' }, 404],
  ['no feed at all', { 'hub.topic': 'PORTAL/province' }, 404],
  ['a callback that is no address', { 'hub.callback': 'javascript:alert(1)' }, 400],
])('of %s nothing becomes', async (_, more, status) => {
  const body = new URLSearchParams({
    'hub.mode': 'subscribe',
    'hub.topic': atom(),
    'hub.callback': 'http://reader.example/',
    ...Object.fromEntries(
      Object.entries(more).map(([name, value]) => [name, value.replace('PORTAL', system.portalUrl)]),
    ),
  });
  const response = await fetch(`${system.portalUrl}/hub`, { method: 'POST', body });
  expect(response.status).toBe(status);
  if (status === 202)
    await until(async () => expect(await system.logOf('portal')).toMatch(/hub\.not_meant.*169\.254\.169\.254/));
});

it('our own reading subscribes to our own hub, and has by a push what it would have found an hour later', async () => {
  const given = {
    sourceId: 'sister',
    name: '兄弟省局',
    level: 'province',
    kind: 'feed',
    url: `${system.portalUrl}/feed.atom`,
    column: '新闻发布',
    pollSeconds: 3_600,
  };
  const head = { id: 'sister', at: new Date().toISOString(), actor: { kind: 'service' as const, id: 'test' } };
  const command = { type: 'source.register' as const, ...head, source: source.parse(given) };
  await carryOut(new Journal(bus, 'test'), registrations['source.register'], command);
  await until(async () => expect((await system.logOf('portal')).match(/hub\.subscribed/g)).toHaveLength(3));
  await publish(5);
  await until(async () => {
    const events = (await readLog(bus)).flatMap((entry) => entry.events);
    expect(events).toContainEqual(expect.objectContaining({ title: '第5号公告' }));
  });
});
