// A netizen finds an error on a public page and reports it there; an editor answers; the netizen reads the answer by the
// receipt and by mail, and everybody the figures. A limit that runs into a year without a calendar moves when it is entered.
import { createHash } from 'node:crypto';
import { BusClient, asFront, connectBus, type Bus } from '@tongsheng/bus';
import {
  AlarmRow,
  CorrectionDetail,
  correctionIntake,
  CorrectionRow,
  ReleaseDetail,
  ReportTaken,
  role,
  type CorrectionCommand,
  type RegistryCommand,
  type Role,
} from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  picture,
  readDoors,
  readLog,
  readPublic,
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

const releaseId = 'measures';
const address = 'wang.netizen@example.com';
const people = { review: 'reviewer', confidentiality: 'confidentiality', sign: 'signer' } as const;

let system: System;
let browser: Browser;
let netizen: Screen;
let desk: Screen;
let bus: Bus;
let editor: Session;
let receipt: string;

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({
      services: ['registry', 'releases', 'delivery', 'clock', 'oversight', 'duty', 'gateway', 'portal'],
      samples: false,
    }),
    startBrowser(),
  ]);
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  editor = await signIn(system.consoleUrl, 'editor');
  await publish();
});
afterAll(async () => {
  await browser.close();
  await bus.close();
  await system[Symbol.asyncDispose]();
});

/** A page of ours with an error in it. */
async function publish() {
  const comms = await signIn(system.consoleUrl, 'comms');
  const draft = {
    kind: 'press',
    title: '便民办税十项措施',
    summary: '',
    html: '<p>纳税人可在网上预约，增值锐申报延至月底。</p>',
    rumor: null,
    channels: ['province-press-mail'],
  };
  const about = { site: 'province', releaseId };
  expect((await comms.command({ type: 'release.draft', ...about, draft, baseRevision: 0 })).status).toBe(202);
  const path = `/api/releases/${releaseId}?site=province`;
  await until(async () => expect((await comms.get(path)).status).toBe(200));
  const seenHash = ReleaseDetail.parse((await comms.get(path)).body).row.contentHash;
  expect((await comms.command({ type: 'release.submit', ...about, seenHash })).status).toBe(202);
  for (const [step, who] of Object.entries(people)) {
    const person = await signIn(system.consoleUrl, who);
    expect((await person.command({ type: 'release.pass_step', ...about, step, seenHash })).status).toBe(202);
  }
  await until(async () => expect((await fetch(`${system.portalUrl}/province/press/${releaseId}`)).status).toBe(200));
}

const seen = async ({ page }: Screen, name: string) => {
  await picture(page, name);
  expect(await barriersOf(page)).toEqual([]);
};
const detail = async (id = receipt) =>
  CorrectionDetail.parse((await editor.get(`/api/corrections/${id}?site=province`)).body);

it('a netizen reports an error from the page itself and gets a receipt', async () => {
  netizen = await openScreen(browser, `${system.portalUrl}/province/press/${releaseId}`);
  const { page } = netizen;
  await seen(netizen, 'correction-page');
  await page.getByRole('link', { name: '纠错', exact: true }).click();
  await page.getByText('有问题的页面：便民办税十项措施').waitFor();
  await seen(netizen, 'correction-form');
  await page.fill('#text', '“增值锐”应为“增值税”<script>alert(1)</script>');
  await page.fill('#email', 'wang.netizen@example');
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByText('邮箱的写法不对').first().waitFor();
  await seen(netizen, 'correction-problems');
  await page.fill('#email', address);
  await page.getByRole('button', { name: '提交' }).click();
  await page.getByText('已收到您的纠错').waitFor();
  await seen(netizen, 'correction-receipt');
  receipt = await page.locator('.form-receipt').innerText();
});

it('the very same once more is the same report', async () => {
  const house = new BusClient(bus);
  const { row } = await detail();
  const again = { ask: 'report', site: 'province', page: row.page, text: row.text };
  for (const email of [null, address, 'li@example.com'])
    await expect(house.ask(correctionIntake, { ...again, email })).resolves.toMatchObject({ receipt });
  await until(async () => expect((await detail()).row).toMatchObject({ reports: 2, contacts: 2 }));
});

