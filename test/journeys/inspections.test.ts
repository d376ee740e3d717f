// A quarter's inspection, from the frozen list to the page from which citizens repeat the draw.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBus } from '@tongsheng/bus';
import { InspectionDetail, quarterOf, verifyScript, worksheetItem } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  picture,
  readLog,
  signIn,
  startBrowser,
  startSite,
  startSystem,
  until,
  type Screen,
  type Session,
  type Site,
  type System,
} from '@tongsheng/test/support';
import { DateTime } from 'luxon';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

const { inspectionId } = quarterOf(new Date().toISOString());
const site = 'province';
const publicValue = '3456.78';
const day = (ago: number) => DateTime.now().setZone('Asia/Shanghai').minus({ days: ago }).toISODate()!;
const list = (newest: string) =>
  `<!doctype html><title>栏目</title><ul><li><a href="/1.html">关于便民办税的通知</a> <span>${newest}</span></li><li><a href="/gone.html">旧文件下载</a> <span>2020-01-02</span></li></ul>`;
const judgements = worksheetItem.options.map((item) => ({ item, verdict: 'fine', note: '', url: null }));

let system: System;
let target: Site;
let manager: Session;
let browser: Browser;
let screen: Screen;

beforeAll(async () => {
  target = await startSite();
  target.put('/', list(day(1)));
  target.put('/1.html', '<!doctype html><title>1</title>');
  target.put('/news/', list(day(40)));
  system = await startSystem({
    services: ['registry', 'reposts', 'oversight', 'clock', 'duty', 'gateway', 'portal'],
    samples: false,
    environment: { WEB_ALLOW: new URL(target.url).host },
  });
  browser = await startBrowser();
  manager = await signIn(system.consoleUrl, 'manager');
  const admin = await signIn(system.consoleUrl, 'admin');
  const columns = [
    { name: '新闻', url: `${target.url}/news/`, kind: 'news' },
    { name: '通知', url: `${target.url}/lost/`, kind: 'notices' },
  ];
  for (const siteId of ['county-a', 'county-b']) {
    const of = { siteId, name: `示例${siteId}`, level: 'city', baseUrl: target.url, columns };
    const publication = { kind: 'webhook', settings: { url: `${target.url}/hook`, secret: 'whsec_c2VjcmV0c2VjcmV0' } };
    const answer = await admin.command({ type: 'site.register', site: { ...of, publication } });
    expect(answer).toMatchObject({ status: 202 });
  }
  screen = await openScreen(browser, `${system.consoleUrl}/inspections`);
  await enter(screen, 'manager');
});
afterAll(async () => {
  await browser.close();
  await system[Symbol.asyncDispose]();
  await target[Symbol.asyncDispose]();
});

const detail = async (atLeast = 0) =>
  InspectionDetail.parse((await manager.get(`/api/inspections/${inspectionId}?site=${site}&atLeast=${atLeast}`)).body);
const say = async (type: string, more: object = {}) => {
  const { status, body } = await manager.command({ type: `inspection.${type}`, site, inspectionId, ...more });
  return { status, ...(body as { position: number; code?: string }) };
};

const accessible = async (name: string) => {
  await picture(screen.page, name);
  expect(await barriersOf(screen.page)).toEqual([]);
};
const press = (id: string) => screen.page.getByTestId(id).click();
const stateIs = (state: string) => screen.page.locator(`[data-testid=inspection][data-state=${state}]`).waitFor();

it('is expected as soon as there is a site that supervises', async () => {
  await until(async () => expect((await detail()).row.state).toBe('expected'));
});

