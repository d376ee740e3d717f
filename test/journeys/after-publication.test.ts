// What a source changed or took back after we published it, as an editor decides about it: what it had, has and we would have
// side by side; taken down or kept, undone, and proven.
import { BusClient, carryOut, connectBus, Journal, type Bus } from '@tongsheng/bus';
import { QueuePage, type ItemCommand, type RepostCommand, type RepostRow } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  hashB,
  observation,
  openScreen,
  queueing,
  sampleSource,
  service,
  signIn,
  startBrowser,
  startSystem,
  until,
  type Screen,
  type System,
} from '@tongsheng/test/support';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { item as itemDecider } from '../../services/ingest/src/item.ts';

let system: System;
let browser: Browser;
let bus: Bus;
let client: BusClient;
const screens: Screen[] = [];
const begun = Date.now();
const at = (minutes: number) => new Date(begun + minutes * 60_000).toISOString();
const url = 'https://province.example/reposts/taken';

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({
      services: ['registry', 'reposts', 'oversight', 'gateway'],
      samples: false,
      // What is decided here is held until the end: how far it went out, or came down, is said by the test itself.
      environment: { REPOST_HOLD: 'PT1H' },
    }),
    startBrowser(),
  ]);
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  client = new BusClient(bus);
  const admin = await signIn(system.consoleUrl, 'admin');
  const source = sampleSource('national-policy', 'https://upstream.example/feed.xml');
  expect(await admin.command({ type: 'source.register', source })).toMatchObject({ status: 202 });
});
afterAll(async () => {
  await browser?.close();
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
});

let said = 0;
const head = (minutes: number) => ({ id: `said/${++said}`, at: at(minutes), actor: service });
const evidence = (status: number) => ({ status, pageHash: hashB, bytes: 10, snapshot: hashB, checks: [] });
const key = (taskId: string) => ({ site: 'province', taskId });
const tell = (command: RepostCommand) => client.command('repost', command);
const rowOf = async (taskId: string): Promise<RepostRow> => {
  const editor = await signIn(system.consoleUrl, 'editor');
  return ((await editor.get(`/api/reposts/${taskId}?site=province`)).body as { row: RepostRow }).row;
};

const tellItem = (command: ItemCommand) => carryOut(new Journal(bus, 'test'), itemDecider, command);
/** Its source has it with this text, as the first or the second version that we see. */
const observed = (taskId: string, title: string, text: string, letter: 'a' | 'b', minutes: number) => {
  const seen = observation(`${taskId}-item`, letter);
  const html = text.replace(/.+/g, '<p>$&</p>');
  return tellItem({ ...seen, ...head(minutes), content: { ...seen.content, title, html } });
};

/** A repost that the public has. */
async function published(taskId: string, title: string, text = '正文'): Promise<string> {
  await observed(taskId, title, text, 'a', -90);
  const itemId = `${taskId}-item`;
  const times = { startsAt: at(-90), firstSeenAt: at(-90), dueAt: at(630) };
  await tell({ ...queueing(taskId), ...head(-90), ...times, itemId, title, clusterId: taskId });
  const editor = await signIn(system.consoleUrl, 'editor2');
  const { contentHash } = await rowOf(taskId);
  const approving = { type: 'repost.approve', ...key(taskId), seenHash: contentHash };
  expect(await editor.command(approving)).toMatchObject({ status: 202 });
  await tell({ type: 'repost.start_publication', ...head(-60), ...key(taskId), attempt: 1 });
  await tell({ type: 'repost.record_published', ...head(-60), ...key(taskId), url, publicPosition: 1 });
  await tell({ type: 'repost.record_verified', ...head(-59), ...key(taskId), url, evidence: evidence(200) });
  return itemId;
}
/** One that its source then took back: seen twice. */
async function withdrawn(taskId: string, title: string): Promise<void> {
  const itemId = await published(taskId, title);
  const lost = { itemId, reason: 'gone' as const, detail: 'HTTP 404' };
  const source = { sourceId: 'national-policy', patienceSeconds: 60 };
  for (const minutes of [-40, -30])
    await tellItem({ type: 'item.report_missing', ...head(minutes), ...source, ...lost });
  const retract = { limit: 'PT2H', startsAt: at(-30), dueAt: at(90) };
  await tell({ type: 'repost.follow_withdrawal', ...head(-30), ...key(taskId), ...lost, retract });
  await until(async () => expect((await rowOf(taskId)).retract).not.toBeNull());
}
async function signedIn(personId: string, path: string): Promise<Screen> {
  const screen = await openScreen(browser, `${system.consoleUrl}${path}`);
  screens.push(screen);
  await enter(screen, personId);
  await screen.page.getByTestId('queue-row').first().waitFor();
  return screen;
}

