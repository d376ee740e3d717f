// The queue as a screen for many: found by its address, read on unseen, taken along whole, and right about the time.
import { readFile } from 'node:fs/promises';
import { BusClient, connectBus, type Bus } from '@tongsheng/bus';
import type { QueuePage, RepostCommand } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  queueing,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Screen,
  type System,
} from '@tongsheng/test/support';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

let system: System;
let browser: Browser;
let bus: Bus;
const screens: Screen[] = [];
const many = 620;
const hour = 3_600_000;
const begun = Date.now();
const after = (hours: number) => new Date(begun + hours * hour).toISOString();

const say = (command: RepostCommand) => new BusClient(bus).command('repost', command);
/** Due one after another, so that the last is due last. */
const task = (i: number) => ({
  ...queueing(`task-${i}`, i % 31 === 0 ? 'city' : 'province'),
  title: `关于第${i}号事项的公告`,
  documentNumber: `税总发〔2026〕${i}号`,
  clusterId: `task-${i}`,
  column: i % 31 === 0 ? '纳税服务' : '税收政策',
  startsAt: after(0),
  firstSeenAt: after(0),
  dueAt: after(12 + i / 100),
});

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({ services: ['registry', 'reposts', 'gateway'], samples: false }),
    startBrowser(),
  ]);
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  await Promise.all(Array.from({ length: many }, (_, i) => say(task(i))));
  const editor = await signIn(system.consoleUrl, 'editor');
  await until(async () => expect(((await editor.get('/api/reposts')).body as QueuePage).total).toBe(many));
});
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
});

async function signedIn(path: string): Promise<Page> {
  const screen = await openScreen(browser, `${system.consoleUrl}${path}`);
  screens.push(screen);
  await enter(screen, 'editor');
  await screen.page.getByTestId('queue-row').first().waitFor();
  return screen.page;
}
const rowsIn = (page: Page) => page.getByTestId('queue-row');
const countIs = (page: Page, n: number) =>
  page.getByTestId('queue-count').getByText(`${n} 条`, { exact: true }).waitFor();
const rowCount = (page: Page, n: number) => page.locator(`[data-testid=queue][aria-rowcount="${n}"]`).waitFor();

it('is found by its address: what is asked for stands there, survives a reload, and goes away condition by condition', async () => {
  const page = await signedIn('/reposts');
  await countIs(page, many);
  await page.keyboard.press('/');
  await page.keyboard.type('第5');
  await page.keyboard.press('Enter');
  await page.getByTestId('chip-q').waitFor();
  await countIs(page, 1 + 10 + 100);
  await page.getByTestId('queue-filter-open').click();
  await page.getByTestId('by-site').selectOption('city');
  await page.getByTestId('by-column').selectOption('纳税服务');
  expect(await barriersOf(page)).toEqual([]);
  await page.getByTestId('queue-filter').getByRole('button', { name: '查询' }).click();
  await page.getByTestId('chip-site').waitFor();
  const wanted = Array.from({ length: many }, (_, i) => i).filter((i) => i % 31 === 0 && String(i).startsWith('5'));
  await countIs(page, wanted.length);
  const { searchParams } = new URL(page.url());
  expect(Object.fromEntries([...searchParams].filter(([name]) => name !== 'task'))).toEqual({
    q: '第5',
    site: 'city',
    column: '纳税服务',
  });

  await page.reload();
  await countIs(page, wanted.length);
  expect(await rowsIn(page).count()).toBe(wanted.length);
  expect(await barriersOf(page)).toEqual([]);

  const [download] = await Promise.all([page.waitForEvent('download'), page.getByTestId('queue-csv').click()]);
  const csv = (await readFile(await download.path(), 'utf8')).trim().split('\r\n').slice(1);
  expect(csv.map((line) => /第(\d+)号/.exec(line)?.[1])).toEqual(wanted.map(String));

  await page.getByTestId('chip-q').click();
  await countIs(page, Math.ceil(many / 31));
  await page.getByTestId('queue-reset').click();
  await countIs(page, many);
  expect(new URL(page.url()).searchParams.has('site')).toBe(false);
});

it('is read on unseen, as far as one goes, and a screen reader knows how far that is', async () => {
  const page = await signedIn('/reposts');
  await rowCount(page, many);
  const list = page.getByTestId('queue');
  await until(async () => {
    await list.evaluate((element) => (element.scrollTop = element.scrollHeight));
    expect(await page.locator(`[data-testid=queue-row][aria-rowindex="${many}"]`).innerText()).toContain(
      `第${many - 1}号`,
    );
  });
  await rowCount(page, many);
  expect(await barriersOf(page)).toEqual([]);
});

