// A linked release as people plan it, write its parts, sign them, and see it ready: in the console.
import { LinkedDetail, ReleaseDetail, type DeliveryRow } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  picture,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Screen,
  type System,
} from '@tongsheng/test/support';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

let system: System;
let browser: Browser;
let screen: Screen;
const people = { review: 'reviewer', confidentiality: 'confidentiality', sign: 'signer' } as const;

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({ services: ['registry', 'releases', 'delivery', 'clock', 'gateway', 'portal'], samples: false }),
    startBrowser(),
  ]);
  screen = await openScreen(browser, `${system.consoleUrl}/linked`);
  await enter(screen, 'comms');
});
afterAll(async () => {
  await browser.close();
  await system[Symbol.asyncDispose]();
});

const accessible = async (name: string) => {
  await picture(screen.page, name);
  expect(await barriersOf(screen.page)).toEqual([]);
};

/** Writes what the editor asks for, and saves it. */
async function write(title: string): Promise<void> {
  const { page } = screen;
  await page.fill('#field-title', title);
  await page.locator('.prose').fill('为支持小规模纳税人发展，现将有关事项公告如下。');
  await page.getByTestId('save').click();
  await page.getByText('第 1 稿').first().waitFor();
}

it('begins with a plan that says all it lacks', async () => {
  const { page } = screen;
  await page.getByTestId('new-linked').waitFor();
  await accessible('linked-empty');
  await page.getByTestId('new-linked').click();
  await page.getByTestId('linked-form').waitFor();
  await page.getByTestId('save').click();
  await page.getByTestId('problems').waitFor();
  await accessible('linked-form');
});

it('is written part by part, explains what is missing, signed by others, and ready', async () => {
  const { page } = screen;
  const comms = await signIn(system.consoleUrl, 'comms');
  const linked = { site: 'province', linkedId: 'demo' };
  const plan = { title: '小规模纳税人减免政策及解读', sites: ['province', 'city'] };
  const channels = [
    { channelId: 'province-press-hook', required: true },
    { channelId: 'province-press-mail', required: false },
  ];
  const t0 = new Date(Date.now() + 3_600_000).toISOString();
  const draft = { kind: 'policy', title: '关于减免增值税政策的公告', summary: '', html: '<p>公告。</p>', rumor: null };
  await comms.command({
    type: 'release.draft',
    site: 'province',
    releaseId: 'policy',
    baseRevision: 0,
    draft: { ...draft, channels: [], linked },
  });
  const parts = [{ releaseId: 'policy', site: 'province', role: 'policy' }];
  const planned = await comms.command({
    type: 'linked.plan',
    ...linked,
    baseRevision: 0,
    plan: { ...plan, channels, parts, t0 },
  });
  expect(planned.status).toBe(202);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.goto(`${system.consoleUrl}/linked/province/demo`);
  await page.getByTestId('linked').waitFor();
  await page.getByText('缺解读').waitFor();
  await accessible('linked-lacks');

  await page.getByTestId('write-interpretation').click();
  await page.getByTestId('linked-hint').waitFor();
  await accessible('linked-writing');
  await write('关于《公告》的解读');
  const detail = async () => LinkedDetail.parse((await comms.get('/api/linked/demo?site=province')).body);
  await until(async () => expect((await detail()).row.parts).toHaveLength(2));

  for (const { releaseId } of (await detail()).row.parts) {
    const path = `/api/releases/${releaseId}?site=province`;
    await until(async () => expect((await comms.get(path)).status).toBe(200));
    const seenHash = ReleaseDetail.parse((await comms.get(path)).body).row.contentHash;
    const about = { site: 'province', releaseId, seenHash };
    expect((await comms.command({ type: 'release.submit', ...about })).status).toBe(202);
    for (const [step, who] of Object.entries(people)) {
      const person = await signIn(system.consoleUrl, who);
      expect((await person.command({ type: 'release.pass_step', ...about, step })).status).toBe(202);
    }
  }
  await page.goto(`${system.consoleUrl}/linked/province/demo`);
  await page.getByText('全部就绪').waitFor();
  await accessible('linked-ready');
  await until(async () => expect((await detail()).deliveries.filter(({ ready }) => ready)).toHaveLength(4));
  await page.keyboard.press('r');
  await page.getByTestId('rehearsed').getByText('8 项全部可发').waitFor();
  await accessible('linked-rehearsed');
  await page.getByTestId('tell-press').click();
  await page.getByTestId('press-people').fill('王记者 wang@paper.example\n李记者');
  await page.getByText('看不出邮箱：李记者').waitFor();
  await accessible('linked-press');
  await page.getByTestId('press-people').fill('王记者 <wang@paper.example>');
  await page.getByTestId('send-press').click();
  await page.getByTestId('linked-press').getByText('wang@paper.example').waitFor();
  await until(() => expect(system.newsroom.mails.flatMap(({ to }) => to)).toEqual(Array(2).fill('wang@paper.example')));

  const { row } = await detail();
  const soon = { ...plan, channels, parts: row.parts, t0: new Date(Date.now() + 2_500).toISOString() };
  const moved = await comms.command({ type: 'linked.plan', ...linked, baseRevision: row.revision, plan: soon });
  expect(moved.status).toBe(202);
  await page.getByText('与现在的方案不一致').waitFor();
  await page.getByTestId('skew').getByText('相差').waitFor({ timeout: 30_000 });
  await accessible('linked-open');
  await page.goto(`${system.consoleUrl}/linked`);
  await page.getByTestId('linked-list').getByText('已公开').waitFor();
  await accessible('linked-list');
  expect(screen.errors).toEqual([]);
});

