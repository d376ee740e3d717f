import { setTimeout as wait } from 'node:timers/promises';
import type { DemoFake, FakeKind } from '@tongsheng/fakes';
import { signIn, type SampleSession } from './sample-session.ts';

const site = 'province';
const fakeOf = (kind: FakeKind) => `${site}-fake-${kind}`;

/** Reporters' own mailboxes, one of which is closed at first. */
const pressList = `${site}-press-list`;

/** A release, what goes wrong at which platform before it is signed, and so what it comes to there. */
type Story = {
  name: string;
  title: string;
  text: string;
  channels: string[];
  faults?: { at: FakeKind; fault: Record<string, unknown> }[];
  after?: (tools: Tools, releaseId: string) => Promise<void>;
};
type Tools = { people: Record<(typeof roles)[number], SampleSession>; urlOf(kind: FakeKind): string };
type Row = { deliveryId: string; channelId: string; state: string; url: string | null };

const roles = ['comms', 'reviewer', 'confidentiality', 'signer', 'admin'] as const;

/** One for each state that a delivery can be in; nothing of it is told, all of it happens. */
const stories: Story[] = [
  {
    name: 'arrived',
    title: '我省办税服务厅元旦假期服务安排（示例）',
    text: '元旦当日全省办税服务厅休息，电子税务局照常办理。',
    channels: [`${site}-press-mail`, `${site}-press-hook`, fakeOf('weibo'), `${site}-renmin`],
  },
  {
    name: 'partly',
    title: '全省税收宣传月活动采访邀请（示例）',
    text: '诚邀各媒体参加税收宣传月启动仪式，采访证当日现场领取。',
    channels: [pressList],
  },
  {
    name: 'pending',
    title: '我省电子税务局新增十项掌上办业务（示例）',
    text: '即日起，十项常用业务可以在手机上办理，全程不用跑腿。',
    channels: [fakeOf('wechat')],
    faults: [
      { at: 'wechat', fault: { kind: 'callback', mode: 'missing', route: 'callback.*' } },
      { at: 'wechat', fault: { kind: 'code', code: -1, executed: false, route: 'freepublish.get', times: 500 } },
    ],
  },
  {
    name: 'unknown',
    title: '个人所得税综合所得汇算预约办理提示（示例）',
    text: '汇算开始前两周可以预约办理时间，预约当天不用排队。',
    channels: [fakeOf('feishu')],
    faults: [{ at: 'feishu', fault: { kind: 'drop', executed: true, route: '*' } }],
  },
  {
    name: 'rejected',
    title: '发票风险提示：警惕虚假代开（示例）',
    text: '凡声称可以代开发票、按比例收费的，都是违法行为，请向税务机关举报。',
    channels: [fakeOf('dingtalk')],
    faults: [{ at: 'dingtalk', fault: { kind: 'code', code: 430101, executed: false, route: '*' } }],
  },
  {
    name: 'retrying',
    title: '社会保险费缴费渠道一览（示例）',
    text: '缴费人可以通过电子税务局、手机银行、社区服务站等渠道缴费。',
    channels: [fakeOf('wecom')],
    faults: [{ at: 'wecom', fault: { kind: 'code', code: -1, executed: false, route: '*', times: 4 } }],
  },
  {
    name: 'lost',
    title: '全省税务系统“便民办税春风行动”启动（示例）',
    text: '今年推出四批八十条措施，围绕减流程、减资料、减时间。',
    channels: [fakeOf('mastodon'), `${site}-renmin`],
    // Moderators delete it, which the look after an hour finds; what was handed over by hand is looked at at once.
    async after({ people: { comms }, urlOf }, releaseId) {
      const { url } = await found(comms, releaseId, fakeOf('mastodon'), 'confirmed');
      await act(urlOf('mastodon'), 'actions/remove', { id: url?.split('/').at(-1) });
      const { deliveryId } = await found(comms, releaseId, `${site}-renmin`, 'pending');
      const seen = { url, visibleAt: new Date().toISOString(), screenshot: null, note: '' };
      await comms.say(`${releaseId}/report`, { type: 'delivery.report', site, deliveryId, ...seen });
    },
  },
  {
    name: 'recalled',
    title: '关于调整咨询热线服务时间的通告（示例，已撤回）',
    text: '咨询热线服务时间调整为八时至二十时。',
    channels: [`${site}-press-hook`, fakeOf('mastodon')],
    async after({ people: { comms, signer } }, releaseId) {
      for (const channelId of [`${site}-press-hook`, fakeOf('mastodon')])
        await found(comms, releaseId, channelId, 'confirmed');
      const why = { reason: '服务时间有误', publicReason: '内容有误' };
      await comms.say(`${releaseId}/recall`, { type: 'recall.propose', site, releaseId, ...why });
      await signer.say(`${releaseId}/approve`, { type: 'recall.approve', site, releaseId, round: 1 });
    },
  },
];

