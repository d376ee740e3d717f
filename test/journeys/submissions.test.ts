// What a site offers upward: negotiated between two sites to one linked release, or with an office outside by the link in
// its mail; and whoever is on duty hears of what nobody answers.
import { connectBus, type Bus } from '@tongsheng/bus';
import { CalendarView, LinkedDetail, ReleaseDetail, SubmissionCounts, SubmissionDetail } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  openScreen,
  picture,
  readLog,
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
import { z } from 'zod';

const Called = z.object({
  type: z.string(),
  data: z.object({
    title: z.string(),
    slot: z.string().nullable().optional(),
    answerUrl: z.url().default('http://none'),
  }),
});
const title = '市税务局推出便民办税十项措施';
const people = { review: 'reviewer', confidentiality: 'confidentiality', sign: 'signer' } as const;
const later = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
const hour = later(60);
const afterwards = later(90);

let system: System;
let browser: Browser;
let screen: Screen;
let bus: Bus;
let comms: Session;

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({
      services: ['registry', 'releases', 'delivery', 'clock', 'duty', 'gateway', 'portal', 'oversight'],
      samples: false,
    }),
    startBrowser(),
  ]);
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  comms = await signIn(system.consoleUrl, 'comms');
  screen = await openScreen(browser, `${system.consoleUrl}/submissions`);
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
const say = async (who: Session, command: Record<string, unknown>) => {
  const { status, body } = await who.command(command);
  expect({ status, body }).toMatchObject({ status: 202 });
};
const releaseOf = async (releaseId: string, site = 'city') =>
  ReleaseDetail.parse((await comms.get(`/api/releases/${releaseId}?site=${site}`)).body);
const submissionOf = async (id: string) =>
  SubmissionDetail.parse((await comms.get(`/api/submissions/city/${id}`)).body);
const draftOf = (more = '') => ({
  kind: 'press',
  title: `${title}${more}`,
  summary: '延时服务、预约办税',
  html: '<p>自下月一日起，全市办税服务厅推行延时服务。</p><p>纳税人可以在网上预约窗口。</p>',
  rumor: null,
  channels: [],
});
async function offer(submissionId: string, to: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const releaseId = `release-of-${submissionId}`;
  const draft = draftOf(more['more'] as string | undefined);
  await say(comms, { type: 'release.draft', site: 'city', releaseId, draft, baseRevision: 0 });
  const { contentHash } = (await until(() => releaseOf(releaseId))).row;
  const { limit = 'P1D', slot = hour } = more;
  const what = {
    submissionId,
    releaseId,
    contentHash,
    title: draft.title,
    to,
    slot,
    html: null,
    message: '拟同步发布',
    limit,
  };
  await say(comms, { type: 'submission.offer', site: 'city', actingSite: 'city', ...what });
  return releaseId;
}
const province = { kind: 'site', site: 'province', name: '某省税务局网站（示例）' };
const office = { kind: 'email', address: 'portal@gov.example', name: '市政府门户' };
const stateIs = (state: string) => screen.page.locator(`[data-testid=submission][data-state=${state}]`).waitFor();

/** The mails to the office, decoded: what a person there reads. */
const mails = () =>
  system.newsroom.mails
    .filter(({ to }) => to.includes(office.address))
    .map(({ subject, raw }) => ({
      subject,
      text: Buffer.from(/base64\r?\n\r?\n([A-Za-z0-9+/=\r\n]+)/.exec(raw)![1]!, 'base64').toString(),
    }));
const linkIn = (text: string) => /http:\/\/\S+\/answers\/\S+/.exec(text)![0];
const mailAbout = (subject: string) =>
  until(() => {
    const found = mails().findLast((mail) => mail.subject.includes(subject));
    expect(found, subject).toBeDefined();
    return found!;
  });
const answer = (link: string, fields: Record<string, string>) =>
  fetch(link, { method: 'POST', body: new URLSearchParams({ name: '何编辑', ...fields }) });

it('nobody answers an offer, and whoever waits for it is told when its time is over', async () => {
  await offer('silent', office, { limit: 'PT2S', more: '（无人答复）' });
  const told = await until(async () => {
    const raised = (await readLog(bus))
      .flatMap(({ events }) => events)
      .filter((event) => event.type === 'alarm.raised');
    expect(raised.map(({ about }) => ('share' in about ? about.share : 0))).toContain(100);
    return raised;
  });
  expect(told.at(-1)!.about).toMatchObject({ kind: 'submission', submissionId: 'silent', waitsFor: office.name });
  expect(told.at(-1)!.site).toBe('city');
});

