// The scenario of the spine, as people live it: real upstream documents, real browsers, real mail, a real partner.
import { readFile } from 'node:fs/promises';
import {
  barriersOf,
  enter,
  openScreen,
  signIn,
  startBrowser,
  startSystem,
  picture,
  until,
  type Screen,
  type System,
} from '@tongsheng/test/support';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

let system: System;
let browser: Browser;
const screens: Screen[] = [];
const mostMinutes = 600;

beforeAll(async () => {
  [system, browser] = await Promise.all([startSystem({ backlog: [mostMinutes, 30, 10] }), startBrowser()]);
  // A document of each sample site: two of them bind both of ours, the city's portal only one.
  const editor = await signIn(system.consoleUrl, 'editor');
  await until(async () => expect((await editor.get('/api/reposts')).body).toMatchObject({ total: 5 }));
});
afterAll(async () => {
  await browser.close();
  await system[Symbol.asyncDispose]();
});

async function signedIn(personId: string, path = '/'): Promise<Screen> {
  const screen = await openScreen(browser, `${system.consoleUrl}${path}`);
  screens.push(screen);
  await enter(screen, personId);
  return screen;
}

const rowsOf = ({ page }: Screen) => page.getByTestId('queue-row');
/** The task on the screen can be approved: both panes have been shown. */
const readyToApprove = ({ page }: Screen) => page.locator('[data-testid=approve][aria-disabled=false]').waitFor();
const feed = async (path: string) => (await fetch(`${system.portalUrl}${path}`)).text();

it('an editor approves the most urgent repost with two keys, the second is told who was first, the public can read it', async () => {
  const [one, two] = await Promise.all([signedIn('editor'), signedIn('editor2')]);
  await until(async () => expect(await rowsOf(one).count()).toBeGreaterThan(2));
  for (const screen of [one, two]) await readyToApprove(screen);

  const left = await one.page.locator('[data-testid=queue-row] [data-testid=countdown]').evaluateAll((clocks) =>
    clocks.map((clock) => {
      const [hours = 0, minutes = 0, seconds = 0] = (clock.firstElementChild?.textContent ?? '')
        .replace(/[^\d:]/g, '')
        .split(':')
        .map(Number);
      return (hours * 60 + minutes) * 60 + seconds;
    }),
  );
  // A second may pass between two of those that are due at the same moment.
  left.forEach((each, i) => expect(each).toBeGreaterThanOrEqual((left[i - 1] ?? 0) - 1));

  const title = await one.page.locator('.task-title').innerText();
  expect(await two.page.locator('.task-title').innerText()).toBe(title);
  const [original, preview] = ['原文（只读）', '我站效果'].map((name) =>
    one.page.frameLocator(`iframe[title="${name}"]`),
  );
  expect(await original!.locator('h1').innerText()).toContain(title);
  expect(await preview!.locator('h1').innerText()).toContain(title);
  // Both have their stylesheet, which our policy knows by its hash.
  for (const frame of [original!, preview!])
    expect(await frame.locator('h1').evaluate((h1) => getComputedStyle(h1).overflowWrap)).toBe('anywhere');
  const stated = await preview!.locator('.article-facts').innerText();
  expect(stated).toMatch(/来源/);

  await Promise.all([one.page.keyboard.press('a'), two.page.keyboard.press('a')]);
  for (const { page } of [one, two]) await page.getByTestId('confirm').waitFor();
  await Promise.all([one.page.keyboard.press('Enter'), two.page.keyboard.press('Enter')]);

  const told = await Promise.race(
    [one, two].map(async (screen) => ({ screen, text: await screen.page.getByTestId('refusal').innerText() })),
  );
  expect(told.text).toMatch(/(李|王)编辑 已于 .* 先同意转载这一条/);
  // Whoever lost sees the same row go on to its proof, without a reload.
  await told.screen.page.locator('[data-testid=queue-row][data-state=verified]').waitFor();

  const url = await told.screen.page.getByTestId('outcome').getByRole('link').getAttribute('href');
  const page = await (await fetch(url!)).text();
  expect(page).toContain(title);
  expect(page).toMatch(/来源/);
  const date = /(\d{4}-\d{2}-\d{2})/.exec(stated)![1]!;
  expect(page).toContain(date);
  for (const path of ['/feed.rss', '/feed.atom', '/feed.json']) expect(await feed(path)).toContain(url);
});

it('the queue does not move under the hand: what is new waits beside it until it is merged', async () => {
  const screen = await signedIn('editor');
  await until(async () => expect(await rowsOf(screen).count()).toBeGreaterThan(1));
  const order = () => rowsOf(screen).evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['key']));
  const before = await order();
  await system.upstreams.postNext();
  await screen.page.getByTestId('arrivals').waitFor();
  expect(await order()).toEqual(before);
  await screen.page.keyboard.press('n');
  await until(async () => expect((await order()).length).toBeGreaterThan(before.length));
  expect(await screen.page.getByTestId('arrivals').count()).toBe(0);
});

