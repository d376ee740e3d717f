// From an address to a proof: a source is added by its address, what it brings is found by its words, and what the
// server said is still what the log names.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  barriersOf,
  enter,
  openScreen,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Screen,
  type Session,
  type System,
} from '@tongsheng/test/support';
import { BusClient, connectBus } from '@tongsheng/bus';
import { EvidenceView, ItemDetail, ItemSearch, ItemTasks, SourceDetail } from '@tongsheng/contracts';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let system: System;
let browser: Browser;
let admin: Session;
const screens: Screen[] = [];

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ backlog: [30, 10] }), startBrowser()]);
  admin = await signIn(system.consoleUrl, 'admin');
});
afterAll(async () => {
  await browser.close();
  await system[Symbol.asyncDispose]();
});

async function signedIn(personId: string, path: string): Promise<Page> {
  const screen = await openScreen(browser, `${system.consoleUrl}${path}`);
  screens.push(screen);
  await enter(screen, personId);
  return screen.page;
}
const search = async (query: string) => ItemSearch.parse((await admin.get(`/api/items?${query}`)).body);

describe('an administrator adds a source by its address', () => {
  const name = '国家税务总局网站·政策法规';
  const address = () => `${system.upstreams.url}/national/feed.xml?again`;
  let page: Page;

  it('is told what the address would bring, and that a source watches it already', async () => {
    page = await signedIn('admin', '/sources');
    await page.getByTestId('add-source').click();
    await page.getByTestId('address').fill(`${system.upstreams.url}/national/feed.xml`);
    await page.getByTestId('duplicate').getByText('国家税务总局网站（示例）').waitFor();
    await page.getByTestId('address').fill(address());
    expect(await page.getByTestId('duplicate').count()).toBe(0);
    await page.keyboard.press('Enter');
    const candidate = page.getByTestId('candidate').first();
    await candidate.waitFor();
    expect(await candidate.innerText()).toContain('订阅源');
    expect(await candidate.locator('tbody tr').count()).toBeGreaterThan(0);
  });
  it('loses nothing when something is missing, and is told all of it', async () => {
    await page.getByTestId('choose').first().click();
    await page.locator('#field-name').fill('');
    await page.locator('#field-column').fill('');
    await page.getByTestId('save-source').click();
    const problems = page.getByRole('alert');
    await problems.getByText('请填写来源名称').waitFor();
    await problems.getByText('请填写栏目').click();
    await page.keyboard.type('政策法规');
    expect(await page.locator('#field-column').inputValue()).toBe('政策法规');
    expect(await page.locator('#field-url-0').inputValue()).toBe(address());
  });
  it('sees it being read as soon as it is saved, and its items arrive', async () => {
    await page.locator('#field-name').fill(name);
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('source-page').getByRole('heading', { name }).waitFor();
    await page.getByTestId('looks').locator('tbody tr').first().waitFor();
    await page.locator('.newest li').first().waitFor();
    expect(await page.getByTestId('next-look').innerText()).toMatch(/下次读取|正在读取|即将读取/);
  });
  it('has it read now, and is told what was found', async () => {
    await page.keyboard.press('r');
    await page.getByTestId('read-result').waitFor();
    expect(await page.getByTestId('read-result').innerText()).toMatch(/^已读取/);
  });
  it('sees what was received, with the hash that it still has', async () => {
    await page.getByTestId('received').getByRole('button').first().click();
    await page.getByRole('dialog').locator('[data-testid=evidence][data-intact=true]').waitFor();
    expect(await page.getByRole('dialog').locator('pre').innerText()).toContain('<rss');
    await page.keyboard.press('Escape');
  });
  it('pauses it after a word on what that means, and starts it again', async () => {
    await page.getByTestId('pause').click();
    await page.getByTestId('actions').getByText('不再读取').waitFor();
    await page.getByTestId('confirm').click();
    await page.locator('[data-health=paused]').waitFor();
    await page.getByTestId('pause').click();
    await page.getByTestId('confirm').click();
    await page.locator('[data-health=good]').waitFor();
  });
  it('is shown no secret of a source that is pushed, also when it is edited, and it stays set', async () => {
    const secret = `whsec_${Buffer.from('another secret of twenty-four').toString('base64')}`;
    const source = {
      sourceId: 'partner',
      name: '某部门',
      level: 'province-portal',
      kind: 'webhook',
      url: 'https://partner.example/notices/',
      secret,
      column: '公告',
    };
    expect((await admin.command({ type: 'source.register', source })).status).toBe(202);
    await page.goto(`${system.consoleUrl}/sources/partner/edit`);
    await page.locator('#field-column').fill('通知公告');
    expect(await page.content()).not.toContain(secret);
    await page.getByTestId('save-source').click();
    await page.getByTestId('source-page').getByText('通知公告').waitFor();
    const detail = SourceDetail.parse((await admin.get('/api/sources/partner')).body);
    expect(detail).toMatchObject({ row: { column: '通知公告' }, source: { hasSecret: true } });
    expect(JSON.stringify(detail)).not.toContain(secret);
  });
  it('may not be done by who is no administrator', async () => {
    const editor = await signIn(system.consoleUrl, 'editor');
    const { status } = await editor.post('/api/source-preview', { url: system.upstreams.url });
    expect(status).toBe(403);
    const screen = await signedIn('editor', '/sources/new');
    await screen.getByTestId('forbidden').waitFor();
  });
});

