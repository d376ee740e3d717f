// A site that WordPress publishes, from its registration in the console to the proof that the public can read its pages:
// nothing is there twice because a process died, and nobody is shown a password.
import { BusClient, connectBus, type Bus } from '@tongsheng/bus';
import type { RepostEvent } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  readLog,
  sampleRule,
  sampleSource,
  signIn,
  startBrowser,
  startSite,
  startSystem,
  twice,
  until,
  type Screen,
  type Session,
  type Site,
  type System,
} from '@tongsheng/test/support';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startProxy, type Proxy } from './proxy.ts';
import { startWordPress, wordpressHome, type WordPress } from './wordpress-server.ts';

let upstream: Site;
let wordpress: WordPress;
let proxy: Proxy;
let system: System;
let browser: Browser;
let bus: Bus;
let client: BusClient;
let admin: Session;
let screen: Screen;
let count = 0;

const head = () => ({
  id: `test/${++count}`,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: 'editor', name: '李编辑' },
});
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const feedOf = (name: string) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>${upstream.url}</link><item><guid isPermaLink="false">${name}</guid><title>关于${name}事项的公告</title><link>${upstream.url}/${name}</link><description>&lt;p&gt;正文第一条。&lt;/p&gt;&lt;p&gt;&lt;img src="${upstream.url}/${name}.png" alt="图"&gt;&lt;/p&gt;</description></item></channel></rss>`;

async function taskOf(sourceId: string): Promise<RepostEvent[]> {
  const events = (await readLog(bus)).flatMap((entry) => entry.events) as RepostEvent[];
  const queued = events.find((event) => event.type === 'repost.queued' && event.sourceId === sourceId);
  return queued ? events.filter((event) => 'taskId' in event && event.taskId === queued.taskId) : [];
}
const types = async (sourceId: string) => (await taskOf(sourceId)).map(({ type }) => type);
const says = (sourceId: string, type: RepostEvent['type'], times = 1) =>
  until(async () => expect((await types(sourceId)).filter((each) => each === type)).toHaveLength(times));

async function queue(sourceId: string): Promise<void> {
  upstream.put(`/${sourceId}`, '<!doctype html><title>原文</title><p>正文第一条。</p>');
  upstream.put(`/${sourceId}.png`, png);
  upstream.put(`/${sourceId}.xml`, feedOf(sourceId));
  const source = sampleSource(sourceId, `${upstream.url}/${sourceId}.xml`);
  await client.command('registry', { type: 'source.register', ...head(), source } as never);
  await says(sourceId, 'repost.queued');
  // What is shown is kept first.
  await until(async () => {
    const entries = (await readLog(bus)).flatMap(({ events }) => events);
    expect(entries.filter((event) => event.type === 'item.files_kept' && event.sourceId === sourceId)).not.toEqual([]);
  });
}
async function approve(sourceId: string): Promise<void> {
  const events = await taskOf(sourceId);
  const { taskId, site } = events[0]!;
  const seen = events.findLast((event) => event.type === 'repost.queued' || event.type === 'repost.source_changed');
  const seenHash = seen && 'contentHash' in seen ? seen.contentHash : '';
  await client.command('repost', {
    type: 'repost.approve',
    ...head(),
    taskId,
    site,
    seenHash,
    roles: ['editor'],
  } as never);
}
/** How many posts and files WordPress has for a task, in whatever state. */
const stock = (name: string) =>
  wordpress.run(`
    $posts = get_posts(['post_type' => 'post', 'post_status' => 'any,trash', 'numberposts' => -1, 's' => '${name}事项']);
    $media = array_filter(get_posts(['post_type' => 'attachment', 'post_status' => 'any', 'numberposts' => -1]),
      fn($m) => in_array($m->post_parent, array_map(fn($p) => $p->ID, $posts)));
    echo json_encode([array_map(fn($p) => $p->post_status, $posts), count($media)]);`);

describe.skipIf(!wordpressHome)('a site that WordPress publishes', () => {
  beforeAll(async () => {
    [upstream, wordpress, browser] = await Promise.all([startSite(), startWordPress(), startBrowser()]);
    proxy = await startProxy(wordpress.url);
    system = await startSystem({
      services: ['registry', 'ingest', 'reposts', 'gateway', 'oversight', 'clock'],
      samples: false,
      environment: { WEB_ALLOW: `127.0.0.1:${upstream.port},${proxy.host},${wordpress.host}` },
    });
    bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
    client = new BusClient(bus);
    await client.command('registry', {
      type: 'rule.register',
      ...head(),
      rule: sampleRule('all', ['province']),
    } as never);
    admin = await signIn(system.consoleUrl, 'admin');
  });
  afterAll(async () => {
    await bus?.close();
    await browser?.close();
    await system?.[Symbol.asyncDispose]();
    await proxy?.[Symbol.asyncDispose]();
    await wordpress?.[Symbol.asyncDispose]();
    await upstream?.[Symbol.asyncDispose]();
  });
  afterEach(() => proxy?.rule(() => 'pass'));

  it('is set up in the console: its fields, what is missing, and whether it lets us in', async () => {
    screen = await openScreen(browser, system.consoleUrl);
    await enter(screen, 'admin');
    const { page } = screen;
    await page.goto(`${system.consoleUrl}/admin/sites?edit=province`);
    await page.locator('#field-publication-kind').selectOption('wordpress');
    await page.getByTestId('save').click();
    await page.getByTestId('problems').waitFor();
    expect(await page.getByTestId('problems').locator('li').count()).toBe(3);
    await page.locator('#field-publication-url').fill(proxy.url);
    await page.locator('#field-publication-username').fill(wordpress.username);
    await page.locator('#field-publication-password').fill('not the password at all');
    await page.locator('#field-publication-categories').fill('政策法规');
    const pictures = process.env['PICTURES'];
    if (pictures) await page.screenshot({ path: `${pictures}/site-wordpress.png` });
    expect(await barriersOf(page, 'html')).toEqual([]);
    await page.getByTestId('save').click();
    await page.getByTestId('site').first().getByText('WordPress').waitFor();

    await page.goto(`${system.consoleUrl}/admin/sites?edit=province`);
    await page.getByTestId('test-connection').click();
    await page.getByTestId('test-said').getByText('发布系统不认用户名、密码或令牌').waitFor();
    if (pictures) await page.screenshot({ path: `${pictures}/site-test.png` });
    expect(await barriersOf(page, 'html')).toEqual([]);
    expect(screen.errors).toEqual([]);
  });

  it('is told of a wrong password after one try, and of its repair by a person', async () => {
    await queue('wrong');
    await approve('wrong');
    await says('wrong', 'repost.publication_failed');
    const failed = (await taskOf('wrong')).find((event) => event.type === 'repost.publication_failed');
    expect(failed).toMatchObject({ attempt: 1, code: 'credentials_refused', nextAttemptAt: null });
    const { page } = screen;
    const editorScreen = await openScreen(browser, system.consoleUrl);
    await enter(editorScreen, 'editor');
    const { taskId, site } = failed!;
    await editorScreen.page.goto(`${system.consoleUrl}/reposts/${site}/${taskId}`);
    const trouble = editorScreen.page.getByTestId('publication-trouble');
    await trouble.getByText('发布系统不认用户名、密码或令牌').waitFor();
    const pictures = process.env['PICTURES'];
    if (pictures) await editorScreen.page.screenshot({ path: `${pictures}/task-trouble.png` });
    expect(await barriersOf(editorScreen.page, 'html')).toEqual([]);

    await page.goto(`${system.consoleUrl}/admin/sites?edit=province`);
    await page.locator('#field-publication-password').fill(wordpress.password);
    await page.getByTestId('save').click();
    await page.getByTestId('site').first().waitFor();
    await page.goto(`${system.consoleUrl}/admin/sites?edit=province`);
    await page.getByTestId('test-connection').click();
    await page.getByTestId('test-said').getByText('连接正常').waitFor();

    await trouble.getByRole('button').click();
    await says('wrong', 'repost.verified');
    expect(await types('wrong')).toEqual(
      expect.arrayContaining(['repost.publication_retried', 'repost.published', 'repost.verified']),
    );
    expect(await stock('wrong')).toEqual([['publish'], 1]);
  });

  it('shows nobody its password: not on a screen, not in its history, and not in the log', async () => {
    const [sites, history] = await Promise.all([
      admin.get('/api/sites'),
      admin.get('/api/rulebook/site/province/history'),
    ]);
    expect(JSON.stringify(sites.body)).toContain('"secret":true');
    const said = JSON.stringify([sites.body, history.body, await readLog(bus)]);
    for (const password of [wordpress.password, 'not the password at all']) expect(said).not.toContain(password);
    expect(said).toContain('sealed.test.');
    expect(JSON.stringify([sites.body, history.body])).not.toContain('sealed.');
  });

  it('has each page once, though we died between its word and ours', async () => {
    // One at its creation, one at its picture, one at its completion.
    const moments = {
      created: /^POST .*\/posts\?/,
      pictured: /^POST .*\/media\?/,
      completed: /^POST .*\/posts\/\d+\?/,
    };
    const open = new Set<RegExp>();
    let accepted = Promise.withResolvers<void>();
    proxy.rule(
      (call) => {
        const met = [...open].find((each) => each.test(call));
        if (!met) return 'pass';
        open.delete(met);
        return 'hold';
      },
      () => accepted.resolve(),
    );
    for (const [sourceId, moment] of Object.entries(moments)) {
      await queue(sourceId);
      accepted = Promise.withResolvers();
      open.add(moment);
      await approve(sourceId);
      await accepted.promise;
    }
    await system.kill('reposts');
    await system.start('reposts');
    for (const sourceId of Object.keys(moments)) {
      await says(sourceId, 'repost.verified');
      expect(await stock(sourceId)).toEqual([['publish'], 1]);
      expect((await types(sourceId)).filter((type) => type === 'repost.publication_started').length).toBeGreaterThan(1);
    }
    expect(twice(await readLog(bus))).toEqual([]);
  });

  it('is asked again by itself after it failed, and when its time has come', async () => {
    await queue('busy');
    let failures = 0;
    proxy.rule((call) => {
      if (!call.startsWith('POST') || failures > 0) return 'pass';
      failures++;
      return { status: 503, headers: { 'retry-after': '1' } };
    });
    await approve('busy');
    await says('busy', 'repost.verified');
    const failed = (await taskOf('busy')).find((event) => event.type === 'repost.publication_failed');
    expect(failed).toMatchObject({ attempt: 1, code: 'busy', nextAttemptAt: expect.any(String) });
    expect(await stock('busy')).toEqual([['publish'], 1]);
  });

  it('has an update where the page stands', async () => {
    await queue('updated');
    await approve('updated');
    await says('updated', 'repost.verified');
    upstream.put('/updated.xml', feedOf('updated').replace('正文第一条', '修订后的第一条'));
    await says('updated', 'repost.update_due');
    await approve('updated');
    await says('updated', 'repost.verified', 2);
    const pages = (await taskOf('updated')).filter((event) => event.type === 'repost.published');
    expect(pages).toHaveLength(2);
    expect(pages[1]).toMatchObject({ url: pages[0]!.url, remoteId: pages[0]!.remoteId, publicPosition: null });
    expect(await (await fetch(pages[0]!.url)).text()).toContain('修订后的第一条');
    expect(await stock('updated')).toEqual([['publish'], 1]);
  });
});
