// Time runs out, and somebody hears of it: an alarm climbs its ladder until it is taken, whatever dies on the way.
import { setTimeout as wait } from 'node:timers/promises';
import { BusClient, carryOut, connectBus, Journal, type Bus } from '@tongsheng/bus';
import {
  AlarmRow,
  drillAlarmId,
  DutyNow,
  Forecast,
  type AlarmEvent,
  type AnyEvent,
  type RepostCommand,
  type SourceHealthCommand,
} from '@tongsheng/contracts';
import {
  barriersOf,
  editor,
  enter,
  failure,
  openScreen,
  queueing,
  readLog,
  signIn,
  startBrowser,
  startSystem,
  twice,
  until,
  type Screen,
  type Session,
  type System,
} from '@tongsheng/test/support';
import iconv from 'iconv-lite';
import type { Browser, Page } from 'playwright-core';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import writeSheet from 'write-excel-file/node';
import { sourceHealth } from '../../services/ingest/src/source-health.ts';
import { inspection } from '../../services/oversight/src/inspection.ts';
import { report } from '../../services/oversight/src/report.ts';

const hourMs = 3_600_000;
const limitMs = 12 * hourMs;

let system: System;
let browser: Browser;
let bus: Bus;
let journal: Journal;
let client: BusClient;
let admin: Session;
let duty: Session;
const screens: Screen[] = [];

const ago = (ms: number) => new Date(Date.now() - ms).toISOString();

/** A task whose share is gone in so many milliseconds; the one before it went long ago. */
async function queue(taskId: string, share: 75 | 90, inMs: number, site = 'province'): Promise<void> {
  const startsAt = ago((limitMs * share) / 100 - inMs);
  const dueAt = new Date(Date.parse(startsAt) + limitMs).toISOString();
  const command: RepostCommand = {
    ...queueing(taskId, site),
    itemId: taskId,
    title: `关于${taskId}的公告`,
    startsAt,
    dueAt,
  };
  await client.command('repost', command);
}
async function exempt(taskId: string, at = new Date().toISOString(), site = 'province'): Promise<void> {
  const key = (id: string) => ({ id: `${taskId}/${id}`, at, actor: editor(id), taskId, site });
  const commands: RepostCommand[] = [
    { type: 'repost.request_exemption', ...key('one'), reason: '重复' },
    { type: 'repost.exempt', ...key('two') },
  ];
  for (const command of commands) await client.command('repost', command);
}

async function eventsOf(taskId: string, share = 75): Promise<AlarmEvent[]> {
  const entries = await readLog(bus);
  const all = entries.flatMap(({ aggregate, events }) => (aggregate === 'alarm' ? (events as AlarmEvent[]) : []));
  const raised = all.find(
    (event) =>
      event.type === 'alarm.raised' &&
      event.about.kind === 'task' &&
      event.about.taskId === taskId &&
      event.about.share === share,
  );
  return raised ? all.filter(({ alarmId }) => alarmId === raised.alarmId) : [];
}
const wordsOf = (events: AlarmEvent[]) =>
  events.map((event) => {
    const what = event.type.slice('alarm.'.length);
    return event.type === 'alarm.told' ? `${what} ${event.personId} ${event.by} ${event.outcome}` : what;
  });
const becomes = (taskId: string, words: string[]) =>
  until(async () => expect(wordsOf(await eventsOf(taskId))).toEqual(words), 20_000);
const rowOf = async (taskId: string): Promise<AlarmRow | undefined> => {
  const { rows } = (await admin.get('/api/alarms?show=all')).body as { rows: unknown[] };
  return rows
    .map((row) => AlarmRow.parse(row))
    .find(({ about }) => about.kind === 'task' && about.taskId === taskId && about.share === 75);
};
const mailsOf = (taskId: string) => system.newsroom.mails.filter(({ subject }) => subject.includes(taskId));

async function must(command: Record<string, unknown>): Promise<void> {
  const { status, body } = await admin.command(command);
  expect({ status, body }).toMatchObject({ status: 202 });
}
const fakeOf = (kind: string) => system.fakes.find((fake) => fake.kind === kind)!;
/** What a platform took that says so. */
async function heardBy(kind: string, words: string): Promise<{ title: string; text: string }[]> {
  const state = await (await fetch(`${fakeOf(kind).url}/fake/state`)).json();
  return (state as { posts: { title: string; text: string }[] }).posts.filter(({ text }) => text.includes(words));
}
/** The next message takes effect, and its answer never comes. */
async function swallow(kind: string, route: string): Promise<void> {
  const body = JSON.stringify({ kind: 'hang', executed: true, route });
  const headers = { 'content-type': 'application/json' };
  expect((await fetch(`${fakeOf(kind).url}/fake/faults`, { method: 'POST', headers, body })).ok).toBe(true);
}
const ladderStep = (whom: unknown, by: string[], on = 'share_75', within = 'PT2S') => ({ on, whom, by, within });
const shift = (shiftId: string, site: string, personId: string, substituteId: string | null) => ({
  type: 'shift.register',
  shift: { shiftId, site, personId, substituteId, from: ago(hourMs), to: ago(-24 * hourMs) },
});