it('an exemption takes a second person, and the clock runs on until then', async () => {
  const one = await signedIn('editor');
  await readyToApprove(one);
  const key = await one.page.locator('[data-testid=queue-row][aria-selected=true]').getAttribute('data-key');
  await one.page.keyboard.press('e');
  await one.page.getByTestId('reason').fill('已由上级站点统一转载，依据税总发〔2017〕84号');
  await one.page.keyboard.press('Control+Enter');
  await one.page.getByTestId('notices').getByText('等待第二人会签').waitFor();

  const two = await signedIn('editor2', `/reposts/${key}`);
  await two.page.getByTestId('exemption').getByText('李编辑').waitFor();
  expect(await two.page.getByTestId('countdown').count()).toBe(1);
  await two.page.getByTestId('countersign').click();
  await two.page.getByTestId('confirm').click();
  await two.page.locator('[data-testid=task][data-state=exempted]').waitFor();
});

it('a rebuttal passes three more people and reaches the newsroom and the partner once; a press release too', async () => {
  for (const kind of ['rebuttal', 'press'] as const) {
    const comms = await signedIn('comms');
    await comms.page.getByTestId(`new-${kind}`).click();
    await comms.page.locator('.prose').waitFor();
    await comms.page.getByTestId('save-submit').click();
    // Everything that is missing is said at once.
    await comms.page.getByRole('alert').getByText('请写标题').waitFor();
    const title = kind === 'rebuttal' ? '网传“年底一次补缴全年税款”不实' : '我省办税服务厅启用新的叫号系统';
    await comms.page.locator('#field-title').fill(title);
    if (kind === 'rebuttal') await comms.page.locator('#field-claim').fill('有人称个体工商户年底须一次补缴全年税款');
    await comms.page.locator('.prose').click();
    await comms.page.keyboard.type('经核实，征收方式与申报期限没有变化。');
    await comms.page.keyboard.press('Control+Enter');
    await comms.page.locator('[data-testid=release][data-state=review]').waitFor();
    const path = new URL(comms.page.url()).pathname;

    const steps = [
      ['reviewer', 'confidentiality'],
      ['confidentiality', 'sign'],
      ['signer', 'published'],
    ] as const;
    for (const [person, next] of steps) {
      const screen = await signedIn(person, path);
      await screen.page.getByTestId('pass').waitFor();
      await screen.page.keyboard.press('a');
      await screen.page.getByTestId('confirm').waitFor();
      await screen.page.keyboard.press('Enter');
      await screen.page.locator(`[data-testid=release][data-state=${next}]`).waitFor();
      await screen.page.context().close();
    }
    await comms.page.goto(`${system.consoleUrl}/deliveries`);
    await until(async () => {
      const mine = comms.page.getByTestId('delivery').filter({ hasText: title });
      expect(await mine.locator('[data-state=confirmed]').count()).toBe(2);
    });
    expect(system.newsroom.mails.filter(({ subject }) => subject.includes(title))).toHaveLength(1);
    const calls = [...system.newsroom.calls.values()].filter(({ body }) => body.includes(title));
    expect(calls.map(({ times }) => times)).toEqual([1]);
    expect(await feed('/feed.rss')).toContain(title);
    await comms.page.context().close();
  }
  expect(system.newsroom.refused).toBe(0);
});

it('a manager opens the tasks behind each figure, and takes them along as CSV', async () => {
  const screen = await signedIn('manager');
  await screen.page.getByTestId('as-of').waitFor();
  for (const outcome of ['due', 'on_time', 'late', 'overdue', 'open', 'exempted']) {
    const figure = screen.page.getByTestId(`figure-${outcome}`).first();
    const count = Number(await figure.innerText());
    await figure.click();
    await screen.page.waitForURL(new RegExp(`outcome=${outcome}`));
    await until(async () =>
      expect(await screen.page.getByTestId('tasks-behind').locator('tbody tr').count()).toBe(count),
    );
  }
  expect(Number(await screen.page.getByTestId('figure-exempted').first().innerText())).toBe(1);
  const [download] = await Promise.all([
    screen.page.waitForEvent('download'),
    screen.page.getByRole('link', { name: '导出 CSV' }).click(),
  ]);
  const csv = await readFile(await download.path(), 'utf8');
  expect(csv.startsWith('\uFEFF')).toBe(true);
  expect(csv.trim().split('\r\n')).toHaveLength(2);
});

