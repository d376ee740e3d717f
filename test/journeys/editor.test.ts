import type { ChannelRow, ReleaseDetail, ReleaseFile } from '@tongsheng/contracts';
import { signIn, startSystem, until, type Session, type System } from '@tongsheng/test/support';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { largeWord, wordDocument } from '../../services/console/src/releases/paste/samples.ts';
import { barriersOf, enter, openScreen, startBrowser, type Screen } from '../support/browser.ts';

const pictures = process.env['PICTURES'];
let system: System;
let browser: Browser;
const screens: Screen[] = [];

async function signedIn(personId: string, path = '/'): Promise<Screen> {
  const screen = await openScreen(browser, `${system.consoleUrl}${path}`);
  screens.push(screen);
  await enter(screen, personId);
  return screen;
}
const shoot = async (page: Page, name: string) => {
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
};

/** As the clipboard gives it. */
const paste = (page: Page, html: string, text = 'x') =>
  page.locator('#field-body').evaluate(
    (element, given) => {
      const data = new DataTransfer();
      data.setData('text/html', given.html);
      data.setData('text/plain', given.text);
      element.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    },
    { html, text },
  );

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==',
  'base64',
);
const file = (name: string, buffer: Buffer, mimeType = 'image/png') => ({ name, mimeType, buffer });

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({ services: ['registry', 'releases', 'delivery', 'gateway', 'portal'] }),
    startBrowser(),
  ]);
  const admin = await signIn(system.consoleUrl, 'admin');
  const settings = { appid: 'wx0000000000', appSecret: 'secret-of-nobody' };
  const channel = { channelId: 'wechat', name: '公众号', site: 'province', kind: 'wechat', settings };
  expect(await admin.command({ type: 'channel.register', channel })).toMatchObject({ status: 202 });
});
afterAll(async () => {
  await browser?.close();
  await system?.[Symbol.asyncDispose]();
});

it('a press release is written from Word, with pictures, an attachment and a channel’s own words', async () => {
  const { page } = await signedIn('comms', '/releases/new?kind=press');
  await page.locator('#field-title').fill('长'.repeat(33));
  await page.locator('#field-body').click();
  await paste(page, wordDocument);
  await page.locator('#field-body h2').getByText('关于优化办税服务的公告').waitFor();
  const text = page.locator('#field-body');
  expect(await text.locator('table td').allInnerTexts()).toEqual(['税种', '期限', '15日']);
  expect(await text.locator('li').count()).toBe(5);
  await shoot(page, 'editor-word');

  // What is no picture is said to be none, whatever it is called.
  const missing = page.getByTestId('picture');
  await missing.locator('input[type=file]').setInputFiles(file('图.png', Buffer.from('<html>')));
  await page.getByTestId('uploads').getByText('不是能显示的图片').waitFor();
  await page.getByTestId('uploads').getByText('知道了').click();
  await missing.locator('input[type=file]').setInputFiles(file('流程.png', png));
  await until(async () =>
    expect(
      await text
        .locator('img')
        .first()
        .evaluate((img: HTMLImageElement) => img.naturalWidth),
    ).toBe(1),
  );
  await page.getByTestId('attach').setInputFiles(file('附件.pdf', Buffer.from('%PDF-1.7\n%%EOF'), 'application/pdf'));
  await page.getByRole('link', { name: '附件.pdf' }).waitFor();

  // Kept by itself, before anybody saved it.
  await page.locator('[data-testid=kept][data-state=kept]').waitFor();
  await page.getByTestId('save-submit').click();
  const problems = page.getByTestId('problems');
  const over = problems.getByText('标题 33/32', { exact: false }).first();
  await over.waitFor();
  await shoot(page, 'editor-problems');
  await over.click();
  await page.getByTestId('variant').waitFor();
  await page.getByTestId('own-title').click();
  await page.getByTestId('variant').locator('input').first().fill('办税服务更方便');
  await page.getByTestId('channel-preview').getByText('办税服务更方便').first().waitFor();
  const sent = page.getByTestId('channel-preview').frameLocator('iframe').locator('body');
  expect(await sent.evaluate((body) => getComputedStyle(body).marginTop)).toBe('12px');
  await shoot(page, 'editor-variant');
  expect(await barriersOf(page)).toEqual([]);
  await page.getByRole('button', { name: '网页预览' }).click();
  await page.getByTestId('page-preview').locator('iframe').waitFor();
  await page.frameLocator('iframe').getByText('附件.pdf').waitFor();
  await shoot(page, 'editor-page');
});