it('is brought up to date with what the source had, what it has, and what our page would have side by side', async () => {
  const lines = ['公告如下：', '自2023年1月1日起施行。', ...Array.from({ length: 9 }, (_, i) => `第${i + 1}条不变。`)];
  const title = '关于施行日期的公告';
  await published('changed', title, lines.join('\n'));
  const now = [...lines.map((line) => line.replace('2023', '2024')), '附件：申报表'];
  await observed('changed', title, now.join('\n'), 'b', -20);
  const version = { version: 2, contentHash: hashB, title };
  const update = { limit: 'PT2H', startsAt: at(-20), dueAt: at(100) };
  await tell({
    type: 'repost.follow_source',
    ...head(-20),
    ...key('changed'),
    itemId: 'changed-item',
    ...version,
    update,
  });
  await until(async () => expect((await rowOf('changed')).update).not.toBeNull());
  const { page } = await signedIn('editor', '/reposts?concern=update');
  await page.getByTestId('queue-row').getByText('更新', { exact: true }).waitFor();
  const table = page.getByTestId('three-way');
  await table.getByText('来源改 2 处，我站与来源不同 0 处').waitFor();
  const changed = table.locator('tr[data-kind=changed]');
  expect(await changed.first().locator('td').allTextContents()).toEqual([
    expect.stringMatching(/自.*2023.*年1月1日起施行。/),
    expect.stringMatching(/自.*2024.*年1月1日起施行。/),
    '自2024年1月1日起施行。',
  ]);
  expect(await changed.first().locator('del').innerText()).toContain('2023');
  expect(await changed.first().locator('ins').innerText()).toContain('2024');
  expect(await changed.last().locator('td').allTextContents()).toEqual([
    '',
    expect.stringContaining('附件'),
    '附件：申报表',
  ]);
  await table.getByRole('button', { name: '段没有变化' }).click();
  expect(await table.locator('tr[data-kind=same]').count()).toBe(10);
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.press('d');
  await table.waitFor({ state: 'detached' });
});

it('comes into the queue with a clock of its own, shows both looks, and comes down by two keys that can be taken back', async () => {
  await withdrawn('taken', '关于停用旧版申报表的公告');
  const { page } = await signedIn('editor', '/reposts?concern=retract');
  const row = page.getByTestId('queue-row').filter({ hasText: '停用旧版申报表' });
  await row.getByText('应撤下').waitFor();
  expect(await row.getByTestId('countdown').innerText()).toMatch(/剩0[01]:\d\d:\d\d/);
  const section = page.getByTestId('withdrawn');
  await section.getByText('公网上仍有我站转载').waitFor();
  const looks = section.getByTestId('losses').getByText('HTTP 404');
  expect(await looks.count()).toBe(2);
  expect(await section.innerText()).toContain(url);
  expect(await page.getByTestId('approve').count()).toBe(0);
  expect(await barriersOf(page)).toEqual([]);

  await page.keyboard.press('u');
  await page.getByTestId('confirm').waitFor();
  expect(await page.getByTestId('actions').innerText()).toContain(`将从 某省税务局网站（示例） 撤下：${url}`);
  await page.keyboard.press('Enter');
  await page.getByTestId('held').getByText('后撤下《关于停用旧版申报表的公告》').waitFor();
  await page.locator('[data-testid=queue-row][data-state=retracting]').getByText('待撤下').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.keyboard.press('z');
  await page.getByTestId('retract-voided').getByText('李编辑').waitFor();
  expect((await rowOf('taken')).state).toBe('queued');
});

