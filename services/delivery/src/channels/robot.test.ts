import type { Channel } from '@tongsheng/contracts';
import { HandTime, startDingTalkFake, startFeishuFake, startWeComFake, type FaultWish } from '@tongsheng/fakes';
import { dingtalkSign, feishuSign } from '@tongsheng/robots';
import { channelTools, noon, samplePost } from '@tongsheng/test/support';
import { afterEach, describe, expect, it } from 'vitest';
import type { ChannelKind } from './channel.ts';
import { dingtalk } from './dingtalk.ts';
import { feishu } from './feishu.ts';
import { wecom } from './wecom.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

type Robot = {
  name: string;
  kind: ChannelKind;
  /** The call that speaks. */
  route: string;
  /** What this platform's fake is reached by. */
  start(options?: Start): Promise<{ fake: Group; settings: Settings }>;
};
type Start = { keywords?: string[]; form?: string; time?: HandTime; secret?: string };
type Settings = Channel['settings'];
type Group = Pick<Awaited<ReturnType<typeof startWeComFake>>, 'port' | 'posts' | 'ledger' | 'fault' | 'act'>;

const secret = `SEC${'0'.repeat(30)}`;
const opened = <F extends Group & { stop(): Promise<void> }>(fake: F) => {
  closings.push(() => fake.stop());
  return fake;
};

const robots: Robot[] = [
  {
    name: 'WeCom',
    kind: wecom,
    route: 'webhook.send',
    start: async ({ time = new HandTime(noon), form = 'text' } = {}) => {
      const fake = opened(await startWeComFake({}, { time }));
      const key = new URL(fake.access['Webhook地址']!).searchParams.get('key');
      return { fake, settings: settingsOf({ server: fake.url, key, form }) };
    },
  },
  {
    name: 'DingTalk',
    kind: dingtalk,
    route: 'robot.send',
    start: async ({ time = new HandTime(noon), keywords = [], form = 'text', secret: ours = secret } = {}) => {
      const fake = opened(await startDingTalkFake({ keywords }, { time }));
      const token = new URL(fake.access['Webhook地址']!).searchParams.get('access_token');
      return { fake, settings: settingsOf({ server: fake.url, token, secret: ours, form }) };
    },
  },
  {
    name: 'Feishu',
    kind: feishu,
    route: 'hook',
    start: async ({ time = new HandTime(noon), keywords = [], secret: ours = secret } = {}) => {
      const fake = opened(await startFeishuFake({ keywords }, { time }));
      const token = fake.access['Webhook地址']!.split('/hook/')[1];
      return { fake, settings: settingsOf({ server: fake.url, token, secret: ours }) };
    },
  },
];
/** Adapters read what they are given, as it comes out of the log. */
const settingsOf = (given: Record<string, unknown>) => given as unknown as Settings;

const toolsFor = ({ kind }: Robot, { port }: Group, more: { timeoutMs?: number; max?: number } = {}) =>
  channelTools(kind.kind, {
    allow: [`127.0.0.1:${port}`],
    timeoutMs: more.timeoutMs ?? 5_000,
    ...(more.max !== undefined && {
      limits: { ...kind.limits, text: { body: { max: more.max, unit: 'bytes' as const } } },
    }),
  });

