// A page comes down, and the process that takes it down dies on the way: it comes down once, and that is proven.
import { BusClient, connectBus, type Bus } from '@tongsheng/bus';
import type { RepostEvent } from '@tongsheng/contracts';
import {
  readLog,
  readPublic,
  sampleRule,
  sampleSource,
  startSite,
  startSystem,
  until,
  type Site,
  type System,
} from '@tongsheng/test/support';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { brokenByNow } from '../support/promises.ts';
import { startMicropubFake, type MicropubFake } from '../peers/micropub-fake.ts';
import { startProxy, type Proxy } from '../peers/proxy.ts';

/** Every second for ten minutes. */
const followUp = Array.from({ length: 600 }, (_, i) => `PT${i}S`).join(',');
let upstream: Site;
let blog: MicropubFake;
let proxy: Proxy;
let system: System;
let bus: Bus;
let client: BusClient;
let said = 0;

const head = () => ({
  id: `test/${++said}`,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: 'editor', name: '李编辑' },
});
/** Under one id, however often it has to be said. */
function say(service: string, command: Record<string, unknown>) {
  const whole = { ...command, ...head() };
  return until(() => client.command(service, whole as never), 60_000);
}
/** What is said of an item's tasks, by site. */
async function toldOf(sourceId: string): Promise<Record<'province' | 'city', RepostEvent[]>> {
  const events = (await readLog(bus)).flatMap((entry) => entry.events) as RepostEvent[];
  const queued = events.filter((event) => event.type === 'repost.queued' && event.sourceId === sourceId);
  const of = (site: string) => {
    const taskId = queued.find((event) => event.site === site)?.taskId;
    return events.filter((event) => 'taskId' in event && event.taskId === taskId && event.site === site);
  };
  return { province: of('province'), city: of('city') };
}
const both = (sourceId: string, type: RepostEvent['type']) =>
  until(async () => {
    for (const events of Object.values(await toldOf(sourceId))) expect(events.map((each) => each.type)).toContain(type);
  }, 100_000);
const oneOf = (sourceId: string, site: 'province' | 'city', type: RepostEvent['type']) =>
  until(async () => expect((await toldOf(sourceId))[site].map((each) => each.type)).toContain(type), 100_000);

/** An item that is out on both sites, and that its source then takes back. */
async function withdrawn(name: string): Promise<() => Promise<void>> {
  const title = `关于${name}事项的公告`;
  upstream.put(`/${name}.html`, `<!doctype html><title>${title}</title><article><p>一、正文。</p></article>`);
  upstream.put(
    `/${name}.xml`,
    `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>${upstream.url}</link><item><guid isPermaLink="false">${name}</guid><title>${title}</title><link>${upstream.url}/${name}.html</link><description>一、正文。</description></item></channel></rss>`,
  );
  await say('registry', { type: 'source.register', source: sampleSource(name, `${upstream.url}/${name}.xml`) });
  await both(name, 'repost.queued');
  for (const [queued] of Object.values(await toldOf(name))) {
    const { taskId, site, contentHash: seenHash } = queued as Extract<RepostEvent, { type: 'repost.queued' }>;
    await say('repost', { type: 'repost.approve', taskId, site, seenHash, roles: ['editor'] });
  }
  await both(name, 'repost.verified');
  upstream.remove(`/${name}.html`);
  await both(name, 'repost.retract_due');
  proxy.calls.length = 0;
  return async () => {
    for (const [{ taskId, site }] of Object.values(await toldOf(name)) as [RepostEvent][])
      await say('repost', { type: 'repost.retract', taskId, site });
  };
}
/** Both pages are gone, once, and that is proven from outside. */
async function gone(name: string): Promise<void> {
  await both(name, 'repost.withdrawn');
  const told = await toldOf(name);
  for (const events of Object.values(told)) {
    const published = events.find((event) => event.type === 'repost.published');
    const { status } = await fetch(published?.type === 'repost.published' ? published.url : '');
    expect(status).toBe(events === told.province ? 410 : 404);
  }
  const documents = (await readPublic(bus)).filter(({ documentId }) => documentId === told.province[0]!.taskId);
  expect(documents.map(({ withdrawnAt }) => withdrawnAt !== undefined)).toEqual([false, true]);
  expect(brokenByNow(await readLog(bus))).toEqual([]);
}
const deletions = () => proxy.calls.filter((call) => call === 'POST /micropub').length;
async function restart(): Promise<void> {
  await system.kill('reposts');
  await system.start('reposts');
}

beforeAll(async () => {
  [upstream, blog] = await Promise.all([startSite(), startMicropubFake()]);
  proxy = await startProxy(blog.url);
  system = await startSystem({
    services: ['registry', 'ingest', 'reposts', 'portal'],
    samples: false,
    environment: {
      WEB_ALLOW: `127.0.0.1:${upstream.port},${proxy.host},${blog.host}`,
      FOLLOW_UP: followUp,
      FOLLOW_UP_PATIENCE: 'PT1S',
    },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  client = new BusClient(bus);
  const { type: _type, ...city } = await until(async () => {
    const events = (await readLog(bus)).flatMap((entry) => entry.events);
    const found = events.find((event) => event.type === 'site.registered' && event.siteId === 'city');
    expect(found).toBeDefined();
    return found!;
  });
  const settings = { endpoint: `${proxy.url}/micropub`, token: blog.token };
  await say('registry', { type: 'site.register', site: { ...city, publication: { kind: 'micropub', settings } } });
  await say('registry', { type: 'rule.register', rule: sampleRule('all', ['city', 'province']) });
});
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
  await blog?.[Symbol.asyncDispose]();
  await upstream?.[Symbol.asyncDispose]();
});
afterEach(() => proxy.rule(() => 'pass'));

it('dies when it has just been decided', async () => {
  const decide = await withdrawn('decided');
  const decided = decide();
  await restart();
  await decided;
  await gone('decided');
  expect(deletions()).toBe(1);
});

it('dies when the other system has done it, and nobody was told', async () => {
  const decide = await withdrawn('unheard');
  const done = Promise.withResolvers<void>();
  proxy.rule((call) => (call.startsWith('POST') ? 'hold' : 'pass'), done.resolve);
  await decide();
  await done.promise;
  await restart();
  await gone('unheard');
  // It was looked for, and not asked for twice.
  expect(deletions()).toBe(1);
  const attempts = (await toldOf('unheard')).city.filter(({ type }) => type === 'repost.removal_started');
  expect(attempts).toHaveLength(2);
});

it('dies while it waits for its next attempt', async () => {
  const decide = await withdrawn('refused');
  proxy.rule((call) => (call.startsWith('POST') ? { status: 503 } : 'pass'));
  await decide();
  await oneOf('refused', 'city', 'repost.removal_failed');
  await system.kill('reposts');
  proxy.rule(() => 'pass');
  await system.start('reposts');
  await gone('refused');
});

it('dies when all is done and nothing is proven', async () => {
  const decide = await withdrawn('unproven');
  await decide();
  await oneOf('unproven', 'city', 'repost.removed');
  await restart();
  await gone('unproven');
  expect(deletions()).toBe(1);
});