it('two sites negotiate text and moment on their screens, and what they agree on is one linked release', async () => {
  const { page } = screen;
  await page.getByTestId('empty').waitFor();
  await accessible('submissions-empty');
  const releaseId = await offer('bus', province);
  await page.goto(`${system.consoleUrl}/submissions/in`);
  await page.getByTestId('submission-list').waitFor();
  await accessible('submissions-in');
  await page.keyboard.press('Enter');
  await stateIs('offered');
  await accessible('submission-offered');
  await page.keyboard.press('m');
  await stateIs('acknowledged');
  const html = '<p>自下月一日起，全市办税服务厅推行延时服务，节假日可以预约。</p><p>纳税人可以在网上预约窗口。</p>';
  const key = { site: 'city', submissionId: 'bus' };
  await say(comms, {
    type: 'submission.counter',
    ...key,
    actingSite: 'province',
    slot: afterwards,
    html,
    message: '补充节假日安排',
    turn: 1,
  });
  await stateIs('negotiated');
  await page.getByTestId('show-offered').click();
  await page.locator('[data-testid=diff] ins', { hasText: '节假日可以预约' }).waitFor();
  await accessible('submission-negotiated');
  await page.keyboard.press('a');
  await page.getByTestId('send-form').waitFor();
  await accessible('submission-agree');
  await page.getByTestId('send-form').click();
  await stateIs('agreed');

  const { row } = await until(async () => {
    const found = await submissionOf('bus');
    expect(found.row.linked).not.toBeNull();
    return found;
  });
  expect(row.trouble).toBeNull();
  const { linkedId } = row.linked!;
  const linked = async () => LinkedDetail.parse((await comms.get(`/api/linked/${linkedId}?site=city`)).body);
  expect((await until(linked)).row).toMatchObject({ sites: ['city', 'province'], t0: afterwards });
  const revised = await until(async () => {
    const found = await releaseOf(releaseId);
    expect(found.draft.html).toBe(html);
    return found;
  });
  expect(revised.row).toMatchObject({ state: 'draft', contentHash: row.agreedHash });
  const seenHash = revised.row.contentHash;
  await say(comms, { type: 'release.submit', site: 'city', releaseId, seenHash });
  for (const [step, who] of Object.entries(people))
    await say(await signIn(system.consoleUrl, who), {
      type: 'release.pass_step',
      site: 'city',
      releaseId,
      step,
      seenHash,
    });
  const sealed = await until(async () => {
    const found = await linked();
    expect(found.row.sealedAt).not.toBeNull();
    return found.row;
  });
  // Nothing of it can be read anywhere before.
  const pages = sealed.pages.map(({ url }) => url);
  expect(pages).toHaveLength(2);
  for (const url of pages) expect((await fetch(url)).status).toBe(404);
  await page.getByTestId('standing').waitFor();
  await accessible('submission-agreed');

  // The test does not wait an hour and a half: the moment is moved, which keeps what was signed and sealed.
  const { title: name, parts, sites, channels, revision } = sealed;
  const plan = { title: name, parts, sites, channels, t0: new Date(Date.now() + 2_000).toISOString() };
  await say(comms, { type: 'linked.plan', site: 'city', linkedId, plan, baseRevision: revision });
  const adopted = await until(async () => {
    const found = await submissionOf('bus');
    expect(found.row.state).toBe('adopted');
    return found.row;
  });
  expect(pages).toContain(adopted.url);
  const opened = (await readLog(bus)).flatMap(({ events }) => events).filter(({ type }) => type === 'linked.opened');
  // One message opened both.
  expect(opened).toHaveLength(1);
  for (const url of pages) {
    const shown = await until(async () => {
      const response = await fetch(url);
      expect(response.status).toBe(200);
      return response.text();
    });
    expect(shown).toContain('节假日可以预约');
  }
  await stateIs('adopted');
});