beforeAll(async () => {
  [system, browser] = await Promise.all([
    startSystem({
      services: ['registry', 'reposts', 'clock', 'duty', 'oversight', 'gateway'],
      fakes: ['sms', 'dingtalk', 'wecom'],
    }),
    startBrowser(),
  ]);
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  [journal, client] = [new Journal(bus, 'test'), new BusClient(bus)];
  [admin, duty] = await Promise.all([signIn(system.consoleUrl, 'admin'), signIn(system.consoleUrl, 'duty')]);
  await must(shift('province-now', 'province', 'duty', 'editor2'));
  await must(shift('city-now', 'city', 'duty', null));
  await must({
    type: 'ladder.register',
    ladder: {
      site: 'province',
      name: '省局阶梯',
      steps: [
        ladderStep('duty', ['console', 'email']),
        ladderStep('substitute', ['email', 'webhook']),
        ladderStep('managers', ['console']),
        ladderStep('duty', ['console'], 'share_90', 'PT1H'),
      ],
    },
  });
  await must({
    type: 'ladder.register',
    ladder: {
      site: 'city',
      name: '市局阶梯',
      steps: [
        ladderStep('substitute', ['email']),
        ladderStep('managers', ['console'], 'share_75', 'PT1H'),
        ladderStep('managers', ['console', 'sms'], 'handover', 'PT1H'),
        ladderStep('managers', ['sms', 'dingtalk'], 'linked', 'PT1H'),
      ],
    },
  });
});
afterAll(async () => {
  await browser.close();
  await bus.close();
  await system[Symbol.asyncDispose]();
});

describe('a share of the time that is gone', () => {
  it('calls the person on duty, then the substitute, then the managers, each once, and says when nobody came', async () => {
    await queue('climbs', 75, 300);
    await becomes('climbs', [
      'raised',
      'told duty email confirmed',
      'passed_on',
      'told editor2 webhook failed',
      'told editor2 email confirmed',
      'passed_on',
      'unanswered',
    ]);
    expect(mailsOf('climbs').map(({ to }) => to)).toEqual([['duty@tax.example'], ['editor2@tax.example']]);
    const row = await rowOf('climbs');
    expect(row).toMatchObject({ state: 'unanswered', answerBy: null, gaps: [] });
    expect(row!.told.find(({ by }) => by === 'webhook')).toMatchObject({
      outcome: 'failed',
      detail: '没有登记 Webhook',
    });
    expect(row!.told.filter(({ step }) => step === 2).map(({ personId }) => personId)).toEqual(['manager', 'admin']);
  });
  it('says in the mail what, how long, where, who knows and who is next', () => {
    const texts = mailsOf('climbs').map(({ raw }) =>
      Buffer.from(raw.split('\r\n\r\n').slice(1).join(''), 'base64').toString('utf8'),
    );
    expect(texts[0]).toContain('《关于climbs的公告》还没有发布，时限已用 75%，剩 ');
    expect(texts[0]).toContain(`${system.consoleUrl}/reposts/province/climbs`);
    expect(texts[0]).toContain('此前已通知：无，您是第一位');
    expect(texts[0]).toContain('将通知：王编辑');
    expect(texts[1]).toMatch(/此前已通知：冯值班（\d\d-\d\d \d\d:\d\d）/);
    expect(texts[1]).toContain('将通知：吴主任、郑管理');
  });
  it('is over for everyone when somebody takes it, and the second is told who was first', async () => {
    await queue('taken', 75, 300);
    await becomes('taken', ['raised', 'told duty email confirmed']);
    const { alarmId, site } = (await rowOf('taken'))!;
    const [first, second] = await Promise.all([
      duty.command({ type: 'alarm.acknowledge', alarmId, site }),
      admin.command({ type: 'alarm.acknowledge', alarmId, site }),
    ]);
    expect(new Set([first.status, second.status])).toEqual(new Set([202, 409]));
    expect([first, second].find(({ status }) => status === 409)!.body).toMatchObject({ code: 'alarm_taken' });
    await wait(3_000);
    expect(wordsOf(await eventsOf('taken'))).toEqual(['raised', 'told duty email confirmed', 'acknowledged']);
    await exempt('taken');
    await becomes('taken', ['raised', 'told duty email confirmed', 'acknowledged', 'closed']);
  });
  it('that meets a hole in the roster goes one level up at once, and says so', async () => {
    await queue('hole', 75, 300, 'city');
    await becomes('hole', ['raised']);
    const row = await rowOf('hole');
    expect(row).toMatchObject({ state: 'calling', step: 1, gaps: [{ step: 0, whom: 'substitute' }] });
    expect(row!.told.map(({ personId }) => personId)).toEqual(['manager', 'admin']);
  });
  it('speaks instead of the one before it', async () => {
    await queue('more', 90, 300);
    await until(async () => expect(wordsOf(await eventsOf('more', 90))).toEqual(['raised']));
    const earlier = await eventsOf('more', 75);
    if (earlier.length > 0) await until(async () => expect(wordsOf(await eventsOf('more'))).toContain('closed'));
  });
  it('may not be taken by who has nothing to do with it', async () => {
    const comms = await signIn(system.consoleUrl, 'comms');
    const { alarmId, site } = (await rowOf('hole'))!;
    expect((await comms.command({ type: 'alarm.acknowledge', alarmId, site })).status).toBe(403);
    expect((await comms.get('/api/alarms')).status).toBe(403);
    expect((await duty.command({ type: 'ladder.register', ladder: { site: '*', name: '无', steps: [] } })).status).toBe(
      403,
    );
  });
});