it('a manager sees how a period went, by site and day, under another limit, and as it stood before', async () => {
  const { page } = await signedIn('manager');
  await page.getByTestId('as-of').waitFor();
  const count = async (name: string) => Number(await page.getByTestId(name).first().innerText());
  const due = await count('figure-due');
  expect(due).toBeGreaterThan(0);
  const cells = await page.getByTestId('heat').locator('tbody td a').allInnerTexts();
  expect(cells.join(' ')).toMatch(/\d+\/\d+/);
  await page.getByTestId('trend').locator('a').last().click();
  await page.waitForURL(/part=/);
  await page.getByTestId('tasks-behind').waitFor();
  await page.getByTestId('filter-level').selectOption('province');
  await page.waitForURL(/level=province/);
  await until(async () => expect(await count('figure-due')).toBeLessThan(due));
  await page.getByTestId('filter-level').selectOption('');
  await page.getByTestId('filter-limit').selectOption('8');
  await page.waitForURL(/limit=8/);
  await until(async () => expect(await count('figure-on_time')).toBe(await count('figure-on_time-limit-8')));
  await picture(page, 'compliance');
  expect(await barriersOf(page)).toEqual([]);
  await page.getByText('发布、辟谣与报送').click();
  await page.getByTestId('reach').locator('tbody tr').first().waitFor();
  expect(await page.getByTestId('rebuttals').innerText()).toContain('本期没有');
  await picture(page, 'compliance-releases');
  expect(await barriersOf(page)).toEqual([]);
  // Yesterday nothing was there yet: the log is folded up to then.
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  await page.goto(`${system.consoleUrl}/compliance?asOf=${encodeURIComponent(yesterday)}`);
  await page.locator('.past-note').waitFor();
  expect(await count('figure-due')).toBe(0);
  const soon = new Date().toISOString();
  await page.goto(`${system.consoleUrl}/compliance?asOf=${encodeURIComponent(soon)}`);
  await page.locator('.past-note').waitFor();
  expect(await count('figure-due')).toBe(due);
});

it('who may not is told so, in words; a page that was open goes on when the session ended and the same person returns', async () => {
  const screen = await signedIn('comms', '/compliance');
  await screen.page.getByTestId('forbidden').waitFor();
  const writer = await signedIn('comms', '/releases/new?kind=press');
  await writer.page.locator('#field-title').fill('写到一半的通稿');
  await writer.page.context().clearCookies();
  await writer.page.getByTestId('save').click();
  await enter(writer, 'comms');
  expect(await writer.page.locator('#field-title').inputValue()).toBe('写到一半的通稿');
});

it.each(['zh', 'en'])('every screen is accessible, in %s: structure, names, contrast', async (language) => {
  const screen = await signedIn('admin');
  const { page } = screen;
  if (language === 'en') await page.getByTestId('language').click();
  const found: string[] = [];
  const check = async (name: string) => {
    for (const each of await barriersOf(page)) found.push(`${name}: ${each}`);
  };
  const paths = [
    '/reposts',
    '/releases?show=all',
    '/deliveries',
    '/compliance',
    '/sources',
    '/dead-letters',
    '/audit',
    '/health',
  ];
  for (const path of paths) {
    await page.goto(`${system.consoleUrl}${path}`);
    await page.getByTestId('me').waitFor();
    await page.locator('main table, main [role=grid], main [data-testid=empty]').first().waitFor();
    await check(path);
  }
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await check('keys');
  const writer = await signedIn('comms', '/releases/new?kind=rebuttal');
  await writer.page.locator('.prose').waitFor();
  for (const each of await barriersOf(writer.page)) found.push(`editor: ${each}`);
  expect(found).toEqual([]);
});

it('every page that a menu leads to opens, with no style or script that our policy refuses', async () => {
  // Who runs and manages the house is led to all of them.
  const { page } = await signedIn('admin');
  const links = page.locator('nav.side .side-link');
  const paths = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')!));
  expect(paths.length).toBeGreaterThan(20);
  for (const [at, path] of paths.entries()) {
    await links.nth(at).click();
    await page.locator(`.side-here[href="${path}"]`).waitFor();
    await page.locator('main > *').first().waitFor();
  }
});

it('signing out in one window ends the others, and nobody sees what was another’s', async () => {
  const one = await signedIn('editor');
  const page = await one.page.context().newPage();
  await page.goto(`${system.consoleUrl}/reposts`);
  await page.getByTestId('queue-row').first().waitFor();
  await one.page.getByText('退出登录').click();
  await one.page.getByTestId('sign-in').waitFor();
  await page.getByTestId('sign-in').waitFor();
  expect(await page.getByTestId('queue-row').first().isVisible()).toBe(false);
  await enter({ page, errors: [] }, 'comms');
  await page.getByTestId('forbidden').waitFor();
  await page.goto(`${system.consoleUrl}/releases`);
  expect(await page.getByTestId('me').innerText()).toContain('赵宣传');
});

it('no page threw, and none reported an error', () => {
  expect(screens.flatMap(({ errors }) => errors)).toEqual([]);
});
