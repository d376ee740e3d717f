// What operators see of deliveries, and do about them: the board, one delivery with all that was said, an unknown that is
// settled with the findings beside it, what failed tried and sent again.
import { connectBus, Journal, type Bus } from '@tongsheng/bus';
import { DeliveryDetail, TranscriptView, type DeliveryEvent, type ReleaseEvent } from '@tongsheng/contracts';
import type { FakeKind } from '@tongsheng/fakes';
import {
  barriersOf,
  enter,
  hashA,
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
import { deliveryIdOf } from '../../services/delivery/src/request-deliveries.reaction.ts';

const kinds = ['wecom', 'dingtalk', 'feishu', 'mastodon'] as const;
const channelOf = (kind: FakeKind) => `province-fake-${kind}`;
const title = '关于个人所得税汇算清缴的说明';

let system: System;
let browser: Browser;
let screen: Screen;
let bus: Bus;
let journal: Journal;
let comms: Session;

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({
      services: ['registry', 'releases', 'delivery', 'gateway'],
      samples: false,
      fakes: [...kinds, 'wechat'],
    }),
    startBrowser(),
  ]);
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  journal = new Journal(bus, 'test');
  comms = await signIn(system.consoleUrl, 'comms');
  screen = await openScreen(browser, `${system.consoleUrl}/deliveries`);
  await enter(screen, 'comms');
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
});

const accessible = async (name: string) => {
  await picture(screen.page, name);
  expect(await barriersOf(screen.page)).toEqual([]);
};

async function sign(releaseId: string, to: readonly FakeKind[] = kinds): Promise<void> {
  const signed: ReleaseEvent = {
    type: 'release.signed',
    releaseId,
    site: 'province',
    kind: 'press',
    format: 'text',
    title,
    documentNumber: null,
    summary: '汇算清缴的时间与办法。',
    html: '<p>正文</p>',
    rumor: null,
    channels: to.map(channelOf),
    variants: {},
    cover: null,
    files: [],
    interprets: null,
    linked: null,
    contentHash: hashA,
    by: 'signer',
    byName: '签发人',
    signedAt: new Date().toISOString(),
  };
  const head = { id: `sign/${releaseId}`, at: signed.signedAt, actor: { kind: 'person' as const, id: 'signer' } };
  await journal.append(journal.nothingAt({ aggregate: 'release', site: 'province', id: releaseId }), head, [signed]);
}