it('an office outside answers by the link in its mail, once, and its page is looked at before it counts', async () => {
  const releaseId = await offer('mail', office, { more: '（门户）' });
  const { text, subject } = await mailAbout('（门户）');
  expect(subject).toBe(`【报送】${title}（门户）`);
  expect(text).toContain('请勿对外发布');
  const link = linkIn(text);
  // A scanner that opens every link of a mail answers nothing.
  const shown = await fetch(link);
  expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await shown.text()).toContain('同意');
  expect((await submissionOf('mail')).row.state).toBe('offered');
  expect((await fetch(`${link.slice(0, -2)}xx`)).status).toBe(404);
  const { page } = screen;
  await page.goto(link);
  await accessible('answer-page');

  expect((await answer(link, { answer: 'acknowledge' })).status).toBe(200);
  const slot = '2027-03-01T10:00';
  const own = '自下月一日起，全市办税服务厅推行延时服务。\n纳税人可以电话预约窗口。';
  expect((await answer(link, { answer: 'counter', slot, text: own, message: '' })).status).toBe(200);
  const twice = await answer(link, { answer: 'decline', reason: '试试' });
  expect(twice.status).toBe(409);
  expect(await twice.text()).toContain('已有新的方案');
  const { row } = await submissionOf('mail');
  expect(row).toMatchObject({ state: 'negotiated', owes: 'offering', slot: '2027-03-01T02:00:00.000Z' });

  await say(comms, { type: 'submission.agree', site: 'city', actingSite: 'city', submissionId: 'mail', turn: 2 });
  const agreed = await mailAbout('【已商定】');
  await until(async () => expect((await releaseOf(releaseId)).draft.html).toContain('电话预约'));
  const there = linkIn(agreed.text);
  await answer(there, { answer: 'adopted', url: `${system.portalUrl}/nowhere` });
  await until(async () => expect((await submissionOf('mail')).row.claimed?.unproven).toContain('404'));
  // The sample newsroom's page shows the titles that it got.
  await answer(there, { answer: 'adopted', url: system.newsroom.pageUrl });
  await until(async () => expect((await submissionOf('mail')).row).toMatchObject({ state: 'adopted' }));
  expect((await answer(link, { answer: 'agree' })).status).toBe(409);
});

it('a partner is called with the same, signed, and answers by machine', async () => {
  const partner = { kind: 'webhook', channelId: 'city-press-hook', name: '示例媒体编辑部接口' };
  await offer('hook', partner, { more: '（伙伴）' });
  const called = await until(() => {
    const found = [...system.newsroom.calls.values()].map(({ body }) => Called.parse(JSON.parse(body)));
    return found.find(({ type }) => type === 'submission.proposal')!.data;
  });
  expect(called).toMatchObject({ title: `${title}（伙伴）`, slot: hour });
  expect(system.newsroom.refused).toBe(0);
  const declined = await fetch(called.answerUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ answer: 'decline', name: '何编辑', reason: '已有同类稿件' }),
  });
  expect(declined.status).toBe(200);
  expect((await submissionOf('hook')).row).toMatchObject({ state: 'declined', reason: '已有同类稿件' });
});

it('without a common moment the other site takes over a draft of its own; what was agreed either can leave', async () => {
  await offer('own', province, { slot: null, more: '（各自发布）' });
  const own = { site: 'city', submissionId: 'own', actingSite: 'province' };
  await say(comms, { type: 'submission.agree', ...own, turn: 1 });
  const { adoptedAs } = await until(async () => {
    const { row } = await submissionOf('own');
    expect(row.adoptedAs).not.toBeNull();
    return row;
  });
  expect(adoptedAs).toEqual({ site: 'province', releaseId: 'own' });
  const { row, draft } = await until(() => releaseOf('own', 'province'));
  expect(row).toMatchObject({ state: 'draft', title: `${title}（各自发布）` });
  const key = { site: 'province', releaseId: 'own' };
  await say(comms, {
    type: 'release.draft',
    ...key,
    draft: { ...draft, channels: ['province-press-hook'] },
    baseRevision: 1,
  });
  const { contentHash: seenHash } = (
    await until(async () => {
      const found = await releaseOf('own', 'province');
      expect(found.row.revision).toBe(2);
      return found;
    })
  ).row;
  await say(comms, { type: 'release.submit', ...key, seenHash });
  for (const [step, who] of Object.entries(people))
    await say(await signIn(system.consoleUrl, who), { type: 'release.pass_step', ...key, step, seenHash });
  await until(async () => expect((await submissionOf('own')).row.url).toContain('/province/press/own'));

  await offer('leave', province, { more: '（改主意）' });
  const leave = { site: 'city', submissionId: 'leave', actingSite: 'province' };
  await say(comms, { type: 'submission.agree', ...leave, turn: 1 });
  const sites = async () => (await submissionOf('leave')).linked?.sites;
  await until(async () => expect(await sites()).toEqual(['city', 'province']));
  await say(comms, { type: 'submission.decline', ...leave, reason: '版面已满', turn: 1 });
  await until(async () => expect(await sites()).toEqual(['city']));
});

