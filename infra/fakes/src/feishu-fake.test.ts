import { afterEach, describe, expect, it } from 'vitest';
import { feishuSign, startFeishuFake, type FeishuOptions } from './feishu-fake.ts';
import { HandTime } from './time.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const secret = `SEC${'0'.repeat(30)}`;

async function start(options: Partial<FeishuOptions> = {}, at?: string) {
  const time = new HandTime(at);
  const fake = await startFeishuFake(options, { time });
  closings.push(() => fake.stop());
  const hook = fake.access['Webhook地址']!;
  const signature = (timestamp = String(Math.floor(time.now() / 1_000))) => ({
    timestamp,
    sign: feishuSign(secret, timestamp),
  });
  const send = async (body: object, { url = hook, type = 'application/json', sign = signature() as object } = {}) => {
    const headers = { 'content-type': type };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ ...sign, ...body }) });
    expect(response.status).toBe(200);
    return (await response.json()) as { code?: number };
  };
  const say = (text: string, more?: Parameters<typeof send>[1]) => send({ msg_type: 'text', content: { text } }, more);
  return { fake, time, hook, signature, send, say };
}

it('the signature is that of the measured vector', () => {
  expect(feishuSign(secret, '1700000000')).toBe('lftVBJh6kg17J2q9iYzc39qwiOHK3zEkDpFO0e5P9LA=');
});

describe('a message is refused', () => {
  it('unsigned, signed wrongly, or signed more than an hour ago', async () => {
    const { fake, time, signature, say } = await start();
    expect(await say('a', { sign: {} })).toMatchObject({ code: 19021 });
    expect(await say('a', { sign: { ...signature(), sign: 'x' } })).toMatchObject({ code: 19021 });
    const sign = signature();
    time.advance(3_601_000);
    expect(await say('a', { sign })).toMatchObject({ code: 19021 });
    expect(await say('a')).toMatchObject({ code: 0 });
    expect(fake.ledger.posted()).toBe(1);
  });
  it('without a keyword, and from another address', async () => {
    const { say } = await start({ keywords: ['税务'] });
    expect(await say('a')).toMatchObject({ code: 19024 });
    expect(await say('税务通知')).toMatchObject({ code: 0 });
    const other = await start({ allowedIps: ['203.0.113.9'] });
    expect(await other.say('a')).toMatchObject({ code: 19022 });
  });
  it('with another token, or once the robot was taken out', async () => {
    const { fake, hook, say } = await start();
    expect(await say('a', { url: `${hook}0` })).toMatchObject({ code: 19001 });
    fake.act('setRobot', { isThere: false });
    expect(await say('a')).toMatchObject({ code: 19001 });
  });
  it('when larger than 20 KB, without its parts, or as no JSON', async () => {
    const { send, say } = await start();
    expect(await say('a'.repeat(20 * 1_024))).toMatchObject({ code: 9499 });
    expect(await send({ msg_type: 'text', content: {} })).toMatchObject({ code: 9499 });
    expect(await send({ msg_type: 'other' })).toMatchObject({ code: 9499 });
    expect(await say('a', { type: 'text/plain' })).toMatchObject({ code: 9499 });
    const other = await start({ tooLargeCode: 19036 });
    expect(await other.say('a'.repeat(20 * 1_024))).toMatchObject({ code: 19036 });
  });
});

it('every type is seen by the group', async () => {
  const { fake, time, send } = await start();
  await send({ msg_type: 'text', content: { text: '一' } });
  const content = [
    [
      { tag: 'text', text: '文' },
      { tag: 'a', text: '链接', href: 'https://a.example' },
    ],
  ];
  await send({ msg_type: 'post', content: { post: { zh_cn: { title: '二', content } } } });
  await send({ msg_type: 'image', content: { image_key: 'img' } });
  await send({ msg_type: 'share_chat', content: { share_chat_id: 'oc' } });
  time.advance(1_000);
  const elements = [{ tag: 'div', text: { tag: 'lark_md', content: '卡片文字' } }];
  await send({ msg_type: 'interactive', card: { header: { title: { content: '五' } }, elements } });
  expect(fake.posts().map(({ title, text }) => `${title}|${text}`)).toEqual([
    '|一',
    '二|文链接',
    '|［图片］',
    '|［群名片］',
    '五|卡片文字',
  ]);
});

describe('too many messages', () => {
  it('are more than five a second', async () => {
    const { time, say } = await start();
    for (let i = 0; i < 5; i++) expect(await say(`${i}`)).toMatchObject({ code: 0 });
    expect(await say('5')).toMatchObject({ code: 11232 });
    time.advance(1_000);
    expect(await say('5')).toMatchObject({ code: 0 });
  });
  it('are more than a hundred a minute', { timeout: 60_000 }, async () => {
    const { time, say } = await start({ limits: { bytes: 20_480, perMinute: 100, perSecond: 1_000 } });
    for (let i = 0; i < 100; i++) expect(await say(`${i}`)).toMatchObject({ code: 0 });
    expect(await say('100')).toMatchObject({ code: 11232 });
    time.advance(60_000);
    expect(await say('100')).toMatchObject({ code: 0 });
  });
  it('come at the full and the half hour, where it is so configured', async () => {
    const { time, say } = await start({ busyMinutes: true }, '2026-11-23T04:30:00.000Z');
    expect(await say('a')).toMatchObject({ code: 11232 });
    time.advance(60_000);
    expect(await say('a')).toMatchObject({ code: 0 });
  });
});