async function fault(kind: FakeKind, wish: object): Promise<void> {
  const { url } = system.fakes.find((each) => each.kind === kind)!;
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/fake/faults`, { method: 'POST', headers, body: JSON.stringify(wish) });
  expect(answer.ok).toBe(true);
}

const idOf = (kind: FakeKind) => deliveryIdOf('province', 'explained', channelOf(kind));
const pastOf = async (kind: FakeKind) =>
  (await journal.read({ aggregate: 'delivery', site: 'province', id: idOf(kind) })).events as DeliveryEvent[];
const row = (state: string) =>
  screen.page.getByTestId('delivery').filter({ has: screen.page.locator(`[data-state=${state}]`) });

it('the board shows each delivery as it stands, live, and by release and by channel', async () => {
  const { page } = screen;
  await page.getByTestId('empty').waitFor();
  await fault('wecom', { kind: 'drop', executed: true });
  await fault('feishu', { kind: 'code', code: 9499 });
  await fault('dingtalk', { kind: 'code', code: 300001 });
  await sign('explained');
  await row('confirmed').waitFor();
  await row('unknown').waitFor();
  await row('failed').waitFor();
  await page.getByTestId('refused-logins').waitFor();
  await accessible('deliveries');
  await page.getByText('按稿件').click();
  const ofRelease = page.getByTestId('deliveries-by-release');
  await ofRelease.getByText('1/4').waitFor();
  await accessible('deliveries-by-release');
  await page.getByText('按渠道').click();
  await page.getByTestId('deliveries-by-channel').waitFor();
  await accessible('deliveries-by-channel');
  const csv = await comms.get('/api/deliveries.csv?group=unknown');
  expect(csv.status).toBe(200);
});

it('one that is unknown tells what the connection did, word by word and without a secret', async () => {
  const { page } = screen;
  await page.goto(`${system.consoleUrl}/deliveries/unknown`);
  await row('unknown').waitFor();
  await page.keyboard.press('Enter');
  await page.getByTestId('in-doubt').waitFor();
  await page.getByTestId('open-transcript').click();
  await page.getByTestId('transcript').waitFor();
  await accessible('delivery-unknown');
  const path = `/api/deliveries/${idOf('wecom')}`;
  const detail = DeliveryDetail.parse((await comms.get(`${path}?site=province`)).body);
  expect(detail.outlook).toMatchObject({ redrive: 'delivery_not_failed', secondCopy: 'possible' });
  const answered = detail.steps.map(({ event }) => event).find((event) => event.type === 'delivery.answered');
  const hash = answered?.conversation?.transcript;
  const view = TranscriptView.parse((await comms.get(`${path}/transcripts/${hash}?site=province`)).body);
  expect(view.intact).toBe(true);
  const [call] = view.transcript!.calls;
  expect(call).toMatchObject({ method: 'POST', status: null, answer: null });
  expect(call!.request.body).toContain(title);
  const key = new URL(system.fakes.find(({ kind }) => kind === 'wecom')!.access['Webhook地址']!).searchParams.get(
    'key',
  );
  expect(JSON.stringify([detail, view])).not.toContain(key);
  // Of the evidence store it opens what the delivery names, and nothing else.
  expect((await comms.get(`${path}/transcripts/${hashA}?site=province`)).status).toBe(404);
});

it('a person says where it was found, and it is confirmed', async () => {
  const { page } = screen;
  await page.keyboard.press('u');
  await page.getByTestId('resolve-note').fill('在群里看到了');
  await page.getByTestId('resolve-url').fill('https://wecom.example/1');
  await accessible('delivery-resolve');
  await page.getByTestId('arrived').click();
  await page.locator('[data-testid=delivery-page] [data-state=confirmed]').waitFor();
  expect((await pastOf('wecom')).at(-1)).toMatchObject({ resolution: 'arrived', url: 'https://wecom.example/1' });
});

it('what failed is tried first, then sent again once, whoever clicks how often', async () => {
  const { page } = screen;
  await page.goto(`${system.consoleUrl}/deliveries?show=failed`);
  await row('failed').waitFor();
  await page.keyboard.press('r');
  await page.getByText('试算：1 条中有 1 条会发').waitFor();
  await page.locator('[data-testid=second-copy][data-copy=none]').waitFor();
  await accessible('delivery-redrive');
  await page.getByTestId('redrive-reason').fill('对方已放行');
  await page.keyboard.press('Control+Enter');
  await page.getByText('已交给投递服务').waitFor();
  await until(async () => expect((await pastOf('feishu')).at(-1)).toMatchObject({ outcome: 'confirmed' }));
  expect((await pastOf('feishu')).filter(({ type }) => type === 'delivery.redriven')).toHaveLength(1);
  const again = { type: 'delivery.redrive', site: 'province', deliveryId: idOf('feishu'), reason: '再点一次' };
  expect((await comms.command(again)).status).toBe(409);
});

it('of many that failed those that were chosen go again, as many as were allowed, each with what is known of a second copy', async () => {
  const { page } = screen;
  const releases = ['many-1', 'many-2', 'many-3'];
  await fault('feishu', { kind: 'code', code: 9499, times: 3 });
  for (const releaseId of releases) await sign(releaseId, ['feishu']);
  await page.goto(`${system.consoleUrl}/deliveries?show=failed`);
  await until(async () => expect(await row('failed').count()).toBe(3));
  for (const key of ['x', 'j', 'x', 'j', 'x']) await page.keyboard.press(key);
  await page.keyboard.press('r');
  await page.getByText('试算：3 条中有 3 条会发').waitFor();
  const cap = page.getByLabel('本次最多');
  await cap.fill('2');
  expect(await page.locator('[data-testid=redrive-row][data-goes=true]').count()).toBe(2);
  expect(await page.locator('[data-testid=redrive-row] [data-testid=second-copy][data-copy=none]').count()).toBe(3);
  // Without a reason nothing goes.
  expect(await page.getByTestId('redrive-send').getAttribute('aria-disabled')).toBe('true');
  await page.getByTestId('redrive-reason').fill('对方接口已恢复');
  await accessible('delivery-redrive-many');
  await page.getByTestId('redrive-send').click();
  await page.getByText('已交给投递服务').first().waitFor();
  const told = async () =>
    Promise.all(
      releases.map(async (releaseId) => {
        const id = deliveryIdOf('province', releaseId, channelOf('feishu'));
        const past = await journal.read({ aggregate: 'delivery', site: 'province', id });
        return (past.events as DeliveryEvent[]).filter(({ type }) => type === 'delivery.redriven').length;
      }),
    );
  await until(async () => expect((await told()).toSorted((one, other) => one - other)).toEqual([0, 1, 1]));
  await page.keyboard.press('Escape');
  await until(async () => expect(await row('failed').count()).toBe(1));
});

it('a channel says how it is, what it may still take and who set its secrets, and never which', async () => {
  const { page } = screen;
  await page.goto(`${system.consoleUrl}/channels`);
  await page.locator('[data-testid=channel-tag][data-state=refused]').waitFor();
  await accessible('channels');
  await page.getByText('飞书群机器人（模拟平台）').click();
  await page.getByTestId('check-health').click();
  await page.getByTestId('health').getByText('正常').waitFor();
  await page.getByTestId('secret').first().getByText('设置').waitFor();
  await accessible('channel');
  const answer = await comms.get(`/api/channels/${channelOf('feishu')}`);
  const { access } = system.fakes.find(({ kind }) => kind === 'feishu')!;
  for (const secret of Object.values(access)) expect(JSON.stringify(answer.body)).not.toContain(secret);
  // What only an administrator may, is not offered, and not done.
  expect((await comms.command({ type: 'channel.register', channel: {} })).status).toBe(403);
});

it('a test goes to a test mailbox alone, and a paused channel says why', async () => {
  const admin = await openScreen(browser, `${system.consoleUrl}/channels/province-press-mail`);
  await enter(admin, 'admin');
  const { page } = admin;
  await page.goto(`${system.consoleUrl}/channels/province-press-mail`);
  await page.getByTestId('try').click();
  await page.getByTestId('try-to').fill('tester@tax.example');
  await page.getByTestId('try-send').click();
  await page.getByTestId('try-said').getByText('已确认').waitFor();
  expect(system.newsroom.mails.at(-1)).toMatchObject({ to: ['tester@tax.example'] });
  expect(system.newsroom.mails.at(-1)!.subject).toContain('测试');
  await page.keyboard.press('Escape');
  await page.goto(`${system.consoleUrl}/channels/${channelOf('wechat')}`);
  await page.getByTestId('try').click();
  await page.getByText('在公众号草稿箱里建一份').waitFor();
  await page.getByTestId('try-send').click();
  await page.getByTestId('try-undo').waitFor();
  await picture(page, 'channel-trial-draft');
  expect(await barriersOf(page)).toEqual([]);
  await page.getByTestId('try-undo').click();
  await page.getByText('测试草稿已删除').waitFor();
  await page.keyboard.press('Escape');
  await page.goto(`${system.consoleUrl}/channels/province-press-mail`);
  await page.getByTestId('pause').click();
  await page.getByTestId('reason').fill('邮件系统割接');
  await page.getByTestId('send-reason').click();
  await page.locator('[data-testid=channel-tag][data-state=paused]').waitFor();
  await page.getByText('邮件系统割接').waitFor();
  await page.goto(`${system.consoleUrl}/channels/${channelOf('wecom')}/edit`);
  await page.fill('#field-key', '');
  await page.fill('#field-name', '企业微信群（模拟平台）');
  await page.getByTestId('save-channel').click();
  // Its secret was not written anew, and is what it was.
  await page.getByTestId('check-health').click();
  await page.getByTestId('health').getByText('正常').waitFor();
  await page.goto(`${system.consoleUrl}/channels/new`);
  await page.getByTestId('save-channel').click();
  await page.getByTestId('problems').waitFor();
  const folder = process.env['PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/channel-form.png` });
  expect(await barriersOf(page)).toEqual([]);
  expect(admin.errors).toEqual([]);
});

it('is read in English too', async () => {
  const { page } = screen;
  await page.goto(`${system.consoleUrl}/deliveries/province/${idOf('feishu')}`);
  await page.getByTestId('delivery-page').waitFor();
  await page.getByTestId('language').click();
  await page.getByText('What happened').waitFor();
  await accessible('delivery-english');
  expect(screen.errors).toEqual([]);
});
