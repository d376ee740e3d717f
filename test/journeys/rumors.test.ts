// A rumor from the clue to its rebuttal: reported, assessed, answered by four people, public; and whoever is on duty hears
// of it when the time runs out.
import { BusClient, connectBus, type Bus } from '@tongsheng/bus';
import { AlarmRow, ReleaseDetail, RumorDetail, type RumorCommand } from '@tongsheng/contracts';
import {
  barriersOf,
  editor,
  enter,
  openScreen,
  picture,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Screen,
  type Session,
  type System,
} from '@tongsheng/test/support';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

const claim = '2026年起银行存款利息要缴20%个人所得税';
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==',
  'base64',
);
const people = { review: 'reviewer', confidentiality: 'confidentiality', sign: 'signer' } as const;

let system: System;
let browser: Browser;
let screen: Screen;
let bus: Bus;
let comms: Session;
let duty: Session;
let rumorCaseId: string;

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({
      services: ['registry', 'releases', 'delivery', 'clock', 'duty', 'gateway', 'portal'],
      samples: false,
    }),
    startBrowser(),
  ]);
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  [comms, duty] = await Promise.all([signIn(system.consoleUrl, 'comms'), signIn(system.consoleUrl, 'duty')]);
  screen = await openScreen(browser, `${system.consoleUrl}/rumors`);
  await enter(screen, 'comms');
});
afterAll(async () => {
  await browser.close();
  await bus.close();
  await system[Symbol.asyncDispose]();
});

const accessible = async (name: string) => {
  await picture(screen.page, name);
  expect(await barriersOf(screen.page)).toEqual([]);
};
const detail = async (id = rumorCaseId) => RumorDetail.parse((await comms.get(`/api/rumors/${id}?site=province`)).body);
const stateIs = (state: string) => screen.page.locator(`[data-testid=rumor][data-state=${state}]`).waitFor();

it('is reported with all that is known, and its clock starts', async () => {
  const { page } = screen;
  await page.goto(`${system.consoleUrl}/rumors`);
  await page.getByTestId('empty').waitFor();
  await accessible('rumors-empty');
  await page.keyboard.press('c');
  await page.getByTestId('rumor-form').waitFor();
  await page.getByTestId('report').click();
  await page.getByTestId('problems').waitFor();
  await accessible('rumor-form');
  await page.fill('#field-claim', claim);
  await page.fill('#field-seenWhere', '某短视频平台');
  await page.fill('#field-link', 'https://rumor.example/v/1');
  const evidence = page.getByTestId('evidence');
  await evidence.setInputFiles({ name: '截图.png', mimeType: 'image/png', buffer: Buffer.from([77, 90, 0, 3]) });
  await page.locator('.upload-failed').waitFor();
  await evidence.setInputFiles({ name: '截图.png', mimeType: 'image/png', buffer: png });
  await page.locator('.attachments ol > li', { hasText: '截图.png' }).waitFor();
  await accessible('rumor-evidence');
  await page.keyboard.press('Control+Enter');
  await stateIs('reported');
  const kept = page.getByTestId('clues').getByRole('link', { name: '截图.png' });
  const path = (await kept.getAttribute('href'))!;
  expect(Buffer.from(await (await page.request.get(`${system.consoleUrl}${path}`)).body())).toEqual(png);
  expect((await fetch(`${system.consoleUrl}${path}`)).status).toBe(401);
  await page.getByTestId('countdown').waitFor();
  rumorCaseId = page.url().split('/').at(-1)!;
  const { row } = await detail();
  expect(row).toMatchObject({ claim, state: 'reported', limit: 'PT5H', clues: 1 });
  expect(Date.parse(row.dueAt) - Date.parse(row.reportedAt)).toBe(5 * 3_600_000);
});

it('is assessed before it is answered; what is true is not rebutted', async () => {
  const { page } = screen;
  await page.keyboard.press('a');
  await page.selectOption('#field-verdict', 'true');
  await page.fill('#field-facts', '现行规定没有变化，储蓄存款利息所得暂免征收个人所得税。');
  await page.keyboard.press('Control+Enter');
  await page.getByTestId('problems').waitFor();
  await accessible('rumor-assess');
  await page.selectOption('#field-verdict', 'false');
  await page.keyboard.press('Control+Enter');
  await stateIs('to_rebut');
  await accessible('rumor-to-rebut');
});