it('a release for a platform without an interface is handed over by a person, whose proof is looked at', async () => {
  const { page } = screen;
  const comms = await signIn(system.consoleUrl, 'comms');
  const about = { site: 'province', releaseId: 'byhand' };
  const draft = { kind: 'press', title: '便民办税春风行动启动', summary: '', html: '<p>今日启动。</p>', rumor: null };
  const said = { ...draft, channels: ['province-renmin'] };
  expect((await comms.command({ type: 'release.draft', ...about, baseRevision: 0, draft: said })).status).toBe(202);
  const path = '/api/releases/byhand?site=province';
  await until(async () => expect((await comms.get(path)).status).toBe(200));
  const seenHash = ReleaseDetail.parse((await comms.get(path)).body).row.contentHash;
  expect((await comms.command({ type: 'release.submit', ...about, seenHash })).status).toBe(202);
  for (const [step, who] of Object.entries(people)) {
    const person = await signIn(system.consoleUrl, who);
    expect((await person.command({ type: 'release.pass_step', ...about, seenHash, step })).status).toBe(202);
  }
  await page.goto(`${system.consoleUrl}/deliveries`);
  await page.getByRole('link', { name: '人工渠道', exact: true }).click();
  await page.getByRole('heading', { name: draft.title }).waitFor();
  await page.getByText('今日启动').first().waitFor();
  await accessible('assisted');
  const [archive] = await Promise.all([page.waitForEvent('download'), page.getByTestId('package').click()]);
  expect(archive.suggestedFilename()).toBe(`${draft.title}.zip`);

  await page.getByTestId('report').click();
  await page.getByRole('alert').waitFor();
  await accessible('assisted-lacks');
  await page.fill('#field-url', `${system.portalUrl}/province/press/byhand`);
  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  await page.setInputFiles('#field-screenshot', {
    name: '截图.png',
    mimeType: 'image/png',
    buffer: Buffer.from(pixel, 'base64'),
  });
  await page.getByTestId('report').click();
  const done = page.getByTestId('assisted-done');
  await done.getByText('赵宣传').waitFor();
  // It was opened at once, as everybody gets it.
  await done.getByText('尚未核对').waitFor({ state: 'detached' });
  await accessible('assisted-done');
  const { body } = await comms.get('/api/deliveries');
  const row = (body as { rows: DeliveryRow[] }).rows.find(({ releaseId }) => releaseId === 'byhand');
  expect(row).toMatchObject({ state: 'confirmed', reported: { byName: '赵宣传' } });
  const picture = await comms.get(`/api/deliveries/province/${row!.deliveryId}/files/${row!.reported!.screenshot}`);
  expect(picture.status).toBe(200);
  expect(screen.errors).toEqual([]);
});