it('an editor accepts it, goes to where it is mended with one step, and answers', async () => {
  desk = await openScreen(browser, `${system.consoleUrl}/corrections`);
  await enter(desk, 'editor');
  const { page } = desk;
  await page.goto(`${system.consoleUrl}/corrections`);
  await page.getByTestId('correction-list').waitFor();
  await seen(desk, 'corrections');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.getByTestId('correction').waitFor();
  expect(await page.getByTestId('reported-text').innerText()).toContain('<script>alert(1)</script>');
  await page.keyboard.press('a');
  await page.locator('[data-testid=correction][data-state=accepted]').waitFor();
  await page.keyboard.press('o');
  await page.waitForURL(`**/releases/province/${releaseId}`);
  await until(async () => expect((await detail()).work).toMatchObject([{ id: releaseId, linked: true }]));
  await page.goto(`${system.consoleUrl}/corrections/province/${receipt}`);
  await page.getByTestId('correction').waitFor();
  await seen(desk, 'correction');
  await page.keyboard.press('w');
  await page.locator('#field-answer').waitFor();
  await seen(desk, 'correction-answer');
  await page.fill('#field-answer', '您反映属实，已更正为“增值税”。');
  await page.keyboard.press('Control+Enter');
  await page.locator('[data-testid=correction][data-state=answered]').waitFor();
  await until(async () => expect((await detail()).row.mailed).toMatchObject({ outcome: 'confirmed' }));
  await page.getByTestId('mail').getByText('邮件已送达').waitFor();
  await seen(desk, 'correction-answered');
});

it('whoever left an address gets a mail of their own, and an address stands nowhere else', async () => {
  const mails = system.newsroom.mails.filter(({ subject }) => subject.includes('纠错答复'));
  expect(mails.map(({ to }) => to)).toEqual([[address], ['li@example.com']]);
  const log = JSON.stringify(await readLog(bus));
  const open = JSON.stringify(await readPublic(bus));
  const said = await Promise.all((['portal', 'oversight', 'gateway'] as const).map((each) => system.logOf(each)));
  const shown = JSON.stringify([await detail(), (await editor.get('/api/corrections')).body]);
  for (const text of [log, open, ...said, shown]) expect(text).not.toContain('@example.com');
  expect(shown).not.toContain('sealed.');
});

it('the netizen reads the answer by the receipt, and everybody the figures', async () => {
  const { page } = netizen;
  await page.goto(`${system.portalUrl}/corrections`);
  await page.fill('#receipt', ` ${receipt.toLowerCase()}`.trim());
  await page.getByRole('button', { name: '查询答复' }).click();
  await page.getByText('您反映属实，已更正为“增值税”。').waitFor();
  expect(await page.content()).not.toContain('增值锐');
  await seen(netizen, 'correction-public-answer');
  await page.goto(`${system.portalUrl}/corrections`);
  await until(async () => {
    const total = page.locator('.form-table').first().locator('tbody tr').last().locator('td');
    expect(await total.allInnerTexts()).toEqual(['1', '1', '0', '0', '0']);
  });
  await seen(netizen, 'correction-figures');
});

it('the portal’s user can say that one thing and nothing else', async () => {
  const url = system.servers.nats.urlOf('portal');
  const portal = await connectBus({ url, name: 'portal', ...asFront });
  const said = new BusClient(portal);
  await expect(said.ask(correctionIntake, { ask: 'answer', receipt })).resolves.toMatchObject({
    found: { state: 'answered' },
  });
  await expect(said.ask(correctionIntake, { ask: 'everything' })).rejects.toThrow();
  const head = {
    id: 'forged-by-portal',
    at: new Date().toISOString(),
    actor: { kind: 'person' as const, id: 'editor' },
  };
  const spam: CorrectionCommand = {
    type: 'correction.mark_spam',
    ...head,
    site: 'province',
    correctionId: receipt,
    reason: 'x',
  };
  await expect(said.command('correction', spam, 500)).rejects.toThrow();
  for (const query of ['compliance', 'corrections.figures', 'calendars'])
    await expect(said.ask(query, {}, 500)).rejects.toThrow();
  await expect(portal.js.publish(`ev.correction.province.${receipt}`, 'x', { timeout: 500 })).rejects.toThrow();
  await portal.close();
  expect((await detail()).row.state).toBe('answered');
});