it('freezes its list, is drawn once, and never with less than thirty of a hundred', async () => {
  const { page } = screen;
  await page.goto(`${system.consoleUrl}/inspections`);
  await page.getByTestId('inspection-list').waitFor();
  await accessible('inspections');
  await page.keyboard.press('Enter');
  await stateIs('expected');
  await page.getByTestId('not-opened').waitFor();
  await page.keyboard.press('a');
  await page.fill('#field-share', '29');
  await page.getByLabel('某市税务局网站（示例）', { exact: true }).check();
  await press('send-form');
  await page.getByTestId('problems').waitFor();
  await accessible('inspection-open');
  await page.fill('#field-share', '50');
  await page.getByLabel('理由 某市税务局网站（示例）').fill('正在迁移');
  await page.keyboard.press('Control+Enter');
  await stateIs('opened');
  const open = { publicValueName: '值', exclude: [] };
  expect(await say('open', { ...open, share: 29 })).toMatchObject({ status: 422, code: 'inspection_share_low' });
  expect(await say('open', { ...open, share: 30 })).toMatchObject({ status: 409, code: 'inspection_opened' });
  await page.keyboard.press('a');
  await page.fill('#field-value', publicValue);
  await page.keyboard.press('Control+Enter');
  await stateIs('drawn');
  expect(await say('draw', { publicValue: 'another' })).toMatchObject({ status: 409, code: 'inspection_drawn' });
  await press('enlarge');
  await page.fill('#field-reason', '全部检查');
  await press('send-form');
  await page.locator('[data-testid=inspected-sites] tbody tr').nth(2).waitFor();
  // In the middle of looking: what was begun goes on, and nothing of it is done twice.
  await system.kill('oversight');
  await system.start('oversight');
  expect((await detail()).row.sites.map(({ siteId }) => siteId).sort()).toEqual(['county-a', 'county-b', 'province']);
  await page.getByText('怎样复算').click();
  await press('recompute');
  await page.getByText('复算一致').waitFor();
});

it('looks at every site by machine, step by step, and counts what it could not see as no pass', async () => {
  const checks = await until(async () => {
    const found = (await detail()).checks;
    expect(found.map(({ progress }) => progress)).toEqual([1, 1, 1]);
    expect(found.map(({ check }) => check.probes.counted)).toEqual([1, 1, 1]);
    return found;
  }, 60_000);
  const { check, findings } = checks.find(({ check: of }) => of.site === 'county-a')!;
  expect(check.links.dead.map(({ url }) => url)).toEqual([`${target.url}/gone.html`]);
  const codes = findings.map(({ code, severity }) => `${code} ${severity}`);
  expect(codes).toEqual(['probes_few unchecked', 'column_stale major', 'column_unread unchecked', 'link_dead minor']);
  const { snapshot, url } = check.pages[0]!;
  const kept = await manager.get(`/api/site-checks/${check.checkId}/evidence/${snapshot}?site=county-a`);
  expect(kept).toMatchObject({ status: 200, body: { url, intact: true, statusLine: 'HTTP/1.1 200 OK' } });
});

it('goes on after a crash of whoever looks, and does no step twice', async () => {
  const bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  const entries = await readLog(bus);
  await bus.close();
  const steps = entries.flatMap(({ site: of, events }) =>
    events.flatMap((event) => {
      if (event.type === 'site_check.page_read') return [`${of} page ${event.at}`];
      if (event.type === 'site_check.links_followed') return [`${of} links ${event.from}`];
      if (event.type === 'site_check.probed') return [`${of} probe ${event.n}`];
      return event.type === 'site_check.reposts_looked' ? [`${of} reposts`] : [];
    }),
  );
  for (const of of ['county-a', 'county-b', 'province'])
    expect(steps).toContainEqual(expect.stringContaining(`${of} probe `));
  expect(steps.filter((step, i) => steps.indexOf(step) !== i)).toEqual([]);
});