it('its rebuttal begins with what was found, and ends its clock when the public can read it', async () => {
  const { page } = screen;
  await page.keyboard.press('w');
  await page.locator('#field-title').waitFor();
  expect(await page.inputValue('#field-claim')).toBe(claim);
  await page.getByText('储蓄存款利息所得暂免征收').waitFor();
  await page.fill('#field-title', '存款利息要缴20%个税？不实！');
  await accessible('rumor-rebuttal');
  await page.getByTestId('save').click();
  await page.getByText('第 1 稿').first().waitFor();
  await until(async () => expect((await detail()).row.releaseId).not.toBeNull());
  const releaseId = (await detail()).row.releaseId!;
  const path = `/api/releases/${releaseId}?site=province`;
  await until(async () => expect((await comms.get(path)).status).toBe(200));
  const seenHash = ReleaseDetail.parse((await comms.get(path)).body).row.contentHash;
  const about = { site: 'province', releaseId, seenHash };
  expect((await comms.command({ type: 'release.submit', ...about })).status).toBe(202);
  for (const [step, who] of Object.entries(people)) {
    const person = await signIn(system.consoleUrl, who);
    expect((await person.command({ type: 'release.pass_step', ...about, step })).status).toBe(202);
  }
  await until(async () => expect((await detail()).row.state).toBe('rebutted'));
  const { row } = await detail();
  expect(row.url).toBe(`${system.portalUrl}/province/rebuttal/${releaseId}`);
  await until(async () => {
    const response = await fetch(row.url!);
    expect(response.status).toBe(200);
    const shown = await response.text();
    expect(shown).toContain(claim);
    // Where it stands is nobody's business but ours, until somebody wants it to be.
    expect(shown).not.toContain('rumor.example');
    expect(shown).toContain('"@type":"ClaimReview"');
  });
  expect(await (await fetch(`${system.portalUrl}/rebuttals`)).text()).toContain(claim);
  page.once('dialog', (dialog) => void dialog.accept());
  await page.goto(`${system.consoleUrl}/rumors/province/${rumorCaseId}`);
  await stateIs('rebutted');
});

it('is followed after its answer, and closed with a reason', async () => {
  const { page } = screen;
  await page.keyboard.press('e');
  await page.getByTestId('send-form').waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText('正在减弱').waitFor();
  await accessible('rumor-rebutted');
  await page.getByTestId('close').click();
  await page.getByTestId('reason').fill('已平息');
  await page.keyboard.press('Control+Enter');
  await stateIs('closed');
  await page.keyboard.press('Escape');
  await page.locator('[data-testid=rumor-list] [data-state=closed]').waitFor();
  await accessible('rumors-list');
});

it('is seen by managers beside the policies and the submissions: how long it took, and that it was in time', async () => {
  const manager = await openScreen(browser, system.consoleUrl);
  await enter(manager, 'manager');
  const { page } = manager;
  await page.goto(`${system.consoleUrl}/compliance?show=releases`);
  const line = page.getByTestId('rebuttals').locator('tbody tr', { hasText: claim });
  await line.waitFor();
  expect(await line.innerText()).toContain('时限内');
  expect(await page.getByTestId('sync').innerText()).toContain('本期没有');
  await picture(page, 'compliance-rebuttals');
  expect(await barriersOf(page)).toEqual([]);
  await line.getByRole('link').click();
  await page.locator('[data-testid=rumor][data-state=closed]').waitFor();
  await page.context().close();
});

it('claimed again in other words, it is shown what answered it before', async () => {
  const { page } = screen;
  await page.keyboard.press('c');
  await page.fill('#field-claim', '银行存款利息2026年要缴个人所得税了');
  await page.getByTestId('similar').getByText(claim).waitFor();
  await accessible('rumor-similar');
  page.once('dialog', (dialog) => void dialog.accept());
  expect(screen.errors).toEqual([]);
});

it('calls whoever is on duty when nine tenths of its time are gone, and is at peace when it needs no answer', async () => {
  const client = new BusClient(bus);
  const late = { rumorCaseId: 'late', site: 'province' };
  const at = new Date(Date.now() - 4.6 * 3_600_000).toISOString();
  const report: RumorCommand = {
    type: 'rumor.report',
    id: 'late/report',
    at,
    actor: editor('comms'),
    ...late,
    clue: { claim: '退税要先交手续费', seenWhere: '电话', link: null, since: null, reach: '', evidence: [] },
  };
  await client.command('rumor', report);
  const alarms = async () => {
    const { rows } = (await duty.get('/api/alarms?show=all')).body as { rows: unknown[] };
    return rows.map((row) => AlarmRow.parse(row)).filter(({ about }) => about.kind === 'rumor');
  };
  await until(async () =>
    expect((await alarms()).filter(({ state }) => state !== 'closed')).toMatchObject([
      { site: 'province', about: { kind: 'rumor', rumorCaseId: 'late', share: 90 } },
    ]),
  );
  const assessed = { facts: '', basis: '', verdict: 'unclear', decision: 'watch' };
  expect((await comms.command({ type: 'rumor.assess', ...late, ...assessed })).status).toBe(202);
  await until(async () => expect((await alarms()).every(({ state }) => state === 'closed')).toBe(true));
});