describe('a source that fails for hours', () => {
  const report = (id: string, at: string, ok = false): SourceHealthCommand =>
    ok
      ? { type: 'source.report_success', id, at, actor: { kind: 'service', id: 'test' }, sourceId: 'national-policy' }
      : { ...failure('down', 'national-policy'), id, at };
  const say = (command: SourceHealthCommand) => carryOut(journal, sourceHealth, command);
  const states = async () => {
    const { rows } = (await admin.get('/api/alarms?show=all')).body as { rows: unknown[] };
    return rows.map((row) => AlarmRow.parse(row)).filter(({ about }) => about.kind === 'source');
  };
  it('calls as well, until it is read again', async () => {
    await say(report('down/1', ago(2 * hourMs)));
    await say(report('down/2', ago(0)));
    await until(async () => expect(await states()).toMatchObject([{ state: 'calling', site: null }]));
    expect((await states())[0]!.about).toMatchObject({ name: '国家税务总局网站（示例）', hours: 1 });
    await say(report('up', ago(0), true));
    await until(async () =>
      expect(await states()).toMatchObject([{ state: 'closed', closed: { because: 'recovered' } }]),
    );
  });
});

describe('a channel', () => {
  const key = { deliveryId: 'gone', site: 'elsewhere' };
  const head = (id: string) => ({ id, at: ago(0), actor: editor() });
  const alarmsOf = async (kind: 'delivery' | 'credential') => {
    const all = (await readLog(bus)).flatMap(({ events }) => events as AlarmEvent[]);
    const raised = all.filter((event) => event.type === 'alarm.raised' && event.about.kind === kind);
    const names = new Set(raised.map((event) => (event.type === 'alarm.raised' ? event.alarmId : '')));
    return all.filter((event) => 'alarmId' in event && names.has(event.alarmId));
  };
  const put = async (aggregate: string, id: string, name: string, events: AnyEvent[]) => {
    const past = await journal.read({ aggregate, site: 'elsewhere', id });
    await journal.append(past, head(name), events);
  };

  it('from which something is gone calls whoever is called for what is overdue, until it is sent again', async () => {
    await put('delivery', 'gone', 'gone/requested', [
      {
        type: 'delivery.requested',
        ...key,
        releaseId: 'r',
        channelId: 'wechat',
        channelName: '公众号',
        channelKind: 'wechat',
        title: '辟谣',
        contentHash: 'a'.repeat(64),
        onUnknown: 'probe',
        requestedAt: ago(0),
      },
    ]);
    const lost = { type: 'delivery.lost' as const, ...key, because: 'banned' as const, detail: '6', lostAt: ago(0) };
    await put('delivery', 'gone', 'gone/lost', [lost]);
    await until(async () =>
      expect(await alarmsOf('delivery')).toMatchObject([
        { type: 'alarm.raised', about: { kind: 'delivery', because: 'banned', title: '辟谣', channelName: '公众号' } },
      ]),
    );
    const by = { by: 'comms', byName: '宣传', redrivenAt: ago(0) };
    await put('delivery', 'gone', 'gone/again', [{ type: 'delivery.redriven', ...key, reason: '申诉通过', ...by }]);
    await until(async () =>
      // The last telling may still be on its way when the alarm is closed.
      expect((await alarmsOf('delivery')).find(({ type }) => type === 'alarm.closed')).toMatchObject({
        because: 'redriven',
      }),
    );
  });

  it('that refuses our login calls whoever is called for a source, each time anew, until it is mended', async () => {
    const credential = { credentialId: 'app', site: 'elsewhere', channelId: 'wechat' };
    const failed = () => ({ type: 'credential.failed' as const, channelName: '公众号', detail: '40164' });
    // What was mended before anybody looked wakes nobody, so each is waited for.
    const becomes = (...wanted: string[]) =>
      until(async () => {
        const told = (await alarmsOf('credential')).map(({ type }) => type);
        expect(told.filter((type) => type === 'alarm.raised' || type === 'alarm.closed')).toEqual(wanted);
      });
    const mended = { type: 'credential.mended' as const, how: 'try_again' as const, by: 'admin', byName: '管理员' };
    await put('credential', 'app', 'app/1', [{ ...credential, ...failed(), failedAt: ago(2_000) }]);
    await becomes('alarm.raised');
    await put('credential', 'app', 'app/2', [{ ...credential, ...mended, mendedAt: ago(1_000) }]);
    await becomes('alarm.raised', 'alarm.closed');
    await put('credential', 'app', 'app/3', [{ ...credential, ...failed(), failedAt: ago(0) }]);
    await becomes('alarm.raised', 'alarm.closed', 'alarm.raised');
    await put('credential', 'app', 'app/4', [{ ...credential, ...mended, mendedAt: ago(0) }]);
    await becomes('alarm.raised', 'alarm.closed', 'alarm.raised', 'alarm.closed');
    expect((await alarmsOf('credential')).findLast(({ type }) => type === 'alarm.closed')).toMatchObject({
      because: 'mended',
    });
  });
});