/**
 * Releases that went through all four people and came to every end that a delivery can have, by faults of the fakes;
 * what is there from an earlier start is left alone.
 * @throws what stood in the way
 */
export async function sampleDeliveries(
  consoleUrl: string,
  { fakes, smtpUrl }: { fakes: readonly DemoFake[]; smtpUrl: string },
): Promise<void> {
  const signedIn = await Promise.all(roles.map((role) => signIn(consoleUrl, role)));
  const people = Object.fromEntries(roles.map((role, i) => [role, signedIn[i]!])) as Tools['people'];
  const urlOf = (kind: FakeKind) => fakes.find((each) => each.kind === kind)!.url;
  const { rows } = (await people.comms.read('/api/releases')) as { rows: { releaseId: string }[] };
  await people.admin.say(pressList, { type: 'channel.register', channel: reporters(smtpUrl) });
  for (const story of stories) {
    const releaseId = `sample-${story.name}`;
    if (rows.some((row) => row.releaseId === releaseId)) continue;
    for (const { at, fault } of story.faults ?? []) await act(urlOf(at), 'faults', fault);
    await signed(people, releaseId, story);
    await story.after?.({ people, urlOf }, releaseId);
  }
}

const reporters = (smtp: string) => ({
  channelId: pressList,
  name: '示例记者邮件组',
  site,
  paused: false,
  kind: 'email',
  settings: {
    smtp,
    from: `press@${site}.tax.example`,
    to: ['radio', 'daily', 'closed-weekly'].map((name) => `${name}@newsroom.example`),
  },
});

async function signed(people: Tools['people'], releaseId: string, { title, text, channels }: Story): Promise<void> {
  const { comms, reviewer, confidentiality, signer } = people;
  const draft = { kind: 'press', title, summary: text, html: `<p>${text}</p>`, rumor: null, channels };
  const key = { site, releaseId };
  await comms.say(`${releaseId}/draft`, { type: 'release.draft', ...key, draft, baseRevision: 0 });
  const { row } = (await comms.read(`/api/releases/${releaseId}?site=${site}`)) as { row: { contentHash: string } };
  const seen = { ...key, seenHash: row.contentHash };
  await comms.say(`${releaseId}/submit`, { type: 'release.submit', ...seen });
  await reviewer.say(`${releaseId}/review`, { type: 'release.pass_step', ...seen, step: 'review' });
  await confidentiality.say(`${releaseId}/secrets`, { type: 'release.pass_step', ...seen, step: 'confidentiality' });
  await signer.say(`${releaseId}/sign`, { type: 'release.pass_step', ...seen, step: 'sign' });
}

/** How often a delivery is looked for, and how long between, in ms. */
const looks = { most: 240, everyMs: 500 };

async function found(comms: SampleSession, releaseId: string, channelId: string, state: string): Promise<Row> {
  for (let n = 0; n < looks.most; n++) {
    const { rows } = (await comms.read('/api/deliveries')) as { rows: (Row & { releaseId: string })[] };
    const row = rows.find((each) => each.releaseId === releaseId && each.channelId === channelId);
    if (row?.state === state) return row;
    await wait(looks.everyMs);
  }
  throw new Error(`${releaseId} is not ${state} at ${channelId}`);
}

async function act(url: string, what: string, input: object): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/fake/${what}`, { method: 'POST', headers, body: JSON.stringify(input) });
  if (!answer.ok) throw new Error(`${url}: ${what}: HTTP ${answer.status} ${await answer.text()}`);
}
