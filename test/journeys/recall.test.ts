// A release goes out everywhere, is corrected, and is taken back; what nobody knows of is found out and taken back, too.
import { BusClient, connectBus, Journal, type Bus } from '@tongsheng/bus';
import type { DeliveryEvent, RecallCommand, RecallEvent, ReleaseCommand, ReleaseEvent } from '@tongsheng/contracts';
import {
  barriersOf,
  enter,
  everyRole,
  hashA,
  hashB,
  openScreen,
  picture,
  pressDraft,
  readLog,
  startBrowser,
  startSystem,
  twice,
  type System,
  until,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callBack } from '../../infra/local/src/fake-channels.ts';

let system: System;
let bus: Bus;
let journal: Journal;
let client: BusClient;
let said = 0;
let closing: () => Promise<void> = async () => {};

const channels = ['province-press-mail', 'province-press-hook', 'province-fake-wechat', 'province-fake-mastodon'];
const wechat = 'channel/province-fake-wechat';
const mastodon = 'channel/province-fake-mastodon';
const longMs = 60_000;

beforeAll(async () => {
  const services = ['registry', 'releases', 'portal', 'delivery', 'gateway'] as const;
  system = await startSystem({ services, samples: false, fakes: ['wechat', 'mastodon'] });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  journal = new Journal(bus, 'test');
  client = new BusClient(bus);
  await until(async () => expect((await readLog(bus)).some(({ aggregate }) => aggregate === 'site')).toBe(true));
  await callBack(system.fakes, 'province', system.doorUrl);
}, 120_000);
afterAll(async () => {
  await closing();
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
});

const head = (who: string) => ({
  id: `recall-test/${++said}`,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: who, name: who },
  site: 'province',
});
const write = (command: ReleaseCommand) => client.command('release', command);
const tell = (command: RecallCommand) => client.command('recall', command);
const releaseOf = async (id: string) =>
  (await journal.read({ aggregate: 'release', site: 'province', id })).events as ReleaseEvent[];
const recallOf = async (id: string) =>
  (await journal.read({ aggregate: 'recall', site: 'province', id })).events as RecallEvent[];
const deliveriesOf = async (releaseId: string) => {
  const all = (await readLog(bus)).filter(({ aggregate }) => aggregate === 'delivery');
  const events = all.flatMap((entry) => entry.events as DeliveryEvent[]);
  const ids = new Map(
    events.flatMap((each) =>
      each.type === 'delivery.requested' && each.releaseId === releaseId ? [[each.deliveryId, each.channelId]] : [],
    ),
  );
  return events
    .filter(({ deliveryId }) => ids.has(deliveryId))
    .map((event) => ({ event, to: ids.get(event.deliveryId)! }));
};
const outcomesOf = async (releaseId: string, channelId: string) =>
  (await deliveriesOf(releaseId))
    .filter(({ to }) => to === channelId)
    .map(({ event }) =>
      'outcome' in event ? event.outcome : 'finding' in event ? event.finding : event.type.slice(9),
    );