describe('whenever the duty service dies, nothing is lost and nothing is doubled:', () => {
  const whole = [
    'raised',
    'told duty email confirmed',
    'passed_on',
    'told editor2 webhook failed',
    'told editor2 email confirmed',
    'passed_on',
    'unanswered',
  ];
  it('before the share is gone', async () => {
    await system.kill('duty');
    await queue('before', 75, 300);
    await until(async () => {
      const { events } = await journal.read({ aggregate: 'repost', site: 'province', id: 'before' });
      expect(events.some((event) => event.type === 'repost.warned' && event.share === 75)).toBe(true);
    });
    await system.start('duty');
    await becomes('before', whole);
  });
  it.each([
    ['raised', ['raised']],
    ['first', ['raised', 'told duty email confirmed']],
    ['second', ['raised', 'told duty email confirmed', 'passed_on']],
  ])('at the step %s', async (name, reached) => {
    const taskId = `dies-${name}`;
    await queue(taskId, 75, 300);
    await until(async () => expect(wordsOf(await eventsOf(taskId)).slice(0, reached.length)).toEqual(reached));
    await system.kill('duty');
    // The wait ends while nobody is there.
    await wait(2_500);
    await system.start('duty');
    await until(async () => expect((await eventsOf(taskId)).at(-1)?.type).toBe('alarm.unanswered'), 25_000);
    const words = wordsOf(await eventsOf(taskId));
    // A mail that is no longer true when the service is back is not sent, so that one may be missing.
    expect(words.filter((word) => !word.startsWith('told'))).toEqual([
      'raised',
      'passed_on',
      'passed_on',
      'unanswered',
    ]);
    expect(new Set(words.filter((word) => word.startsWith('told'))).size).toBe(
      words.filter((word) => word.startsWith('told')).length,
    );
  });
  it('while a text message and a robot speak: what may have been heard is not said again, and the log says so', async () => {
    await Promise.all([swallow('sms', 'sms.send'), swallow('dingtalk', 'robot.send')]);
    const drillId = 'dies-speaking';
    await must({ type: 'drill.begin', drillId, site: 'city', on: 'linked', scenario: drillId });
    const heard = async () =>
      [await heardBy('sms', drillId), await heardBy('dingtalk', drillId)].map((all) => all.length);
    const told = async () => {
      const { events } = await journal.read({ aggregate: 'alarm', site: 'city', id: drillAlarmId(drillId) });
      return wordsOf(events as AlarmEvent[]).filter((word) => word.startsWith('told'));
    };
    await until(async () => {
      expect(await heard()).toEqual([1, 1]);
      // Who has no number is nobody's secret.
      expect(await told()).toEqual(['told admin sms failed']);
    });
    await system.kill('duty');
    await system.start('duty');
    await until(async () =>
      expect((await told()).toSorted()).toEqual([
        'told admin dingtalk unknown',
        'told admin sms failed',
        'told manager dingtalk unknown',
        'told manager sms unknown',
      ]),
    );
    expect(await heard()).toEqual([1, 1]);
    await must({ type: 'drill.end', drillId, site: 'city' });
  });
  it('and when Redis lost what is waited for', async () => {
    await queue('flushed', 75, 300);
    await becomes('flushed', ['raised', 'told duty email confirmed']);
    const redis = createClient({ url: system.servers.redis.url });
    await redis.connect();
    await redis.flushAll();
    redis.destroy();
    await becomes('flushed', whole);
    [admin, duty] = await Promise.all([signIn(system.consoleUrl, 'admin'), signIn(system.consoleUrl, 'duty')]);
  });
  it('as the whole log and the newsroom show', async () => {
    const entries = await readLog(bus);
    expect(twice(entries)).toEqual([]);
    // A source or a login that fails again is told of again.
    const raises = new Map<string, number>();
    const told = entries.flatMap(({ events }) =>
      (events as AlarmEvent[]).flatMap((event) => {
        if (event.type === 'alarm.raised') raises.set(event.alarmId, (raises.get(event.alarmId) ?? 0) + 1);
        if (event.type !== 'alarm.told') return [];
        return [`${event.alarmId} ${raises.get(event.alarmId)} ${event.personId} ${event.by}`];
      }),
    );
    expect(new Set(told).size).toBe(told.length);
    const mails = system.newsroom.mails.map(({ messageId }) => messageId);
    expect(new Set(mails).size).toBe(mails.length);
  });
});