describe('whoever looks for an item', () => {
  let page: Page;
  let title: string;

  it('finds it by a word of its text, with the words about it', async () => {
    await until(async () => expect((await search('limit=5')).rows.length).toBeGreaterThan(2));
    page = await signedIn('comms', '/items');
    await page.getByTestId('item').first().waitFor();
    title = (await search('limit=1')).rows[0]!.title;
    await page.keyboard.press('/');
    await page.keyboard.type(title.slice(0, 12));
    await page.waitForURL((url) => url.searchParams.get('q') === title.slice(0, 12).trim());
    await page.getByTestId('further-text').getByText('已查').waitFor();
    await until(async () => expect(await page.getByTestId('item').first().innerText()).toContain(title));
    const word = '规定';
    const { rows } = await search(`q=${encodeURIComponent(word)}`);
    expect(rows.some(({ excerpt }) => excerpt?.includes(word))).toBe(true);
  });
  it('opens it with the keys, and sees its proof intact', async () => {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.getByTestId('item-page').waitFor();
    await page.locator('[data-testid=evidence][data-intact=true]').waitFor();
    expect(await page.frameLocator('iframe').locator('h1').innerText()).toContain(title);
  });
  it('takes the whole answer along, whose SHA-256 is the one that the log names', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载完整应答' }).click(),
    ]);
    const bytes = await readFile(await download.path());
    const [, , sourceId, itemId] = new URL(page.url()).pathname.split('/');
    const detail = ItemDetail.parse((await admin.get(`/api/items/${sourceId}/${itemId}`)).body);
    const { evidence } = detail.versions[0]!;
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(evidence!.snapshot);
    const path = `/api/items/${sourceId}/${itemId}/evidence`;
    const view = EvidenceView.parse((await admin.get(`${path}/${evidence!.snapshot}`)).body);
    expect(view).toMatchObject({ intact: true, bodyHash: evidence!.bodyHash, statusLine: 'HTTP/1.1 200 OK' });
    expect((await admin.get(`${path}/${'0'.repeat(64)}`)).status).toBe(404);
  });
  it('goes on page by page through all of them, each once', async () => {
    const all = (await search('limit=200')).rows.map(({ itemId }) => itemId);
    const paged: string[] = [];
    for (let before = ''; ;) {
      const { rows, next } = await search(`limit=2${before && `&before=${before}`}`);
      paged.push(...rows.map(({ itemId }) => itemId));
      if (next === null) break;
      before = next;
    }
    expect(paged).toEqual(all);
  });
  it('is told of items that came meanwhile, which wait beside the list', async () => {
    await page.goto(`${system.consoleUrl}/items`);
    await page.getByTestId('item').first().waitFor();
    const before = await page.getByTestId('item').count();
    await system.upstreams.postNext();
    await page.getByTestId('items-arrived').waitFor();
    expect(await page.getByTestId('item').count()).toBe(before);
    await page.keyboard.press('n');
    await until(async () => expect(await page.getByTestId('item').count()).toBeGreaterThan(before));
  });
  it('goes from a task to its item, and from the item to its tasks', async () => {
    const [row] = (await search('source=national-policy&limit=1')).rows;
    const { tasks } = ItemDetail.parse((await admin.get(`/api/items/national-policy/${row!.itemId}`)).body);
    const editor = await signedIn('editor', `/reposts/${tasks[0]!.site}/${tasks[0]!.taskId}`);
    await editor.getByRole('link', { name: '稿件与证据' }).click();
    await editor.getByTestId('item-page').waitFor();
    expect(await editor.getByTestId('item-tasks').getByRole('link').count()).toBe(tasks.length);
    // Those of an older item have left the queue's model; the log knows them as well.
    const bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
    const known = ItemTasks.parse(await new BusClient(bus).ask('reposts.of_item', { itemId: row!.itemId }));
    await bus.close();
    const ids = (all: { site: string; taskId: string }[]) => all.map(({ site, taskId }) => `${site}/${taskId}`).sort();
    expect(ids(known.tasks)).toEqual(ids(tasks));
  });
});