it('is offered from its own page', async () => {
  const { page } = screen;
  await page.goto(`${system.consoleUrl}/releases/city/release-of-silent`);
  await page.getByTestId('offer').click();
  await page.getByTestId('send-form').click();
  await page.getByTestId('problems').waitFor();
  await accessible('offer');
  await page.selectOption('#field-to', 'province');
  await page.getByTestId('send-form').click();
  await stateIs('offered');
});

it('what was offered, answered and adopted is counted on both sides, and listed as a file', async () => {
  const period = `from=${later(-60)}&to=${later(60)}`;
  const { rows } = SubmissionCounts.parse((await comms.get(`/api/submissions/counts?${period}`)).body);
  const city = rows.find(({ site }) => site === 'city')!;
  const expected = { offered: 7, answered: 5, inTime: 5, agreed: 4, declined: 2, adopted: 3, overdue: 1 };
  expect(city.out).toMatchObject(expected);
  expect(rows.find(({ site }) => site === 'province')!.in).toMatchObject({ offered: 4, answered: 3, adopted: 2 });
  const { body } = await comms.get(`/api/submissions.csv?${period}`);
  expect(String(body).split('\r\n')).toHaveLength(9);
  await screen.page.goto(`${system.consoleUrl}/submissions/out`);
  await screen.page.getByTestId('submission-list').waitFor();
  await accessible('submissions-out');
  expect(screen.errors).toEqual([]);
});

it('a calendar says what goes out when, what does not fit, and keeps a channel’s one slot of the day', async () => {
  const admin = await signIn(system.consoleUrl, 'admin');
  const settings = {
    appid: 'wx0123456789abcdef',
    appSecret: '0123456789abcdef0123456789abcdef',
    api: 'https://api.example',
  };
  const channel = { channelId: 'city-mass', name: '公众号群发', site: 'city', kind: 'wechat_mass', settings };
  await say(admin, { type: 'channel.register', channel });
  const t0 = '2027-03-01T07:00:00.000Z';
  const day = { from: '2027-02-28T16:00:00.000Z', to: '2027-03-01T16:00:00.000Z' };
  const plan = async (linkedId: string, at: string, baseRevision = 0) => {
    const parts = [{ releaseId: `${linkedId}-part`, site: 'city', role: 'news' }];
    const channels = [{ channelId: 'city-mass', required: false }];
    const what = { title: `发布${linkedId}`, parts, sites: ['city'], channels, t0: at };
    await say(comms, { type: 'linked.plan', site: 'city', linkedId, plan: what, baseRevision });
  };
  const calendar = async () =>
    CalendarView.parse((await comms.get(`/api/calendar?from=${day.from}&to=${day.to}`)).body);
  const quota = { channelName: '公众号群发', day: '2027-03-01', limit: 1, used: 1 };
  await plan('one', t0);
  await until(async () => expect((await calendar()).quotas).toMatchObject([quota]));
  await plan('two', '2027-03-01T07:10:00.000Z');
  const { conflicts } = await until(async () => {
    const found = await calendar();
    expect(found.conflicts.map(({ kind }) => kind).sort()).toEqual(['near', 'quota']);
    return found;
  });
  expect(conflicts.find(({ kind }) => kind === 'quota')?.entries).toEqual(['linked/city/two']);

  const { page } = screen;
  await page.goto(`${system.consoleUrl}/releases/calendar?view=month&date=2027-03-01`);
  await page.getByTestId('conflicts').waitFor();
  await accessible('calendar-month');
  for (const [key, view] of [
    ['w', 'week'],
    ['d', 'day'],
    ['l', 'list'],
  ] as const) {
    await page.keyboard.press(key);
    await page.locator(`[data-testid=calendar-page][data-view=${view}]`).waitFor();
    // No view loses what another shows of the day.
    await expect.poll(() => page.getByTestId('calendar-tile').filter({ hasText: '15:' }).count()).toBe(2);
    await accessible(`calendar-${view}`);
  }
  // Moved to another day, it gives its slot of this one back.
  await plan('one', '2027-03-02T07:00:00.000Z', 1);
  await until(async () => expect((await calendar()).conflicts).toEqual([]));
  const file = String((await comms.get('/api/calendar.ics')).body);
  expect(file).toContain('BEGIN:VCALENDAR');
  const { path } = (await comms.post('/api/calendar/link', {})).body as { path: string };
  expect((await fetch(`${system.consoleUrl}${path}`)).status).toBe(200);
  expect((await fetch(`${system.consoleUrl}${path.slice(0, -6)}AAAAAA`)).status).toBe(401);
  expect(screen.errors).toEqual([]);
});