describe('the forecast', () => {
  it('says how many will be late at the pace of the last days, and which', async () => {
    for (let hour = 1; hour <= 24; hour++) {
      await queue(`done-${hour}`, 75, 8 * hourMs);
      await exempt(`done-${hour}`, ago(hour * hourMs));
    }
    for (let n = 0; n < 10; n++) await queue(`late-${n}`, 75, hourMs, 'province');
    const said = await until(async () => {
      const answer = Forecast.parse((await admin.get('/api/duty/forecast')).body);
      expect(answer.open).toBeGreaterThanOrEqual(10);
      return answer;
    });
    expect(said.basis).toBe('even');
    expect(said.late).toBeGreaterThan(0);
    expect(said.tasks).toHaveLength(said.late);
    expect(said.hours.reduce((sum, { late }) => sum + late, 0)).toBe(said.late);
  });
});

describe('the console', () => {
  let page: Page;
  const shot = async (on: Page, name: string) => {
    if (process.env['SCREENSHOTS']) await on.screenshot({ path: `${process.env['SCREENSHOTS']}/${name}.png` });
  };
  const accessible = async (on: Page) => expect(await barriersOf(on)).toEqual([]);
  const signedIn = async (personId: string, path: string) => {
    const screen = await openScreen(browser, `${system.consoleUrl}${path}`);
    screens.push(screen);
    await enter(screen, personId);
    return screen.page;
  };

  it('shows the person on duty the alarms first, with who was told and when the next is', async () => {
    await queue('shown', 90, 300);
    page = await signedIn('duty', '/');
    await page.getByTestId('duty-page').waitFor();
    await page.getByTestId('alarm').filter({ hasText: '关于shown的公告' }).waitFor();
    expect(await page.getByTestId('on-duty').innerText()).toContain('冯值班');
    expect(await page.getByTestId('next-step').first().innerText()).toMatch(/\d\d:\d\d 后/);
    expect(await page.getByTestId('forecast').innerText()).toMatch(/按当前速度，.*\d\d:00 后预计有 \d+ 条超时/);
    await shot(page, 'duty');
    await accessible(page);
  });
  it('lets it be taken by one key, and says so', async () => {
    const waiting = page.locator('[data-testid=alarm][data-state=calling], [data-testid=alarm][data-state=unanswered]');
    const count = await waiting.count();
    await page.keyboard.press('Enter');
    await page.getByTestId('notices').getByText('已接手，不再通知他人').waitFor();
    await until(async () => expect(await waiting.count()).toBe(count - 1));
    await page.locator('[data-state=acknowledged]').getByText('冯值班 于').first().waitFor();
  });
  it('follows that person onto every other page', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.getByTestId('alarm-bar').waitFor();
    expect(await page.title()).toMatch(/^\(\d+!\) /);
    await shot(page, 'alarm-bar');
    await accessible(page);
  });
  it('lists its keys in the help', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('w');
    await page.getByTestId('duty-page').waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('接手').waitFor();
    await page.keyboard.press('Escape');
  });
  it('fits a phone at night', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    const content = `[document.documentElement, document.getElementById('content')]`;
    expect(await page.evaluate(`${content}.every((it) => it.scrollWidth <= innerWidth)`)).toBe(true);
    await shot(page, 'duty-phone');
    await accessible(page);
    await page.setViewportSize({ width: 1366, height: 768 });
  });
  it('shows the roster by month with its holes, and fills one', async () => {
    await page.goto(`${system.consoleUrl}/duty/roster`);
    await page.getByTestId('roster').waitFor();
    await shot(page, 'roster');
    await accessible(page);
    // Nobody has thought of the month after next yet.
    await page.keyboard.press(']');
    await page.keyboard.press(']');
    await page.waitForURL(/month=/);
    const month = new URL(page.url()).searchParams.get('month');
    const first = page.getByTestId(`day-${month}-01`);
    await first.getByTestId('hole').getByText('00:00–24:00 空缺').waitFor();
    await first.getByRole('button', { name: '加班次' }).click();
    await page.getByTestId('shift-person').selectOption('duty');
    await shot(page, 'shift-dialog');
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('notices').getByText('已保存：冯值班').waitFor();
    await first.getByText('08:30–20:30').waitFor();
    expect(await first.getByTestId('hole').allInnerTexts()).toEqual(['00:00–08:30 空缺', '20:30–24:00 空缺']);
    await shot(page, 'roster-holes');
  });
  it('takes a roster out of a spreadsheet, says line by line what is wrong, and imports it once with its holes known', async () => {
    const month = new URL(page.url()).searchParams.get('month');
    await page.getByTestId('import-roster').click();
    const text = page.getByTestId('import-text');
    await text.fill(`某人,,${month}-10 08:30,20:30\n冯值班,,${month}-10 20:30,${month}-10 08:30`);
    await page.getByTestId('import-problems').getByText('第 1 行：没有“某人”这个人').waitFor();
    await page.getByTestId('import-problems').getByText('第 2 行：结束早于开始').waitFor();
    expect(await page.getByTestId('import-send').isDisabled()).toBe(true);
    await accessible(page);
    // As Chinese Excel writes CSV, and as a workbook whose times are its own; both with a hole and with a line that is wrong.
    const csv = `当班人,备班人,开始,结束,站点\r\n冯值班,王编辑,${month}-20 08:30,20:30,\r\n某人,,${month}-20 20:30,次日 08:30,\r\n冯值班,,${month}-21 08:30,20:30,`;
    const file = page.getByTestId('import-file');
    await file.setInputFiles({ name: '值班表.csv', mimeType: 'text/csv', buffer: iconv.encode(csv, 'gb18030') });
    await page.getByTestId('import-problems').getByText('第 3 行：没有“某人”这个人').waitFor();
    await page.getByTestId('import-holes').getByText('20:30').first().waitFor();
    const at = (day: number, hour: number) => new Date(`${month}-${day}T${String(hour).padStart(2, '0')}:30:00.000Z`);
    const format = 'yyyy-mm-dd hh:mm';
    const cells = (name: string, day: number) => [
      { value: name },
      { value: '' },
      { value: at(day, 8), type: Date, format },
      { value: at(day, 20), type: Date, format },
    ];
    const workbook = await writeSheet([cells('冯值班', 22), cells('没有此人', 23), cells('冯值班', 24)]).toBuffer();
    await file.setInputFiles({ name: '值班表.xlsx', mimeType: 'application/octet-stream', buffer: workbook });
    await page.getByTestId('import-problems').getByText('第 2 行：没有“没有此人”这个人').waitFor();
    await page.getByTestId('import-holes').getByText('08:30').first().waitFor();
    await text.fill(`冯值班\t王编辑\t${month}-10 08:30\t20:30\n冯值班\t\t${month}-11 08:30\t20:30`);
    await page.getByTestId('import-weeks').fill('2');
    await page.getByTestId('import-knows-holes').check();
    await shot(page, 'import');
    await accessible(page);
    await page.getByTestId('import-send').click();
    await page.getByTestId('notices').getByText('已导入 4 个班次').waitFor();
    await page.goto(`${system.consoleUrl}/duty/roster?month=${month}`);
    await page.getByTestId(`day-${month}-18`).getByText('08:30–20:30').waitFor();
  });
  it('has gateways and robots registered by the administrator, whose secrets nobody sees again, and tries them out', async () => {
    const screen = await signedIn('admin', '/duty/means');
    const rows = screen.getByTestId('means').locator('tbody tr');
    await rows.filter({ hasText: '短信网关（模拟平台）' }).waitFor();
    await screen.keyboard.press('c');
    await screen.locator('#field-name').press('Control+Enter');
    await screen.getByTestId('problems').getByText('机器人 key').waitFor();
    const hook = new URL(fakeOf('wecom').access['Webhook地址']!);
    await screen.locator('#field-site').selectOption('city');
    await screen.locator('#field-name').fill('市局值班群');
    await screen.locator('#field-server').fill(hook.origin);
    await screen.locator('#field-key').fill(hook.searchParams.get('key')!);
    await shot(screen, 'means-form');
    await accessible(screen);
    await screen.keyboard.press('Control+Enter');
    await screen.getByTestId('notices').getByText('已保存：市局值班群').waitFor();
    const own = rows.filter({ hasText: '市局值班群' });
    await own.getByRole('button', { name: '发测试消息' }).click();
    await screen.getByTestId('means-try-send').click();
    await screen.getByTestId('means-tried').getByText('已送达').waitFor();
    expect(await heardBy('wecom', '这是一条测试消息')).toHaveLength(1);
    await screen.keyboard.press('Escape');
    await own.getByRole('button', { name: '停用' }).click();
    await own.getByText('已停用').waitFor();
    await shot(screen, 'means');
    await accessible(screen);
    const { body } = await admin.get('/api/duty/means');
    expect(JSON.stringify(body)).not.toContain(hook.searchParams.get('key'));
    const log = JSON.stringify((await readLog(bus)).filter(({ aggregate }) => aggregate === 'means'));
    expect(log).toContain('市局值班群');
    expect(log).not.toContain(hook.searchParams.get('key'));
    expect((await duty.command({ type: 'means.register', means: {} })).status).toBe(403);
  });
  it('lets a manager change the ladder, and nobody else', async () => {
    await page.goto(`${system.consoleUrl}/duty/ladder`);
    await page.getByText('只有管理者和管理员能修改').waitFor();
    expect(await page.getByTestId('save-ladder').count()).toBe(0);
    const manager = await signedIn('manager', '/duty/ladder');
    const half = manager.getByTestId('ladder-share_50');
    await half.locator('li').first().waitFor();
    const before = await half.locator('li').count();
    await half.getByRole('button', { name: '加一级' }).click();
    await shot(manager, 'ladder');
    await accessible(manager);
    await manager.keyboard.press('Control+Enter');
    await manager.getByTestId('notices').getByText('告警阶梯已保存').waitFor();
    await manager.reload();
    await until(async () => expect(await half.locator('li').count()).toBe(before + 1));
  });
  it('proves that all is well when nothing waits', async () => {
    const open = (await admin.get('/api/alarms')).body as { rows: { site: string; about: { taskId?: string } }[] };
    for (const { site, about } of open.rows) if (about.taskId) await exempt(about.taskId, undefined, site);
    await page.goto(`${system.consoleUrl}/duty`);
    await page.getByTestId('empty').getByText('最近一次告警').waitFor();
    expect(await page.getByTestId('empty').innerText()).toMatch(/来源 3\/3 正常/);
    await shot(page, 'duty-empty');
    await accessible(page);
    await page.getByTestId('language').click();
    await page.getByTestId('empty').getByText('No open alarms').waitFor();
    await shot(page, 'duty-english');
    await accessible(page);
  });
  it('says who is on duty now', async () => {
    const now = DutyNow.parse((await duty.get('/api/duty/now')).body);
    expect(now.hasLadder).toBe(true);
    expect(now.sites.find(({ site }) => site === 'province')!.people).toMatchObject([
      { personId: 'duty', phone: '0571-0000 0001', substitute: { personId: 'editor2' } },
    ]);
  });
  it('takes a drill by the real ladder, marked as one wherever it is told, and over when somebody comes', async () => {
    await page.goto(`${system.consoleUrl}/duty`);
    await page.getByTestId('language').click();
    await page.getByTestId('begin-drill').click();
    await page.locator('#field-scenario').fill('夜间首页疑似被篡改');
    await page.getByTestId('drill-on').selectOption('share_75');
    await accessible(page);
    await page.keyboard.press('Control+Enter');
    const drill = page.getByTestId('alarm').filter({ hasText: '夜间首页疑似被篡改' });
    await drill.getByText('演练，无需处置').waitFor();
    await shot(page, 'drill');
    await accessible(page);
    await until(() =>
      expect(mailsOf('夜间首页').map(({ subject }) => subject)).toEqual(['【演练】夜间首页疑似被篡改（无需处置）']),
    );
    await drill.getByTestId('take').click();
    await drill.waitFor({ state: 'detached' });
    const { rows } = (await admin.get('/api/alarms?show=all')).body as { rows: AlarmRow[] };
    expect(rows.find(({ about }) => about.kind === 'drill')).toMatchObject({
      state: 'closed',
      acknowledged: { byName: '冯值班' },
      closed: { because: 'drilled' },
    });
  });
  it('writes an incident down from what was noticed to its report, corrected only by adding', async () => {
    await page.keyboard.press('g');
    await page.keyboard.press('z');
    await page.getByTestId('empty').getByText('没有事件').waitFor();
    await accessible(page);
    await page.keyboard.press('c');
    await page.locator('#field-title').fill('假冒省局网站');
    await page.locator('#field-noticed').fill('群众来电反映');
    await shot(page, 'incident-new');
    await accessible(page);
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('incident').waitFor();
    await page.keyboard.press('x');
    await page.getByText('还没有登记上报，只能按误报办结').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('n');
    await page.locator('#field-text').fill('已截图取证');
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('incident-timeline').getByText('已截图取证').waitFor();
    await page.getByRole('button', { name: '更正 已截图取证' }).click();
    await page.locator('#field-text').fill('已录屏取证');
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('incident-timeline').getByText('已有更正').waitFor();
    await page.keyboard.press('f');
    await page.locator('#field-office').fill('省公安厅网安总队');
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('referrals').getByText('尚未答复').waitFor();
    await page.keyboard.press('r');
    await page.locator('#field-to').fill('总局值班室，电话');
    await page.locator('#field-text').fill('口头报告');
    await page.keyboard.press('Control+Enter');
    await page.getByText('已首报，用时').waitFor();
    await shot(page, 'incident');
    await accessible(page);
    await page.keyboard.press('x');
    await page.locator('#field-cause').fill('仿冒注册域名');
    await page.locator('#field-measures').fill('已停止解析');
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('conclusion').getByText('仿冒注册域名').waitFor();
    await page.emulateMedia({ media: 'print' });
    await page.getByText('事件报告', { exact: true }).waitFor();
    await shot(page, 'incident-print');
    await page.emulateMedia({ media: 'screen' });
  });
  it('makes an incident of an alarm by one click, once', async () => {
    await queue('suspicious', 90, 300);
    await page.goto(`${system.consoleUrl}/duty`);
    // The one before it may still be on the board for a moment.
    const alarm = page
      .getByTestId('alarm')
      .filter({ hasText: '关于suspicious的公告' })
      .filter({ hasText: '时限已用 90%' });
    await alarm.getByTestId('incident-from-alarm').click();
    await page.getByTestId('incident').getByText('由告警立案').waitFor();
    await page.goBack();
    await alarm.getByTestId('incident-from-alarm').click();
    await page.getByTestId('incident').waitFor();
    const { rows } = (await admin.get('/api/incidents')).body as { rows: { title: string }[] };
    expect(rows.map(({ title }) => title)).toEqual(['关于suspicious的公告', '假冒省局网站']);
  });
  it('is handed over and taken over, each signed by another, with what stands open listed', async () => {
    await page.goto(`${system.consoleUrl}/duty`);
    await page.getByTestId('give-handover').first().click();
    await page.locator('#field-notes').fill('关注首页访问');
    await accessible(page);
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('handover-waiting').getByText('冯值班 于').waitFor();
    expect(await page.getByTestId('accept-handover').count()).toBe(0);
    await shot(page, 'handover');
    const manager = await signedIn('manager', '/duty');
    await manager.getByTestId('accept-handover').click();
    await manager
      .getByRole('dialog')
      .getByText('假冒省局网站')
      .or(manager.getByText('关于suspicious的公告'))
      .first()
      .waitFor();
    await accessible(manager);
    await manager.keyboard.press('Control+Enter');
    await manager.getByTestId('handover-waiting').waitFor({ state: 'detached' });
    await manager.goto(`${system.consoleUrl}/duty/book`);
    await manager.getByTestId('book').getByText('接班', { exact: true }).waitFor();
    await manager.getByTestId('book').getByText('演练接手').waitFor();
    await shot(manager, 'book');
    await accessible(manager);
    const from = ago(24 * hourMs);
    const csv = (await admin.get(`/api/duty/book.csv?from=${from}&to=${ago(-hourMs)}`)).body as string;
    expect(csv).toContain('"交班","冯值班"');
    const figures = (await admin.get(`/api/duty/figures.csv?from=${from}&to=${ago(-hourMs)}`)).body as string;
    expect(figures).toContain('"演练","夜间首页疑似被篡改（冯值班）"');
    await manager.goto(`${system.consoleUrl}/duty/figures`);
    await manager.getByTestId('drills').getByText('夜间首页疑似被篡改').waitFor();
    await shot(manager, 'figures');
    await accessible(manager);
  });
  it('alarms when a shift ends and nobody hands it over', async () => {
    const ends = new Date(Date.now() - 15 * 60_000 + 1_500).toISOString();
    await must({
      type: 'shift.register',
      shift: { shiftId: 'ended', site: 'city', personId: 'editor2', substituteId: null, from: ago(hourMs), to: ends },
    });
    await until(async () => {
      const { rows } = (await admin.get('/api/alarms?show=all')).body as { rows: AlarmRow[] };
      expect(rows.filter(({ about }) => about.kind === 'handover')).toMatchObject([
        { about: { because: 'not_given', name: '王编辑', nextName: '冯值班' } },
      ]);
      // By a text message, which is written down before it is sent and goes out once.
      const texts = await heardBy('sms', '没有交班');
      expect(texts).toMatchObject([{ title: '057100000004', text: expect.stringContaining('王编辑的班次') }]);
    }, 20_000);
  });
  it('tells of a quarter and of a yearly table that run out, from the clock to the mail', async () => {
    const dayMs = 24 * hourMs;
    const quarterMs = 90 * dayMs;
    const startsAt = ago(quarterMs * 0.75 - 1_000);
    const service = { kind: 'service' as const, id: 'test' };
    const head = (id: string) => ({ id, at: ago(0), actor: service, site: 'province' });
    await carryOut(journal, inspection, {
      type: 'inspection.expect',
      ...head('quarter'),
      inspectionId: '2020-Q1',
      startsAt,
      dueAt: new Date(Date.parse(startsAt) + quarterMs).toISOString(),
    });
    await carryOut(journal, report, {
      type: 'report.open',
      ...head('table'),
      reportId: 'supervision-2020',
      period: { from: '2019-12-31T16:00:00.000Z', to: '2020-12-31T16:00:00.000Z' },
      dueAt: ago(-7 * dayMs - 1_000),
    });
    await until(() => {
      const [quarter] = mailsOf('2020-Q1 网站抽查');
      const [table] = mailsOf('距公开期限 7 天');
      expect([quarter?.to, table?.to]).toEqual([['duty@tax.example'], ['duty@tax.example']]);
    }, 20_000);
  });
  it('threw nothing, and reported no error', () => {
    expect(screens.flatMap(({ errors }) => errors)).toEqual([]);
  });
});