describe.each(robots)('the robot of $name', (robot) => {
  const say = async (given: Start = {}, fault?: FaultWish, parcel = samplePost) => {
    const { fake, settings } = await robot.start(given);
    if (fault) fake.fault(fault);
    const timeoutMs = fault?.kind === 'hang' ? 300 : 5_000;
    const handed = await robot.kind.deliver(parcel, settings, toolsFor(robot, fake, { timeoutMs }));
    return { fake, settings, handed };
  };

  it('brings the words of a release into the group, once, and the platform’s yes is the proof', async () => {
    const { fake, handed } = await say();
    expect(handed).toMatchObject({ outcome: 'confirmed', receipt: { url: null } });
    const [post, ...others] = fake.posts();
    expect(others).toEqual([]);
    const said = `${post!.title}\n${post!.text}`;
    for (const words of ['【辟谣】关于“存款要缴税”的说明 <重要>', '结论：不实信息', samplePost.url, '[发布号 release-'])
      expect(said).toContain(words);
    expect(said.indexOf('不实信息')).toBeLessThan(said.indexOf('明年起存款要缴税'));
  });

  it('says a correction and a withdrawal beside what it said before', async () => {
    const { fake, settings } = await robot.start();
    const sent = { parcel: samplePost, receipt: null, notes: {} };
    for (const change of [robot.kind.amend!, robot.kind.recall!]) {
      expect(change.by).toBe('notice');
      expect(await change.hand(samplePost, sent, settings, toolsFor(robot, fake))).toMatchObject({
        outcome: 'confirmed',
      });
    }
    const said = fake.posts().map(({ title, text }) => `${title}\n${text}`);
    expect(said[0]).toContain('【更正】');
    expect(said[1]).toContain('【撤回】');
  });

  it('cuts what is too long between characters and leads to our page; the platform takes the whole of it', async () => {
    const html = `<p>${'“很长”的\t正文\\。😀'.repeat(5_000)}</p>`.repeat(3);
    const { fake, handed } = await say({}, undefined, { ...samplePost, html });
    expect(handed).toMatchObject({ outcome: 'confirmed' });
    expect(fake.posts()[0]!.text).toContain('…\n');
    expect(fake.posts()[0]!.text).toContain(samplePost.url);
    expect(fake.posts()[0]!.text.isWellFormed()).toBe(true);
  });
  it('fits into many short lines too', async () => {
    const { handed } = await say({}, undefined, { ...samplePost, html: '<p>一</p>'.repeat(20_000) });
    expect(handed).toMatchObject({ outcome: 'confirmed' });
  });
  it('does not speak where not even the way to our page fits', async () => {
    const { fake, settings } = await robot.start();
    const handed = await robot.kind.deliver(samplePost, settings, toolsFor(robot, fake, { max: 40 }));
    expect(handed).toMatchObject({ outcome: 'rejected_permanent', trouble: 'content' });
    expect(fake.posts()).toEqual([]);
  });

  it.each<[string, FaultWish, Partial<Awaited<ReturnType<ChannelKind['deliver']>>>]>([
    ['cut before it was read', { kind: 'drop' }, { outcome: 'unknown' }],
    ['cut after it was heard', { kind: 'drop', executed: true }, { outcome: 'unknown' }],
    ['never answered', { kind: 'hang', executed: true }, { outcome: 'unknown' }],
    ['answered by half', { kind: 'cut' }, { outcome: 'unknown' }],
    ['answered by a page', { kind: 'html', executed: true }, { outcome: 'unknown' }],
    ['answered without end', { kind: 'huge', executed: true }, { outcome: 'unknown' }],
    ['answered by a broken server', { kind: 'status', status: 502, executed: true }, { outcome: 'unknown' }],
    ['led elsewhere', { kind: 'redirect' }, { outcome: 'rejected_permanent' }],
    ['not at that address', { kind: 'status', status: 404 }, { outcome: 'rejected_permanent' }],
    [
      'asked to wait',
      { kind: 'status', status: 429, retryAfterSeconds: 7 },
      { outcome: 'rejected_retryable', trouble: 'rate_limited', retryAfterSeconds: 7 },
    ],
  ])('whose call is %s is told apart', async (_, fault, expected) => {
    const { fake, handed } = await say({}, fault);
    expect(handed).toMatchObject(expected);
    expect(fake.posts()).toHaveLength('executed' in fault || fault.kind === 'cut' ? 1 : 0);
    expect(fake.ledger.repeated()).toEqual([]);
  });
  it('did surely not speak where nobody listens', async () => {
    const { fake, settings } = await robot.start();
    const nobody = { ...settings, server: 'http://127.0.0.1:1' } as Settings;
    const tools = { ...toolsFor(robot, fake), allow: ['127.0.0.1:1'] };
    expect(await robot.kind.deliver(samplePost, nobody, tools)).toMatchObject({ outcome: 'not_sent' });
    // Nor may it reach what is not public.
    expect(await robot.kind.deliver(samplePost, settings, { ...tools, allow: [] })).toMatchObject({
      outcome: 'not_sent',
    });
  });

  it('asks for a person when it was taken out of its group, and says so beforehand', async () => {
    const { fake, settings } = await robot.start();
    fake.act('setRobot', { isThere: false });
    const tools = toolsFor(robot, fake);
    expect(await robot.kind.deliver(samplePost, settings, tools)).toMatchObject({
      outcome: 'rejected_retryable',
      trouble: 'credential',
    });
    expect(await robot.kind.health!(settings, tools)).toMatchObject({ ok: false, trouble: 'credential' });
  });
  it('is left alone once it has said too much', async () => {
    const { fake, settings } = await robot.start();
    const tools = toolsFor(robot, fake);
    const outcomes: unknown[] = [];
    for (let i = 0; i < 101 && outcomes.at(-1) !== 'rejected_retryable'; i++)
      outcomes.push((await robot.kind.deliver(samplePost, settings, tools)).outcome);
    const handed = await robot.kind.deliver(samplePost, settings, tools);
    expect(handed).toMatchObject({ outcome: 'rejected_retryable', trouble: 'rate_limited' });
    expect(handed.retryAfterSeconds).toBe(robot.kind === dingtalk ? 600 : 60);
  }, 60_000);
  it('has a bucket that never holds more than the platform takes', () => {
    const { tokens, perSeconds } = robot.kind.limits.rate!;
    const inMinute = tokens + (60 * tokens) / perSeconds;
    expect(inMinute).toBeLessThanOrEqual(robot.kind === feishu ? 100 : 20);
    if (robot.kind === feishu) expect(tokens + tokens / perSeconds).toBeLessThanOrEqual(5);
  });
  it('gives what it could not say to a person: nobody can be asked whether it was heard', () => {
    expect(robot.kind).toMatchObject({ onUnknown: 'person' });
    expect(robot.kind.probe).toBeUndefined();
  });
  it('can be asked whether it is let in, and nobody in the group hears of it', async () => {
    // Signed for the present.
    const { fake, settings } = await robot.start({ keywords: ['发布号'], time: new HandTime(Date.now()) });
    expect(await robot.kind.health!(settings, toolsFor(robot, fake))).toMatchObject({ ok: true, trouble: null });
    expect(fake.posts()).toEqual([]);
  });
});