/** Through the whole chain: four people. */
async function sign(releaseId: string, draft: ReturnType<typeof pressDraft>, contentHash: string, baseRevision = 0) {
  await write({ type: 'release.draft', ...head('writer'), releaseId, draft, contentHash, baseRevision });
  await write({ type: 'release.submit', ...head('writer'), releaseId, seenHash: contentHash });
  for (const step of ['review', 'confidentiality', 'sign'] as const)
    await write({
      type: 'release.pass_step',
      ...everyRole,
      ...head(`${step}er`),
      releaseId,
      step,
      seenHash: contentHash,
    });
}
async function withdraw(releaseId: string): Promise<void> {
  const why = { reason: '数据有误', publicReason: '内容有误' };
  await tell({ type: 'recall.propose', ...head('writer'), releaseId, ...why });
  const { round } = (await recallOf(releaseId)).findLast((event) => event.type === 'recall.proposed')!;
  const approve = (who: string) => tell({ type: 'recall.approve', ...head(who), releaseId, round });
  await expect(approve('writer')).rejects.toMatchObject({ code: 'recall_same_person' });
  await approve('signer');
}
/** Place → how it ended in the newest round. */
async function endsOf(releaseId: string): Promise<Record<string, string>> {
  const events = await recallOf(releaseId);
  const from = events.findLastIndex(({ type }) => type === 'recall.decided');
  return Object.fromEntries(
    events
      .slice(from)
      .flatMap((event) =>
        event.type === 'recall.target_settled'
          ? [[event.targetId, event.end]]
          : event.type === 'recall.target_failed'
            ? [[event.targetId, `failed: ${event.detail}`]]
            : [],
      ),
  );
}
const page = async (path: string) => {
  const answer = await fetch(`${system.portalUrl}${path}`);
  return { status: answer.status, text: await answer.text() };
};
type Post = { title: string; text: string; visible: boolean };
async function postsOf(kind: string): Promise<Post[]> {
  const { url } = system.fakes.find((each) => each.kind === kind)!;
  return ((await (await fetch(`${url}/fake/state`)).json()) as { posts: Post[] }).posts.filter(
    ({ visible }) => visible,
  );
}
const shown = async (kind: string, words: string) =>
  (await postsOf(kind)).filter(({ title, text }) => `${title}\n${text}`.includes(words)).length;
const mailsWith = (words: string) => system.newsroom.mails.filter(({ subject }) => subject.includes(words));
const callsOf = (type: string) =>
  [...system.newsroom.calls.values()].filter(({ body }) => JSON.stringify(body).includes(`release.${type}`));

describe('a release that is public', () => {
  const address = '/province/press/measures';
  const first = pressDraft({ title: '便民措施十项', html: '<p>第三项应当在三个工作日内办结。</p>', channels });
  const corrected = {
    ...first,
    html: '<p>第三项应当在五个工作日内办结。</p>',
    correction: { note: '第三项办理时限应为五个工作日' },
  };

  it('is corrected for everyone who has it, at the same address and with its first date', async () => {
    await sign('measures', first, hashA);
    await until(async () => {
      for (const channel of channels)
        expect((await outcomesOf('measures', channel)).at(-1)).toMatch(/confirmed|present|probed/);
    }, longMs);
    const before = await page(address);
    const posted = /article-posted">([^<]+)</.exec(before.text)![1]!;
    await sign('measures', corrected, hashB, 1);
    await until(async () => {
      const { text } = await page(address);
      expect(text).toContain('五个工作日');
      expect(text).toContain('第三项办理时限应为五个工作日');
      expect(text).toContain(`article-posted">${posted}<`);
      expect(text).toContain('article-corrected');
    });
    await until(async () => {
      expect(await endsOf('measures')).toEqual({
        'page/province': 'corrected',
        'channel/province-press-mail': 'noticed',
        'channel/province-press-hook': 'corrected',
        [wechat]: 'corrected',
        [mastodon]: 'corrected',
      });
    }, longMs);
    expect(mailsWith('更正')).toHaveLength(1);
    expect(callsOf('updated')).toHaveLength(1);
    expect(await shown('wechat', '便民措施十项')).toBe(1);
    expect(await shown('mastodon', '便民措施十项')).toBe(1);
  });

  it('is taken back by two people: gone everywhere, and that is proven from outside', async () => {
    await withdraw('measures');
    // Whoever carries it out dies in the middle of it.
    await system.kill('releases');
    await system.start('releases');
    await until(async () => {
      expect(await endsOf('measures')).toEqual({
        'page/province': 'absent',
        'channel/province-press-mail': 'noticed',
        'channel/province-press-hook': 'noticed',
        [wechat]: 'absent',
        [mastodon]: 'absent',
      });
    }, longMs);
    const { status, text } = await page(address);
    expect(status).toBe(410);
    expect(text).toContain('原因：内容有误');
    expect(text).not.toContain('便民措施十项');
    for (const format of ['rss', 'atom', 'json']) {
      const feed = (await page(`/province/feed.${format}`)).text;
      expect(feed).not.toContain('便民措施十项');
      expect(feed).toContain(address);
    }
    const proofs = (await recallOf('measures')).filter(
      (event) => event.type === 'recall.target_settled' && event.end === 'absent',
    );
    for (const proof of proofs)
      expect(proof).toMatchObject({
        evidence: { status: expect.any(Number), pageHash: expect.any(String), snapshot: expect.any(String) },
      });
    expect(mailsWith('撤回')).toHaveLength(1);
    expect(callsOf('withdrawn')).toHaveLength(1);
    expect(await shown('wechat', '便民措施')).toBe(0);
    expect(await shown('mastodon', '便民措施')).toBe(0);
    expect((await releaseOf('measures')).at(-1)).toMatchObject({ type: 'release.withdrawn' });
  });
});