it('what was not saved is there again after the window was closed', async () => {
  const { page } = await signedIn('comms', '/releases');
  await page.getByTestId('kept-drafts').getByText('长'.repeat(33)).click();
  await page.getByTestId('restored').waitFor();
  await page.locator('#field-title').fill('优化办税服务');
  await page.getByTestId('save').click();
  await page.getByTestId('notices').getByText('已保存第 1 稿').waitFor();
  await page.getByTestId('restored').waitFor({ state: 'detached' });
});

it('two people in one draft: what does not meet is merged, what meets is chosen, and nothing is lost', async () => {
  const list = await signedIn('comms', '/releases?show=all');
  await list.page.getByRole('link', { name: '优化办税服务' }).click();
  await list.page.getByTestId('edit').click();
  const one = list.page;
  await one.locator('#field-body h2').waitFor();
  const path = new URL(one.url()).pathname;
  const { page: two } = await signedIn('comms2', path);
  await two.locator('#field-body h2').waitFor();
  await two.getByTestId('others').getByText('赵宣传').waitFor();

  await two.locator('#field-title').fill('优化办税服务十条');
  const second = two.locator('#field-body p').getByText('一、总体要求');
  await second.click();
  await two.keyboard.press('End');
  await two.keyboard.type('（乙改）');
  await two.getByTestId('save').click();
  await two.getByTestId('notices').getByText('已保存第 2 稿').waitFor();

  await one.locator('textarea').first().fill('甲写的摘要');
  await one.getByTestId('save').click();
  await one.getByTestId('refusal').getByText('没有冲突').waitFor();
  expect(await one.locator('#field-title').inputValue()).toBe('优化办税服务十条');
  expect(await one.locator('textarea').first().inputValue()).toBe('甲写的摘要');
  await one.locator('#field-body').getByText('（乙改）').waitFor();
  await one.getByTestId('save').click();
  await one.getByTestId('notices').getByText('已保存第 3 稿').waitFor();

  // Now both at the same paragraph: the second one's base is revision 2.
  await second.click();
  await two.keyboard.press('End');
  await two.keyboard.type('（乙再改）');
  await one.locator('#field-body p').getByText('（乙改）').click();
  await one.keyboard.press('End');
  await one.keyboard.type('（甲改）');
  await one.getByTestId('save').click();
  await one.getByTestId('notices').getByText('已保存第 4 稿').waitFor();
  await two.getByTestId('save').click();
  const merge = two.getByTestId('merge');
  await merge.waitFor();
  await merge.getByText('（甲改）').first().waitFor();
  await merge.getByText('（乙再改）').first().waitFor();
  await shoot(two, 'editor-merge');
  expect(await barriersOf(two)).toEqual([]);
  await two.getByTestId('apply-merge').click();
  const text = two.locator('#field-body');
  await text.getByText('（甲改）').waitFor();
  await text.getByText('（乙再改）').waitFor();
  await two.getByTestId('save').click();
  await two.getByTestId('notices').getByText('已保存第 5 稿').waitFor();

  await two.getByTestId('versions-open').click();
  const versions = two.getByTestId('versions');
  await versions.locator('select').first().selectOption('1');
  await versions.getByTestId('diff').getByText('优化办税服务', { exact: false }).first().waitFor();
  await shoot(two, 'editor-versions');
  await two.getByTestId('restore').click();
  await until(async () => expect(await two.locator('#field-title').inputValue()).toBe('优化办税服务'));
  await two.getByTestId('save').click();
  await two.getByTestId('notices').getByText('已保存第 6 稿').waitFor();
});

it('five megabytes of Word leave the page alive, and are all there', async () => {
  const { page } = await signedIn('comms', '/releases/new?kind=notice');
  await page.locator('#field-body').click();
  await paste(page, largeWord(5 * 2 ** 20));
  await page.getByTestId('cleaning').waitFor();
  await page.locator('#field-title').fill('页面还在');
  await page.getByTestId('cleaning').waitFor({ state: 'detached', timeout: 60_000 });
  const large = largeWord(5 * 2 ** 20).match(/<p class=MsoNormal/g)!.length;
  expect(await page.locator('#field-body p').count()).toBe(large);
  await page
    .locator('#field-body')
    .getByText(`第${large - 1}段`)
    .waitFor();
  expect(await page.locator('#field-title').inputValue()).toBe('页面还在');
});

