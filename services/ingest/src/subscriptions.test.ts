// A subscription outlives its lease, and a hub that says no is asked again; no hub is needed for looking to go on.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Clock, Log } from '@tongsheng/runtime';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PublicAddress, Subscriptions } from './subscriptions.ts';
import type { Watch } from './watch.ts';
import type { Watcher } from './watcher.ts';
import { Allowed } from './web.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let hub: Server;
let hubUrl: string;
let status: number;
let subscriptions: Subscriptions;
let watch: Pick<Watch, 'source' | 'detector' | 'websub' | 'onHub' | 'look'>;
/** What the hub was asked, and who waits for it. */
let asked: URLSearchParams[];
let waiting: (() => void)[];

beforeEach(async () => {
  [asked, waiting, status] = [[], [], 202];
  hub = createServer((request, response) => {
    void text(request).then((body) => {
      response.writeHead(status).end();
      asked.push(new URLSearchParams(body));
      waiting.shift()?.();
    });
  });
  await once(hub.listen(0, '127.0.0.1'), 'listening');
  const { port } = hub.address() as AddressInfo;
  hubUrl = `http://127.0.0.1:${port}/hub`;
  let open: ((source: { sourceId: string }, watches: Watch[]) => void) | undefined;
  const clock: Pick<Clock, 'now'> = { now: () => '2026-11-20T02:00:00.000Z' };
  const log: Pick<Log, 'warn' | 'error'> = { warn: vi.fn(), error: vi.fn() };
  subscriptions = new Subscriptions(
    { onOpened: (told: typeof open) => (open = told) } as unknown as Watcher,
    new Allowed([`127.0.0.1:${port}`, `::ffff:7f00:1:${port}`]),
    new PublicAddress('https://ingest.example/'),
    clock as Clock,
    log as Log,
  );
  subscriptions.onApplicationBootstrap();
  watch = {
    source: { sourceId: 'policy', paused: false } as Watch['source'],
    detector: { kind: 'feed', url: 'https://upstream.example/feed.xml' },
    websub: null,
    onHub: null,
    look: vi.fn(async () => ({}) as Awaited<ReturnType<Watch['look']>>),
  };
  open!({ sourceId: 'policy' }, [watch as Watch]);
});
afterEach(() => {
  vi.useRealTimers();
  subscriptions.onModuleDestroy();
  hub.closeAllConnections();
  hub.close();
});

/** Does something, and waits until the hub was asked. Only our own timers are false. */
async function asks(doing: () => void): Promise<URLSearchParams> {
  const arrived = new Promise<void>((done) => waiting.push(done));
  doing();
  vi.useRealTimers();
  await arrived;
  return asked.at(-1)!;
}
const meet = () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  watch.onHub!({ hub: hubUrl, topic: 'https://upstream.example/feed.xml' });
};
const idOf = (form: URLSearchParams) => form.get('hub.callback')!.split('/').at(-1)!;
const answer = (form: URLSearchParams, more: Record<string, string>) =>
  subscriptions.verify(idOf(form), {
    'hub.mode': 'subscribe',
    'hub.topic': form.get('hub.topic')!,
    'hub.challenge': 'abc',
    ...more,
  });
/** From here on time passes only when it is told to. */
const stand = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

it('a lease is renewed at half its time, with the same callback and secret', async () => {
  const first = await asks(meet);
  stand();
  expect(answer(first, { 'hub.lease_seconds': '7200' })).toBe('abc');
  expect(watch.websub).toMatchObject({ state: 'active', leaseUntil: '2026-11-20T04:00:00.000Z' });
  vi.advanceTimersByTime(hourMs - 1);
  expect(asked).toHaveLength(1);
  const second = await asks(() => vi.advanceTimersByTime(1));
  expect(second.toString()).toBe(first.toString());
});
it('a hub that grants a second is not asked every half of it', async () => {
  const first = await asks(meet);
  stand();
  answer(first, { 'hub.lease_seconds': '1' });
  vi.advanceTimersByTime(minuteMs - 1);
  expect(asked).toHaveLength(1);
  await asks(() => vi.advanceTimersByTime(1));
});
it('a hub that denies is asked again after an hour, and looking is as frequent as ever meanwhile', async () => {
  const first = await asks(meet);
  stand();
  answer(first, { 'hub.mode': 'denied' });
  expect(watch.websub).toMatchObject({ state: 'refused' });
  await asks(() => vi.advanceTimersByTime(hourMs));
});
it('what was not asked for is not confirmed: another topic, an unsubscription, a second time', async () => {
  const first = await asks(meet);
  expect(answer(first, { 'hub.topic': 'https://elsewhere.example/' })).toBeNull();
  expect(answer(first, { 'hub.mode': 'unsubscribe' })).toBeNull();
  expect(answer(first, {})).toBe('abc');
  expect(answer(first, {})).toBeNull();
});
it('no secret is sent where others would read it on the way, and an unsigned push only makes us look', async () => {
  const byName = () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    // Of the addresses of this machine this one is not known for it.
    const open = hubUrl.replace('127.0.0.1', '[::ffff:7f00:1]');
    watch.onHub!({ hub: open, topic: 'https://upstream.example/feed.xml' });
  };
  const form = await asks(byName);
  expect(form.has('hub.secret')).toBe(false);
  expect(await subscriptions.push(idOf(form), Buffer.from('<rss/>'), {})).toBe('taken');
  expect(watch.look).toHaveBeenCalledTimes(1);
  expect(watch.websub).toMatchObject({ state: 'active', pushes: 1 });
});
it('a hub that is no longer named is left, and its pushes are told that nobody listens', async () => {
  const first = await asks(meet);
  const second = await asks(() => watch.onHub!({ hub: `${hubUrl}2`, topic: 'https://upstream.example/feed.xml' }));
  expect(idOf(second)).not.toBe(idOf(first));
  expect(answer(first, {})).toBeNull();
  expect(await subscriptions.push(idOf(first), Buffer.from(''), {})).toBe('gone');
});