it('says nothing of what changes further down than was read, and waits beside the list with what comes above', async () => {
  const page = await signedIn('/reposts');
  /** The first rows and where they are; the window ends sooner when something waits beside it. */
  const order = () =>
    rowsIn(page).evaluateAll((rows) =>
      rows.slice(0, 8).map((row) => `${(row as HTMLElement).dataset['key']} at ${row.getBoundingClientRect().top}`),
    );
  const before = await order();
  const editor = await signIn(system.consoleUrl, 'editor2');
  expect(await editor.command({ type: 'repost.claim', site: 'province', taskId: 'task-600' })).toMatchObject({
    status: 202,
  });
  await say({
    ...task(many),
    taskId: 'sooner',
    clusterId: 'sooner',
    title: '更急的公告',
    dueAt: after(1),
    site: 'province',
  });
  await page.getByTestId('arrivals').getByText('新到 1 条').waitFor();
  expect(await order()).toEqual(before);
  await page.keyboard.press('n');
  await until(async () => expect((await order())[0]).toMatch(/^province\/sooner/));
  await countIs(page, many + 1);
});

it('is printed whole, not as far as the window shows it', async () => {
  const page = await signedIn('/reposts?site=province&sort=title');
  const provinces = many + 1 - Math.ceil(many / 31);
  await countIs(page, provinces);
  const sheet = page.getByTestId('queue-sheet');
  // By the browser's own menu: what was read, and it says that this is not all.
  await page.evaluate(() => void window.dispatchEvent(new Event('beforeprint')));
  await sheet.getByText(`共 ${provinces} 条，这里是前 100 条`).waitFor({ state: 'attached' });
  await page.evaluate(() => void window.dispatchEvent(new Event('afterprint')));
  await page.evaluate(() => (window.print = () => void window.dispatchEvent(new Event('beforeprint'))));
  await page.getByTestId('queue-print').click();
  await sheet.waitFor({ state: 'attached' });
  expect(await sheet.locator('tbody tr').count()).toBe(provinces);
  await page.emulateMedia({ media: 'print' });
  expect(await sheet.innerText()).toMatch(/站点：.*全部打印/s);
  expect(await page.getByTestId('queue').isVisible()).toBe(false);
});

/** Seconds that are left, as the first countdown of the page says. */
const secondsLeft = async (page: Page): Promise<number> => {
  const text = await page.getByTestId('countdown').first().locator('.countdown-digits').innerText();
  const [hours = 0, minutes = 0, seconds = 0] = /(\d+):(\d+):(\d+)/.exec(text)!.slice(1).map(Number);
  return (hours * 60 + minutes) * 60 + seconds;
};
/** The task that is due in an hour from the beginning has so much left, to a few seconds. */
const isRight = async (page: Page) => {
  const left = (begun + hour - Date.now()) / 1_000;
  expect(Math.abs((await secondsLeft(page)) - left)).toBeLessThan(5);
};

it('counts down rightly on a computer whose clock is wrong, whose lid was shut, and which is somewhere else', async () => {
  const context = await browser.newContext({ viewport: { width: 1366, height: 768 }, timezoneId: 'America/New_York' });
  const page = await context.newPage();
  // Its clock is wrong by 40 minutes.
  await page.clock.install({ time: Date.now() - 40 * 60_000 });
  await page.goto(`${system.consoleUrl}/reposts?q=更急`);
  const screen = { page, errors: [] };
  await enter(screen, 'editor');
  await rowsIn(page).first().waitFor();
  await until(() => isRight(page));

  // The lid is shut; when it is opened, the computer believes that nine hours have passed.
  await page.clock.fastForward(9 * hour);
  await until(() => isRight(page));

  // Somebody sets the clock back while the page is in the background, and looks at it again.
  await page.clock.setSystemTime(Date.now() - 3 * hour);
  await page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')));
  await until(() => isRight(page));

  const due = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', timeStyle: 'short' }).format(begun + hour);
  await page.evaluate(() => void window.dispatchEvent(new Event('beforeprint')));
  expect(await page.getByTestId('queue-sheet').locator('tbody').textContent()).toContain(due);
  await context.close();
});

it('lets go of who leaves it while its address is still to follow, however long the next page takes to load', async () => {
  const page = await signedIn('/reposts');
  await page.clock.install();
  await page.keyboard.press('j');
  // The next page's code hangs; the queue stands until it is there.
  const held = Promise.withResolvers<void>();
  await page.route('**/*.js', async (route) => {
    await held.promise;
    await route.continue();
  });
  const asked = page.waitForRequest('**/*.js');
  await page.locator('a.side-link[href="/rules"]').click();
  await asked;
  await page.clock.runFor(1_000);
  held.resolve();
  await page.locator('.side-here[href="/rules"]').waitFor();
  expect(new URL(page.url()).pathname).toBe('/rules');
});

it('no page threw, and none reported an error', () => {
  expect(screens.flatMap(({ errors }) => errors)).toEqual([]);
});
