// A bulletin, from the figures in the log to the page that the public reads, and the papers that go with it.
import { reportFields, ReportRow, reportForm } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  picture,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Session,
  type System,
} from '@tongsheng/test/support';
import { DateTime } from 'luxon';
import { afterAll, beforeAll, expect, it } from 'vitest';

const site = 'province';
const before = DateTime.now().setZone('Asia/Shanghai').minus({ months: 1 });
const reportId = `monthly-${before.toFormat('yyyy-MM')}`;
const path = `/api/reports/${site}/${reportId}`;

let system: System;
let comms: Session;
let manager: Session;

beforeAll(async () => {
  system = await startSystem({
    services: ['registry', 'reposts', 'oversight', 'gateway', 'portal'],
    samples: false,
    environment: { CHROMIUM: '/usr/bin/chromium' },
  });
  comms = await signIn(system.consoleUrl, 'comms');
  manager = await signIn(system.consoleUrl, 'manager');
});
afterAll(() => system[Symbol.asyncDispose]());

const row = async (atLeast = 0) => ReportRow.parse((await manager.get(`${path}?atLeast=${atLeast}`)).body);
const say = async (who: Session, type: string, more: object = {}) => {
  const { status, body } = await who.command({ type: `report.${type}`, site, reportId, ...more });
  return { status, ...(body as { position: number; code?: string }) };
};

it('is opened once for its site and month, and its figures come from the log', async () => {
  expect(await say(comms, 'open')).toMatchObject({ status: 202, changed: true });
  expect(await say(comms, 'open')).toMatchObject({ status: 202, changed: false });
  const { position } = await say(comms, 'compute');
  const { figures, state, period } = await row(position);
  expect(state).toBe('open');
  expect(DateTime.fromISO(period.from, { zone: 'Asia/Shanghai' }).toFormat('yyyy-MM-dd HH:mm')).toBe(
    before.toFormat('yyyy-MM-01 00:00'),
  );
  expect(figures).toMatchObject({ reposts_due: '0', reposts_rate: '无应转载', published_own: '0' });
  // Counted again, and nothing moved: nothing is written.
  expect(await say(comms, 'compute')).toMatchObject({ changed: false });
});

it('is not handed in with gaps; what is typed is kept, and cannot be run by a spreadsheet', async () => {
  const { revision } = await row();
  expect(await say(comms, 'submit', { revision })).toMatchObject({ status: 422, code: 'report_incomplete' });
  const asked = reportFields(reportForm('monthly-1')).map(({ id }) => id);
  const { figures } = await row();
  const entries = asked
    .filter((field) => figures[field] === undefined)
    .map((field) => ({ field, value: field === 'problems' ? '=1+1' : '无', note: '' }));
  const { position } = await say(comms, 'fill', { entries });
  const filled = await row(position);
  const csv = await manager.get(`${path}/report.csv`);
  expect(String(csv.body)).toContain(`"'=1+1"`);
  expect(await say(comms, 'submit', { revision: filled.revision })).toMatchObject({ status: 202 });
});

it('is approved by another, and is then a page of the portal with its workbook and its PDF', async () => {
  const { revision } = await until(async () => {
    const found = await row();
    expect(found.state).toBe('submitted');
    return found;
  });
  expect(await say(comms, 'approve', { revision })).toMatchObject({ status: 403 });
  expect(await say(manager, 'approve', { revision })).toMatchObject({ status: 202 });
  const url = await until(async () => {
    const found = await row();
    expect(found.state).toBe('published');
    return found.url!;
  }, 60_000);
  const page = await until(async () => {
    const answer = await fetch(url);
    expect(answer.status).toBe(200);
    return answer.text();
  });
  expect(page).toContain('政府网站工作月度通报');
  expect(page).toContain('无应转载');
  expect(page).toMatch(/\.pdf/);
  expect(page).toMatch(/\.xlsx/);
  for (const [format, begin] of [
    ['pdf', '%PDF-'],
    ['xlsx', 'PK'],
  ] as const) {
    const answer = await fetch(`${system.consoleUrl}${path}/report.${format}`, { headers: { cookie: manager.cookie } });
    expect(answer.status).toBe(200);
    expect(
      Buffer.from(await answer.arrayBuffer())
        .toString('latin1')
        .startsWith(begin),
    ).toBe(true);
  }
});

it('is only added to from then on, and the public page says so', async () => {
  expect(await say(manager, 'amend', { text: '访问量另行公布。' })).toMatchObject({ status: 202 });
  await until(async () => {
    const { url } = await row();
    expect(await (await fetch(url!)).text()).toContain('访问量另行公布');
  }, 60_000);
});

it('has screens that anybody can read and work with', async () => {
  await using browser = await startBrowser();
  const screen = await openScreen(browser, `${system.consoleUrl}/reports`);
  await enter(screen, 'manager');
  await screen.page.getByTestId('reports').waitFor();
  expect(await barriersOf(screen.page)).toEqual([]);
  await picture(screen.page, 'reports');
  await screen.page.keyboard.press('j');
  await screen.page.keyboard.press('Enter');
  await screen.page.getByTestId('report').waitFor();
  expect(await barriersOf(screen.page)).toEqual([]);
  await picture(screen.page, 'report');
  // In English it can be worked with too; on paper stands what was said, and nothing to press.
  await screen.page.getByTestId('language').click();
  await screen.page.getByRole('heading', { name: 'Reposts' }).waitFor();
  await screen.page.getByText('To be reposted').waitFor();
  expect(await barriersOf(screen.page)).toEqual([]);
  await picture(screen.page, 'report-english');
  await screen.page.emulateMedia({ media: 'print' });
  expect(await screen.page.locator('main .button:visible, main kbd:visible').count()).toBe(0);
  await picture(screen.page, 'report-printed');
  expect(screen.errors).toEqual([]);
});