describe.each(robots.filter(({ kind }) => kind !== wecom))('the signature of $name', (robot) => {
  it('is for the moment of the attempt', async () => {
    const { fake, settings } = await robot.start();
    const late = { ...samplePost, attemptedAt: '2026-11-23T05:00:01.000Z' };
    const tools = toolsFor(robot, fake);
    expect(await robot.kind.deliver(late, settings, tools)).toMatchObject({ trouble: 'credential' });
    expect(await robot.kind.deliver(samplePost, settings, tools)).toMatchObject({ outcome: 'confirmed' });
  });
  it('with another secret is for a person to look at, and so is a keyword that we don’t say', async () => {
    const wrong = await robot.start({ secret: 'SEC-of-another-robot' });
    expect(await robot.kind.deliver(samplePost, wrong.settings, toolsFor(robot, wrong.fake))).toMatchObject({
      outcome: 'rejected_retryable',
      trouble: 'credential',
    });
    const asks = await robot.start({ keywords: ['别的词'] });
    expect(await robot.kind.deliver(samplePost, asks.settings, toolsFor(robot, asks.fake))).toMatchObject({
      outcome: 'rejected_retryable',
      trouble: 'credential',
    });
    const ours = await robot.start({ keywords: ['发布号'] });
    expect(await robot.kind.deliver(samplePost, ours.settings, toolsFor(robot, ours.fake))).toMatchObject({
      outcome: 'confirmed',
    });
  });
});