it('shows how far it came down, and is closed only by the proof that nobody can read it', async () => {
  const { page } = await signedIn('editor', '/reposts?concern=retract');
  await page.getByTestId('retract').click();
  await page.getByTestId('confirm').click();
  await page.locator('[data-testid=task][data-state=retracting]').waitFor();
  await tell({ type: 'repost.start_removal', ...head(0), ...key('taken'), attempt: 1 });
  const failing = { attempt: 1, code: 'unreachable', detail: 'ECONNREFUSED', nextAttemptAt: null };
  await tell({ type: 'repost.fail_removal', ...head(0), ...key('taken'), ...failing });
  await page.getByTestId('publication-trouble').getByText('第 1 次撤下未成功').waitFor();
  await page.getByTestId('publication-trouble').getByRole('button').click();
  await page.getByTestId('publication-trouble').waitFor({ state: 'detached' });
  await tell({ type: 'repost.start_removal', ...head(1), ...key('taken'), attempt: 2 });
  await tell({ type: 'repost.record_removed', ...head(1), ...key('taken'), url, publicPosition: 2 });
  await page.locator('[data-testid=task][data-state=removed]').waitFor();
  expect(await page.getByTestId('removal').innerText()).toMatch(/✓ 公网侧已执行[\s\S]*● 从外部证实已撤/);
  expect(await page.getByTestId('absence').count()).toBe(0);
  await tell({ type: 'repost.record_withdrawn', ...head(2), ...key('taken'), url, evidence: evidence(410) });
  await page.getByTestId('absence').getByText('服务器答 410').waitFor();
  expect(await barriersOf(page)).toEqual([]);
  await page.getByTestId('outcome').getByText('从外部证实已撤（HTTP 410）').waitFor();
});

it('is kept only for a reason that a second person signs', async () => {
  await withdrawn('kept', '关于继续有效文件的公告');
  const one = await signedIn('editor', '/reposts?concern=retract');
  await one.page.getByTestId('keep').waitFor();
  await one.page.keyboard.press('e');
  await one.page.getByTestId('reason').fill('来源改版换了地址，文件仍然有效');
  expect(await barriersOf(one.page)).toEqual([]);
  await one.page.keyboard.press('Control+Enter');
  await one.page.getByTestId('notices').getByText('等待第二人会签').waitFor();
  const two = await signedIn('editor2', '/reposts?view=waiting_exemption');
  await two.page.getByTestId('exemption').getByText('申请保留：来源改版换了地址').waitFor();
  await two.page.getByTestId('countersign').click();
  await two.page.getByTestId('actions').getByText('保留这一页').waitFor();
  await two.page.getByTestId('confirm').click();
  await two.page.locator('[data-testid=task][data-state=verified]').waitFor();
});

it('is counted as a duty of its own', async () => {
  const day = (hours: number) =>
    new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(begun + hours * 3_600_000);
  const screen = await openScreen(browser, `${system.consoleUrl}/compliance?from=${day(-24)}&to=${day(24)}`);
  screens.push(screen);
  await enter(screen, 'manager');
  const { page } = screen;
  await until(async () => {
    await page.reload();
    expect(await page.getByTestId('figure-due-retract').innerText()).toBe('2');
    expect(await page.getByTestId('figure-on_time-retract').innerText()).toBe('1');
    expect(await page.getByTestId('figure-exempted-retract').innerText()).toBe('1');
  });
  await page.getByTestId('figure-on_time-retract').click();
  await page.getByTestId('tasks-behind').getByText('停用旧版申报表').waitFor();
  expect(await barriersOf(page)).toEqual([]);
});

it('is opened as before when it has left the queue, a month after it was closed', async () => {
  const [editor, editor2] = await Promise.all(['editor', 'editor2'].map((who) => signIn(system.consoleUrl, who)));
  const queued = async (taskId: string, minutes: number) => {
    const times = { startsAt: at(minutes), firstSeenAt: at(minutes), dueAt: at(minutes + 720) };
    await tell({ ...queueing(taskId), ...head(minutes), ...times, itemId: `${taskId}-item`, clusterId: taskId });
  };
  const closed = async () => {
    const { rows } = QueuePage.parse((await editor!.get('/api/reposts?state=closed')).body);
    return rows.map(({ taskId }) => taskId);
  };
  await observed('let-off', '关于示例的公告', '正文', 'a', -90);
  await queued('let-off', -90);
  const asking = { type: 'repost.request_exemption', ...key('let-off'), reason: '与本地无关' };
  expect(await editor!.command(asking)).toMatchObject({ status: 202 });
  expect(await editor2!.command({ type: 'repost.exempt', ...key('let-off') })).toMatchObject({ status: 202 });
  await until(async () => expect(await closed()).toContain('let-off'));
  const before = await rowOf('let-off');
  // The time of the log goes on by what is written into it.
  await queued('month-later', 33 * 24 * 60);
  await until(async () => expect(await closed()).not.toContain('let-off'));
  expect(await rowOf('let-off')).toEqual(before);
});

it('no page threw, and none reported an error', () => {
  expect(screens.flatMap(({ errors }) => errors)).toEqual([]);
});
