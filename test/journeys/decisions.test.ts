// Deciding as people do it: our own text, three people one after another, a return, and many at once.
import type { RepostRow } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  sampleRule,
  sampleSource,
  signIn,
  startBrowser,
  startSite,
  startSystem,
  until,
  type Screen,
  type Site,
  type System,
} from '@tongsheng/test/support';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

let site: Site;
let system: System;
let browser: Browser;
const screens: Screen[] = [];

const body =
  '<h3>有关事项</h3><p>为进一步优化<a href="https://a.example/1">纳税服务</a>，现将有关事项公告如下：</p><ul><li>自公布之日起施行。</li><li>请遵照执行。</li></ul><p>打印 关闭</p>';
const feedOf = (name: string) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>${site.url}</link><item><guid isPermaLink="false">${name}</guid><title>关于${name}事项的公告</title><link>${site.url}/${name}</link><description><![CDATA[${body}]]></description></item></channel></rss>`;

/** A new item of a source of its own; its task, once it is in the queue. */
async function queued(name: string): Promise<RepostRow> {
  const admin = await signIn(system.consoleUrl, 'admin');
  site.put(`/${name}.xml`, feedOf(name));
  // Its own page is there as well: it was not withdrawn.
  site.put(`/${name}`, `<!doctype html><title>关于${name}事项的公告</title><h1>关于${name}事项的公告</h1>${body}`);
  const source = sampleSource(name, `${site.url}/${name}.xml`);
  expect(await admin.command({ type: 'source.register', source })).toMatchObject({ status: 202 });
  return until(async () => {
    const { rows } = (await admin.get('/api/reposts')).body as { rows: RepostRow[] };
    const row = rows.find(({ title }) => title.includes(name));
    if (!row) throw new Error(`${name} is not in the queue`);
    return row;
  });
}
async function signedIn(personId: string, path = '/'): Promise<Screen> {
  const screen = await openScreen(browser, `${system.consoleUrl}${path}`);
  screens.push(screen);
  await enter(screen, personId);
  return screen;
}
const pathOf = ({ site: of, taskId }: RepostRow) => `/reposts/${of}/${taskId}`;
const ready = ({ page }: Screen) => page.locator('[data-testid=approve][aria-disabled=false]').waitFor();
const isState = ({ page }: Screen, state: string) => page.locator(`[data-testid=task][data-state=${state}]`).waitFor();
/** A, and what Enter would sign, in words; then Enter. */
async function sign(screen: Screen): Promise<string> {
  await ready(screen);
  await screen.page.keyboard.press('a');
  await screen.page.getByTestId('confirm').waitFor();
  const said = await screen.page.getByTestId('actions').innerText();
  await screen.page.keyboard.press('Enter');
  return said;
}

beforeAll(async () => {
  site = await startSite();
  [system, browser] = await Promise.all([
    startSystem({
      services: ['registry', 'ingest', 'reposts', 'portal', 'gateway', 'oversight', 'clock'],
      samples: false,
      // What is approved here is held until the end.
      environment: { WEB_ALLOW: `127.0.0.1:${site.port}`, REPOST_HOLD: 'PT10M' },
    }),
    startBrowser(),
  ]);
  const admin = await signIn(system.consoleUrl, 'admin');
  const toCity = sampleRule('city', ['city'], { order: 1, sources: ['three', 'many'] });
  for (const rule of [sampleRule('all', ['province']), toCity])
    expect(await admin.command({ type: 'rule.register', rule })).toMatchObject({ status: 202 });
});
afterAll(async () => {
  await browser?.close();
  await system?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

it('a plain item takes two keys, and Enter says that it signs the confidentiality review', async () => {
  const screen = await signedIn('editor', pathOf(await queued('plain')));
  expect(await sign(screen)).toMatch(/确认即签初审、保密审查：已核对，不涉密/);
  await isState(screen, 'approved');
  // It can be taken back wherever one goes from there.
  await screen.page.getByTestId('held').getByText('关于plain事项的公告').waitFor();
  await screen.page.goto(`${system.consoleUrl}/reposts?q=elsewhere`);
  await screen.page.getByText('没有符合条件的转载').waitFor();
  await screen.page.getByTestId('held').getByText('关于plain事项的公告').waitFor();
});

it('an editor changes our text line by line, sees how faithful it stays, and approves what they saw', async () => {
  const row = await queued('edited');
  const screen = await signedIn('editor', pathOf(row));
  const { page } = screen;
  await ready(screen);
  await page.keyboard.press('t');
  await page.getByTestId('edit-text').waitFor();
  const lines = page.locator('.edit-line');
  expect(await lines.count()).toBe(5);
  await lines.nth(4).getByText('删去').click();
  await lines.nth(1).getByRole('textbox').click();
  await page.keyboard.press('End');
  await page.keyboard.type('（本站注）');
  await page
    .locator('[data-testid=fidelity][data-settled=true]')
    .getByText(/保真 \d/)
    .waitFor();
  await page.locator('.edit-diff ins').getByText('（本站注）').waitFor();
  await page.locator('.edit-diff del').getByText('打印').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.press('Control+Enter');
  await page.getByTestId('edit').waitFor();
  expect(await page.getByTestId('edit').innerText()).toMatch(/李编辑 于 .* 改过文字，保真 \d+(\.\d)? %/);
  await ready(screen);
  const preview = page.frameLocator('iframe[title="我站效果"]');
  const text = await preview.locator('.article-body').innerText();
  expect(text).toContain('现将有关事项公告如下：（本站注）');
  expect(text).not.toContain('打印');
  expect(await preview.locator('a[href="https://a.example/1"]').innerText()).toBe('纳税服务');
  await page.keyboard.press('d');
  await page.getByTestId('compare').locator('ins').getByText('（本站注）').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await sign(screen);
  await isState(screen, 'approved');
});

it('text that is no longer the source’s cannot be saved', async () => {
  const screen = await signedIn('editor', pathOf(await queued('unfaithful')));
  const { page } = screen;
  await ready(screen);
  await page.keyboard.press('t');
  const lines = page.locator('.edit-line');
  for (const at of [0, 1]) await lines.nth(at).getByText('删去').click();
  await page.getByText('改动过大，已认不出原文，不能保存').waitFor();
  expect(await page.getByTestId('save-edit').isDisabled()).toBe(true);
});

it('an administrator sets a chain of three; a form without the confidentiality review is not saved', async () => {
  const { page } = await signedIn('admin', '/rules?tab=chains');
  await page.getByTestId('plain-chain').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.press('c');
  await page.getByTestId('chain-form').waitFor();
  await page.getByTestId('preset-three').click();
  await page.locator('#field-steps-1').getByLabel('保密审查').uncheck();
  await page.getByTestId('save').click();
  await page.getByTestId('problems').getByText('必须有人签保密审查').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.locator('#field-steps-1').getByLabel('保密审查').check();
  await page.getByText('只用于部分站点或类别').click();
  await page.getByLabel('某市税务局网站（示例）').check();
  await page.keyboard.press('Control+Enter');
  await page.getByTestId('chain-row').getByText('三审三校').waitFor();
  expect(await page.getByTestId('chain-row').innerText()).toContain('审核人');
});

it('three people sign one after another; the second one returns it first, with a reason that the queue shows', async () => {
  const row = await queued('three');
  const path = pathOf(row);
  const editor = await signedIn('editor', `/reposts?task=${row.site}/${row.taskId}`);
  const reviewer = await signedIn('reviewer', '/reposts');
  await reviewer.page.getByText('没有等您签字的转载').waitFor();
  expect(await sign(editor)).toMatch(/确认即签初审.*之后由.*签复审、保密审查/s);
  await reviewer.page.getByTestId('nav-review').getByText('1').waitFor();
  await reviewer.page.getByTestId('queue-row').getByText('关于three事项的公告').click();
  await ready(reviewer);
  await editor.page.getByTestId('queue-row').getByText('已签 1/3，待审核人或保密审查员').waitFor();
  expect(await barriersOf(reviewer.page)).toEqual([]);
  await reviewer.page.keyboard.press('r');
  await reviewer.page.getByTestId('reason').fill('附件缺第二页');
  await reviewer.page.keyboard.press('Control+Enter');
  await editor.page.getByTestId('returned-tag').getByText('退回：附件缺第二页').waitFor();

  await editor.page.goto(`${system.consoleUrl}${path}`);
  await editor.page.getByTestId('returned').getByText('钱审核').waitFor();
  await sign(editor);
  await reviewer.page.goto(`${system.consoleUrl}${path}`);
  expect(await sign(reviewer)).toMatch(/确认即签复审、保密审查.*已核对，不涉密.*之后由.*签终审/s);
  const signer = await signedIn('signer', path);
  expect(await sign(signer)).toMatch(/将发布到 某市税务局网站（示例）.*确认即签终审/s);
  await isState(signer, 'approved');
  expect(await signer.page.getByTestId('chain').innerText()).toMatch(/李编辑[\s\S]*钱审核[\s\S]*周签发/);
});

it('many that are green are approved together by three keys, what fails says why, and one key takes them back', async () => {
  for (const name of ['green1', 'green2', 'green3', 'claimed']) await queued(name);
  const other = await signIn(system.consoleUrl, 'editor2');
  const rows = ((await other.get('/api/reposts')).body as { rows: RepostRow[] }).rows;
  const named = (name: string) => rows.find(({ title }) => title.includes(name))!;
  const say = ({ site: of, taskId }: RepostRow, type: string, more: object = {}) =>
    other.command({ type, site: of, taskId, ...more });
  expect(await say(named('claimed'), 'repost.claim')).toMatchObject({ status: 202 });

  const { page } = await signedIn('editor', '/reposts?site=province');
  await page.getByTestId('queue-row').getByText('王编辑在办').waitFor();
  await page.keyboard.press('*');
  await page.getByTestId('batch-bar').waitFor();
  const unfaithful = page.getByTestId('queue-row').filter({ hasText: 'unfaithful' });
  await unfaithful.getByRole('checkbox').uncheck();
  await page.getByTestId('queue-row').filter({ hasText: 'claimed' }).getByRole('checkbox').check();
  expect(await page.getByTestId('batch-bar').innerText()).toContain('已选 4 条，可批量 3 条');
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.press('b');
  await page.getByTestId('batch').waitFor();
  expect(await page.locator('[data-testid=batch-row][data-ready=false]').innerText()).toContain('同事在办');
  await page.getByText('确认即对这 3 条逐条签初审、保密审查').waitFor();
  await page.getByText('同意 3 条', { exact: false }).last().waitFor();
  expect(await barriersOf(page)).toEqual([]);
  // A colleague is faster with one of them.
  const fast = named('green2');
  expect(await say(fast, 'repost.approve', { seenHash: fast.contentHash })).toMatchObject({ status: 202 });
  await page.keyboard.press('Enter');
  await until(async () => expect(await page.locator('.batch-done').count()).toBe(2));
  expect(await page.getByTestId('batch-row').filter({ hasText: 'green2' }).locator('.batch-why').innerText()).not.toBe(
    '',
  );
  await page.keyboard.press('Escape');
  await page.getByTestId('held').getByText('撤回这一批').waitFor();
  await page.keyboard.press('z');
  const open = async () =>
    ((await other.get('/api/reposts?site=province')).body as { rows: RepostRow[] }).rows.map(({ title }) => title);
  await until(async () => expect((await open()).filter((title) => /green[13]/.test(title))).toHaveLength(2));
  expect((await open()).some((title) => title.includes('green2'))).toBe(false);
});

it('the screens say the same in English, and nothing stands in the way', async () => {
  const { page } = await signedIn('admin', '/rules?tab=chains');
  await page.getByTestId('language').click();
  await page.getByTestId('chain-row').getByText('三审三校').waitFor();
  await page.getByText('Where nothing else is said').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.press('c');
  await page.getByText('What it means').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  expect(screens.flatMap(({ errors }) => errors)).toEqual([]);
});