it('is concluded by people, and a faulty site is told, talked to and looked at again', async () => {
  const { page } = screen;
  expect(await say('conclude', { siteId: 'county-a' })).toMatchObject({ code: 'inspection_not_judged' });
  for (const siteId of ['county-b', 'province']) {
    expect(await say('publish', { stage: 'results' })).toMatchObject({ code: 'inspection_unfinished' });
    await say('judge', { siteId, judgements });
    expect(await say('conclude', { siteId })).toMatchObject({ status: 202 });
  }
  await page.locator('tr[data-site=county-a] button').click();
  await page.locator('[data-testid=findings] [data-code=column_stale]').waitFor();
  await page.keyboard.press('w');
  for (const item of worksheetItem.options) await page.getByTestId(`judge-${item}`).selectOption('fine');
  await page.getByTestId('judge-wording').selectOption('fault');
  await press('send-form');
  await page.getByTestId('problems').waitFor();
  await accessible('inspection-sheet');
  await page.fill('#field-note-wording', '首页标题有错字');
  const seen = Buffer.from('%PDF-1.4\n% 首页截图\n%%EOF\n');
  await page.getByTestId('evidence').setInputFiles({ name: '首页.pdf', mimeType: 'application/pdf', buffer: seen });
  await page.locator('.attachments ol > li', { hasText: '首页.pdf' }).waitFor();
  await page.keyboard.press('Control+Enter');
  const kept = page.getByTestId('sheet-evidence').getByRole('link', { name: '首页.pdf' });
  const path = (await kept.getAttribute('href'))!;
  expect(Buffer.from(await (await page.request.get(`${system.consoleUrl}${path}`)).body())).toEqual(seen);
  expect((await fetch(`${system.consoleUrl}${path}`)).status).toBe(401);
  await press('conclude');
  await press('confirm');
  await page.locator('[data-testid=after]').waitFor();
  await page.keyboard.press('n');
  await page.fill('#field-mendBy', '2030-01-01T12:00');
  await page.keyboard.press('Control+Enter');
  await page.locator('.inspection-after').waitFor();
  const talk = { with: '张处长', where: '三楼会议室', heldAt: new Date().toISOString(), record: '已说明问题' };
  await say('interview', { siteId: 'county-a', ...talk });
  await say('recheck', { siteId: 'county-a', mended: true, note: '错字已改' });
  await page.locator('.inspection-after').nth(2).waitFor();
  await accessible('inspection');
  const { sites } = (await detail()).row;
  expect(sites.find(({ siteId }) => siteId === 'county-a')!.conclusion!.result).toBe('failed');
  expect(sites.find(({ siteId }) => siteId === 'county-b')!.conclusion!.result).toBe('unchecked');
});

it('is published by one decision, and whoever reads the page repeats the draw', async () => {
  await press('publish');
  await press('confirm');
  await stateIs('published');
  const url = await until(async () => {
    const { row } = await detail();
    expect(row.state).toBe('published');
    return row.published[0]!.url;
  });
  const page = await until(async () => {
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    return answer.text();
  });
  expect(page).toContain('不合格');
  expect(page).toContain('复查已整改');
  expect(page).not.toContain('首页标题有错字');

  const folder = mkdtempSync(join(tmpdir(), 'inspection-'));
  try {
    const [sites] = [...page.matchAll(/<pre>([^<]*)<\/pre>/g)].map(([, text]) => text!);
    writeFileSync(join(folder, 'sites.txt'), sites!);
    const env = { PATH: process.env['PATH'], QUARTER: inspectionId, PUBLIC_VALUE: publicValue, COUNT: '2' };
    const said = execFileSync('sh', ['-c', verifyScript], { cwd: folder, env, encoding: 'utf8' }).trim().split('\n');
    const { row } = await detail();
    expect(said).toEqual([`list ${row.listHash}`, `seed ${row.draw!.seed}`, ...row.draw!.chosen]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it('says how far our own site is from what would fail it', async () => {
  const { page } = screen;
  await page.goto(`${system.consoleUrl}/inspections`);
  await page.getByTestId('self-county-b').locator('summary').click();
  await press('begin-county-b');
  await page.locator('[data-testid=self-county-b] .tag[data-code=home_stale]', { hasText: '再过 13 天触线' }).waitFor();
  await accessible('inspections-self');
  expect(screen.errors).toEqual([]);
});