it('a limit that runs into a year without a calendar is provisional, is told of, and moves when it is entered', async () => {
  const house = new BusClient(bus);
  const receive = (correctionId: string, at: string, limit: { dueAt: string; unknownYears: number[] }) =>
    house.command('correction', {
      type: 'correction.receive',
      id: correctionId,
      at,
      actor: { kind: 'service', id: 'test' },
      correctionId,
      site: 'province',
      page: { title: '办税地图', url: null, document: null },
      text: '办税地图打不开了',
      contact: null,
      ...limit,
    } as CorrectionCommand);
  await receive('late', '2026-11-02T02:00:00.000Z', { dueAt: '2026-11-05T16:00:00.000Z', unknownYears: [] });
  await receive('next-year', '2026-12-30T02:00:00.000Z', { dueAt: '2027-01-04T16:00:00.000Z', unknownYears: [2027] });
  const duty = await signIn(system.consoleUrl, 'duty');
  const alarms = async () => (await duty.get('/api/alarms?show=all')).body as { rows: AlarmRow[] };
  const of = async (kind: string) => (await alarms()).rows.filter(({ about }) => about.kind === kind);
  await until(async () => {
    expect(await of('calendar')).toMatchObject([{ about: { year: 2027 }, closed: null }]);
    const open = (await of('correction')).filter(({ closed }) => closed === null);
    expect(open).toMatchObject([{ about: { correctionId: 'late', share: 100 } }]);
  });
  const { page } = desk;
  await page.goto(`${system.consoleUrl}/corrections/province/next-year`);
  await page.getByTestId('provisional').waitFor();
  await seen(desk, 'correction-provisional');

  const admin = await openScreen(browser, `${system.consoleUrl}/admin/calendar`);
  await enter(admin, 'admin');
  await admin.page.goto(`${system.consoleUrl}/admin/calendar`);
  await admin.page.getByTestId('missing-year').first().waitFor();
  await seen(admin, 'work-calendar');
  await admin.page.getByRole('button', { name: '登记 2027 年' }).click();
  await admin.page.fill('#field-notice', '国办发明电〔2026〕7号');
  await admin.page.fill('#field-off', '2027-01-01 至 2027-01-03\n2027-02-30');
  await admin.page.keyboard.press('Control+Enter');
  await admin.page.getByText('有看不懂的行').first().waitFor();
  await admin.page.fill('#field-off', '2027-01-01 至 2027-01-05');
  await seen(admin, 'work-calendar-form');
  await admin.page.keyboard.press('Control+Enter');
  await until(async () => {
    const { row } = await detail('next-year');
    expect(row).toMatchObject({ dueAt: '2027-01-07T16:00:00.000Z', unknownYears: [] });
    expect(await of('calendar')).toMatchObject([{ closed: { because: 'mended' } }]);
  });
  expect(admin.errors).toEqual([]);
});

it('what a person marks as spam can be restored; folded reports are answered together', async () => {
  const say = async (type: string, correctionId: string, more: object = {}) =>
    expect((await editor.command({ type, site: 'province', correctionId, ...more })).status).toBe(202);
  await say('correction.mark_spam', 'next-year', { reason: '广告' });
  await until(async () => expect((await detail('next-year')).row.state).toBe('spam'));
  await say('correction.lift_spam', 'next-year');
  await say('correction.fold', 'next-year', { into: 'late' });
  await say('correction.accept', 'late');
  await say('correction.answer', 'late', { outcome: 'unchanged', answer: '核实无误' });
  await until(async () =>
    expect((await detail('next-year')).row).toMatchObject({ state: 'answered', outcome: 'folded', answer: '核实无误' }),
  );
  const { body } = await editor.get('/api/corrections');
  const rows = (body as { rows: CorrectionRow[] }).rows.map((row) => CorrectionRow.parse(row));
  expect(rows.every(({ state }) => state === 'answered')).toBe(true);
  expect(desk.errors).toEqual([]);
  expect(netizen.errors).toEqual([]);
});