it.each(['zh', 'en'])('every new screen is accessible, in %s', async (language) => {
  const page = await signedIn('admin', '/sources');
  if (language === 'en') await page.getByTestId('language').click();
  const found: string[] = [];
  const check = async (name: string, within = 'html') => {
    for (const each of await barriersOf(page, within)) found.push(`${name}: ${each}`);
  };
  const open = async (path: string, testId: string) => {
    await page.goto(`${system.consoleUrl}${path}`);
    await page.getByTestId(testId).first().waitFor();
  };
  await open('/sources', 'source');
  await check('sources');
  await open('/sources/national-policy', 'looks');
  await check('source');
  await page.getByTestId('received').getByRole('button').first().click();
  await page.getByRole('dialog').getByTestId('evidence').waitFor();
  // What lies dimmed behind a dialog is not there to be read.
  await check('what was received', '[role=dialog]');
  await open('/sources/new', 'find');
  await page.getByTestId('address').fill(`${system.upstreams.url}/city/feed.xml`);
  await page.getByTestId('detect').click();
  await page.getByTestId('candidate').first().waitFor();
  await check('candidates');
  await page.getByTestId('choose').first().click();
  await check('registration');
  page.once('dialog', (dialog) => void dialog.accept());
  await open('/sources/new', 'find');
  await page.getByTestId('address').fill('https://partner.example/');
  await page.getByTestId('choose-webhook').click();
  await page.getByTestId('detector-0').waitFor();
  await page.getByTestId('save-source').click();
  await page.locator('.problems').waitFor();
  await check('problems');
  page.once('dialog', (dialog) => void dialog.accept());
  await open('/items', 'item');
  await check('items');
  await open('/items?q=%E5%BE%81%E6%94%B6', 'further-text');
  await check('found');
  await open('/items?show=withdrawn', 'empty');
  await check('nothing found');
  const [row] = (await search('limit=1')).rows;
  await open(`/items/${row!.sourceId}/${row!.itemId}`, 'evidence');
  await check('item');
  expect(found).toEqual([]);
});

it('no page threw, and none reported an error', () => {
  expect(screens.flatMap(({ errors }) => errors)).toEqual([]);
});