describe('what the platforms say in numbers', () => {
  it.each<[string, number, string, string | undefined]>([
    ['WeCom', -1, 'rejected_retryable', 'busy'],
    ['WeCom', 45009, 'rejected_retryable', 'rate_limited'],
    ['WeCom', 40058, 'rejected_permanent', 'content'],
    ['WeCom', 40008, 'rejected_permanent', 'content'],
    ['WeCom', 44004, 'rejected_permanent', 'content'],
    ['WeCom', 93000, 'rejected_retryable', 'credential'],
    ['DingTalk', -1, 'rejected_retryable', 'busy'],
    ['DingTalk', 130101, 'rejected_retryable', 'rate_limited'],
    ['DingTalk', 300001, 'rejected_retryable', 'credential'],
    ['DingTalk', 310000, 'rejected_retryable', 'credential'],
    ['DingTalk', 460101, 'rejected_permanent', 'content'],
    ['Feishu', 11232, 'rejected_retryable', 'rate_limited'],
    ['Feishu', 19021, 'rejected_retryable', 'credential'],
    ['Feishu', 19022, 'rejected_retryable', 'credential'],
    ['Feishu', 19024, 'rejected_retryable', 'credential'],
    ['Feishu', 9499, 'rejected_permanent', 'content'],
    ['Feishu', 19036, 'rejected_permanent', 'content'],
  ])('%s: %i is %s, %s', async (name, code, outcome, trouble) => {
    const robot = robots.find((each) => each.name === name)!;
    const { fake, settings } = await robot.start();
    fake.fault({ kind: 'code', code });
    expect(await robot.kind.deliver(samplePost, settings, toolsFor(robot, fake))).toMatchObject({ outcome, trouble });
  });
  it('DingTalk: also in the other form, for too many calls', async () => {
    const fake = opened(await startDingTalkFake({ throttle: 'punish' }, { time: new HandTime(noon) }));
    fake.fault({ kind: 'code', code: 130101 });
    const token = new URL(fake.access['Webhook地址']!).searchParams.get('access_token');
    const settings = settingsOf({ server: fake.url, token, secret });
    const tools = channelTools('dingtalk', { allow: [`127.0.0.1:${fake.port}`] });
    expect(await dingtalk.deliver(samplePost, settings, tools)).toMatchObject({
      outcome: 'rejected_retryable',
      trouble: 'rate_limited',
      retryAfterSeconds: 600,
    });
  });
  it('the signatures are those that were measured', () => {
    expect(dingtalkSign(secret, 1_700_000_000_000)).toBe('rlyQSqRKsL0kleOfrvteoL6085wIDioIrj/GlfQ3zN4=');
    expect(feishuSign(secret, '1700000000')).toBe('lftVBJh6kg17J2q9iYzc39qwiOHK3zEkDpFO0e5P9LA=');
  });
});

describe('a card', () => {
  it.each([
    ['WeCom', 'news'],
    ['DingTalk', 'link'],
  ])('of %s says in plain words what was found, and leads to our page', async (name, form) => {
    const robot = robots.find((each) => each.name === name)!;
    const { fake, settings } = await robot.start({ form });
    const parcel = { ...samplePost, title: '关于'.repeat(100), html: `<p>${'很长。'.repeat(2_000)}</p>` };
    expect(await robot.kind.deliver(parcel, settings, toolsFor(robot, fake))).toMatchObject({ outcome: 'confirmed' });
    const { title, text } = fake.posts()[0]!;
    expect(title).toContain('【辟谣】关于');
    expect(text).toContain('结论：不实信息');
    expect(text).not.toContain(samplePost.url);
    expect(text.endsWith('[发布号 release-aaaa]')).toBe(true);
  });
});