it('what nobody knows of is found out and taken back then; a kill overwrites the text in the public stream', async () => {
  const { url } = system.fakes.find(({ kind }) => kind === 'wechat')!;
  const fault = { kind: 'drop', executed: true, route: 'freepublish.submit' };
  const faulted = await fetch(`${url}/fake/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
  expect(faulted.status).toBeLessThan(300);
  const draft = pressDraft({
    title: '误发的内部通知',
    html: '<p>这是不应当公开的内部事项说明。</p>',
    channels: [channels[2]!],
  });
  await sign('leaked', draft, hashA);
  await until(async () => expect(await outcomesOf('leaked', channels[2]!)).toContain('unknown'), longMs);
  await until(async () => expect((await page('/province/press/leaked')).status).toBe(200));
  const why = { reason: '误发', publicReason: null };
  await tell({ type: 'recall.kill', ...head('signer'), releaseId: 'leaked', ...why });
  await until(async () => expect((await page('/province/press/leaked')).status).toBe(410));
  await until(async () => {
    expect(await endsOf('leaked')).toEqual({ 'page/province': 'absent', [wechat]: 'absent' });
  }, longMs);
  expect(await outcomesOf('leaked', channels[2]!)).toEqual(expect.arrayContaining(['unknown', 'halted', 'present']));
  expect(await shown('wechat', '误发的内部通知')).toBe(0);
  const events = await recallOf('leaked');
  expect(events.find(({ type }) => type === 'recall.erased')).toMatchObject({ messages: 1, refused: null });
  const published = (await releaseOf('leaked')).find((event) => event.type === 'release.published')!;
  await expect(bus.jsm.streams.getMessage('PUBLIC', { seq: published.publicPosition })).rejects.toThrow();
  expect(twice(await readLog(bus))).toEqual([]);
});

it('the console shows the plan before it is decided, and every place with its end, without a barrier', async () => {
  const draft = pressDraft({
    title: '办税厅搬迁通知',
    html: '<p>办税厅即日起搬到新址办公。</p>',
    channels: channels.slice(0, 2),
  });
  await sign('moved', draft, hashA);
  await until(async () => {
    for (const channel of channels.slice(0, 2)) expect(await outcomesOf('moved', channel)).toContain('confirmed');
  }, longMs);
  const browser = await startBrowser();
  closing = () => browser.close();
  const screen = await openScreen(browser, `${system.consoleUrl}/releases/recalls`);
  await enter(screen, 'signer');
  const { page: tab } = screen;
  const accessible = async (name: string) => {
    await picture(tab, name);
    expect(await barriersOf(tab)).toEqual([]);
  };
  await tab.getByTestId('recall-list').getByText('误发的内部通知').waitFor();
  await accessible('recalls');
  await tab.getByTestId('recall-list').getByText('误发的内部通知').click();
  await tab.getByTestId('places').getByText('已不可见').first().waitFor();
  await accessible('recall-kill');
  await tab.goto(`${system.consoleUrl}/releases/province/moved`);
  await tab.getByTestId('take-back').click();
  await tab.getByTestId('plan').getByText('发通知').first().waitFor();
  await accessible('take-back');
  await tab.getByTestId('take-back-reason').fill('地址有误');
  await tab.getByTestId('send-take-back').click();
  await tab.getByTestId('release-recalls').getByText('待批准').waitFor();
  await accessible('release-proposed');
  expect(screen.errors).toEqual([]);
});