it('a file is for the people of its release until that is signed, and then for everybody', async () => {
  const as = new Map<string, Session>();
  const people = ['comms', 'reviewer', 'confidentiality', 'signer', 'editor'] as const;
  for (const each of people) as.set(each, await signIn(system.consoleUrl, each));
  const comms = as.get('comms')!;
  const brought = await fetch(
    `${system.consoleUrl}/api/files?site=province&name=${encodeURIComponent('大厅.jpg')}&purpose=picture`,
    {
      method: 'POST',
      headers: { cookie: comms.cookie, 'x-csrf-token': comms.me.csrfToken, 'content-type': 'application/octet-stream' },
      body: png,
    },
  );
  expect(brought.status).toBe(201);
  const picture = (await brought.json()) as ReleaseFile;
  expect(picture).toMatchObject({ name: '大厅.png', mediaType: 'image/png', bytes: png.length });
  const key = { site: 'province', releaseId: 'with-a-picture' };
  const draft = {
    kind: 'press',
    title: '大厅启用',
    summary: '',
    rumor: null,
    channels: [] as string[],
    html: `<p>文</p><img src="files/${picture.hash}" alt="大厅">`,
    files: [picture],
  };
  const { rows } = (await comms.get('/api/channels')).body as { rows: ChannelRow[] };
  draft.channels = rows
    .filter(({ site, kind }) => site === key.site && kind === 'email')
    .map(({ channelId }) => channelId);
  expect(await comms.command({ type: 'release.draft', ...key, draft, baseRevision: 0 })).toMatchObject({ status: 202 });
  const path = `/api/releases/${key.releaseId}/files/${picture.hash}?site=${key.site}`;
  expect((await as.get('reviewer')!.get(path)).status).toBe(200);
  expect((await as.get('editor')!.get(path)).status).toBe(403);
  expect((await fetch(`${system.consoleUrl}${path}`)).status).toBe(401);
  expect((await comms.get(path.replace(picture.hash, 'f'.repeat(64)))).status).toBe(404);
  const address = `${system.portalUrl}/province/press/${key.releaseId}/files/${picture.hash}`;
  expect((await fetch(address)).status).toBe(404);

  const { row } = await until(async () => {
    const { body, status } = await comms.get(`/api/releases/${key.releaseId}?site=${key.site}`);
    expect(status).toBe(200);
    return body as ReleaseDetail;
  });
  const seen = { ...key, seenHash: row.contentHash };
  expect(await comms.command({ type: 'release.submit', ...seen })).toMatchObject({ status: 202 });
  for (const [who, step] of [
    ['reviewer', 'review'],
    ['confidentiality', 'confidentiality'],
    ['signer', 'sign'],
  ] as const)
    expect(await as.get(who)!.command({ type: 'release.pass_step', ...seen, step })).toMatchObject({ status: 202 });
  await until(async () => {
    const shown = await fetch(address);
    expect(shown.status).toBe(200);
    expect(Buffer.from(await shown.arrayBuffer())).toEqual(png);
  });
});

it('takes what it copied itself, its tables with it, and what is dragged here from another page', async () => {
  const { page } = await signedIn('comms', '/releases/new?kind=notice');
  const text = page.locator('#field-body');
  await text.click();
  await paste(page, wordDocument);
  await text.locator('table').waitFor();
  for (const keys of ['Control+a', 'Control+c', 'Control+End', 'Control+v']) await text.press(keys);
  await until(async () => expect(await text.locator('table').count()).toBe(2));
  await text
    .locator('h2')
    .first()
    .evaluate((element) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.setData('text/html', '<p><span style="font-weight:bold;color:red">拖来的话</span></p>');
      const { left, bottom } = element.getBoundingClientRect();
      const at = { clientX: left + 2, clientY: bottom - 4 };
      element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true, ...at }));
    });
  await text.locator('strong').getByText('拖来的话').waitFor();
});

it('no page threw, and none reported an error', () => {
  expect(screens.flatMap(({ errors }) => errors)).toEqual([]);
});