it('whoever works for a city reads nothing of another site, a province reads its cities, an auditor all and changes nothing', async () => {
  const house = new BusClient(bus);
  const key = 'k'.repeat(32);
  // Nobody is two administrators; what the security administrator reads is of no site.
  const roles = role.options.filter((each) => each !== 'auditor' && each !== 'security');
  const register = (tokenId: string, token: { roles: Role[]; sites: string[] }) =>
    house.command('registry', {
      type: 'token.register',
      id: `token-${tokenId}`,
      at: new Date().toISOString(),
      actor: { kind: 'service', id: 'test' },
      token: {
        tokenId,
        name: tokenId,
        secretHash: createHash('sha256').update(key).digest('hex'),
        ...token,
        revoked: false,
      },
    } as RegistryCommand);
  await register('of-city', { roles, sites: ['city'] });
  await register('of-province', { roles, sites: ['province'] });
  await register('of-auditor', { roles: ['auditor'], sites: ['city'] });
  const { receipt: ofCity } = ReportTaken.parse(
    await house.ask(correctionIntake, {
      ask: 'report',
      site: 'city',
      page: { title: '社保缴费指南', url: null, document: null },
      text: '社保指南里的链接打不开',
      email: null,
    }),
  );
  const ask = (as: string, path: string, init: RequestInit = {}) =>
    fetch(`${system.consoleUrl}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${as}.${key}`, ...init.headers },
    });
  const description = (await (await fetch(`${system.consoleUrl}/api/openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  const doors = Object.entries(description.paths)
    .filter(([, methods]) => 'get' in methods)
    .map(([path]) => path.replace(/\{(\w+)\}/g, ':$1'));
  expect(doors.sort()).toEqual(Object.keys(readDoors).sort());

  const known: Record<string, string> = {
    releaseId,
    correctionId: receipt,
    site: 'province',
    revision: '1',
    kind: 'site',
  };
  const walk = async (as: string) => {
    const seen = new Map<string, { status: number; text: string }>();
    for (const [door, query] of Object.entries(readDoors)) {
      const path = door.replace(/:(\w+)/g, (_, name: string) => known[name] ?? 'x'.repeat(64));
      const answer = await ask(as, `${path}?${[query, 'site=province'].filter(Boolean).join('&')}`);
      seen.set(door, { status: answer.status, text: await answer.text() });
    }
    return seen;
  };
  await until(async () => expect((await ask('of-city', '/api/corrections')).status).toBe(200));
  const city = await walk('of-city');
  const theirs = ['便民办税十项措施', '办税地图', '增值锐', receipt, 'next-year'];
  for (const [door, { status, text }] of city) {
    expect({ door, fails: status >= 500 && status !== 503 }).toEqual({ door, fails: false });
    expect({ door, leaks: theirs.filter((each) => text.includes(each)) }).toEqual({ door, leaks: [] });
  }
  // The walk would see it: the same doors show it to whom it concerns.
  const province = await walk('of-province');
  for (const door of ['/api/releases', '/api/releases/:releaseId', '/api/corrections', '/api/corrections.csv'])
    expect({ door, shown: theirs.some((each) => province.get(door)!.text.includes(each)) }).toEqual({
      door,
      shown: true,
    });
  await until(async () => expect(await (await ask('of-province', '/api/corrections')).text()).toContain(ofCity));
  const accept = { type: 'correction.accept', site: 'city', correctionId: ofCity };
  const say = (as: string, path: string, body: object) =>
    ask(as, path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect((await say('of-province', '/api/commands', accept)).status).toBe(403);

  const auditor = await walk('of-auditor');
  for (const [door, { status }] of auditor)
    expect({ door, refused: status === 401 || status === 403 }).toEqual({ door, refused: false });
  expect(auditor.get('/api/corrections')!.text).toContain(receipt);
  const refused = await say('of-auditor', '/api/commands', accept);
  expect(await refused.json()).toMatchObject({ code: 'auditor_reads_only', params: { what: 'correction.accept' } });
  const changing = Object.entries(description.paths).flatMap(([path, methods]) =>
    ['post', 'delete'].filter((method) => method in methods).map((method) => ({ path, method })),
  );
  const allowed = new Set<string>();
  for (const { path, method } of changing) {
    // How one signs in is one's own affair, an auditor's too.
    if (/^\/api\/(session|account)(\/|$)/.test(path)) continue;
    const answer = await ask('of-auditor', path.replace(/\{\w+\}/g, 'x'), { method: method.toUpperCase() });
    if (!(await answer.text()).includes('auditor_reads_only')) allowed.add(path);
  }
  expect([...allowed].sort()).toEqual([
    '/api/commands',
    '/api/deliveries/outlook',
    '/api/releases/check',
    '/api/releases/{releaseId}/preview',
    '/api/releases/{releaseId}/previews/{channelId}',
    '/api/reposts/{taskId}/fidelity',
    '/api/rulebook/simulation',
  ]);
});
