import { afterEach, describe, expect, it } from 'vitest';
import { dingTalkSign, startDingTalkFake, type DingTalkOptions } from './dingtalk-fake.ts';
import { HandTime } from './time.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const secret = `SEC${'0'.repeat(30)}`;

async function start(options: Partial<DingTalkOptions> = {}) {
  const time = new HandTime();
  const fake = await startDingTalkFake(options, { time });
  closings.push(() => fake.stop());
  const hook = fake.access['Webhook地址']!;
  const signed = (timestamp = String(time.now()), sign = dingTalkSign(secret, timestamp)) =>
    `${hook}&timestamp=${timestamp}&sign=${encodeURIComponent(sign)}`;
  const send = async (body: unknown, url = signed()) => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    return (await response.json()) as { errcode?: number; errmsg?: string };
  };
  const say = (content: string, url?: string) => send({ msgtype: 'text', text: { content } }, url);
  return { fake, time, hook, signed, send, say };
}

it('the signature is that of the measured vector', () => {
  expect(dingTalkSign(secret, '1700000000000')).toBe('rlyQSqRKsL0kleOfrvteoL6085wIDioIrj/GlfQ3zN4=');
});

describe('a message is refused', () => {
  it('unsigned, signed wrongly, or signed more than an hour ago', async () => {
    const { fake, time, hook, signed, say } = await start();
    expect(await say('a', hook)).toEqual({ errcode: 310000, errmsg: 'invalid timestamp' });
    expect(await say('a', signed(String(time.now()), 'x'))).toEqual({ errcode: 310000, errmsg: 'sign not match' });
    const old = signed();
    time.advance(3_600_001);
    expect(await say('a', old)).toEqual({ errcode: 310000, errmsg: 'invalid timestamp' });
    expect(await say('a')).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(fake.ledger.posted()).toBe(1);
  });
  it('without a keyword, and from another address', async () => {
    const { hook, say } = await start({ secret: null, keywords: ['税务'] });
    expect(await say('a', hook)).toEqual({ errcode: 310000, errmsg: 'keywords not in content' });
    expect(await say('税务通知', hook)).toMatchObject({ errcode: 0 });
    const other = await start({ secret: null, allowedIps: ['203.0.113.9'] });
    expect(await other.say('a', other.hook)).toMatchObject({ errcode: 310000 });
  });
  it('with a token that does not exist', async () => {
    const { fake, say, signed } = await start();
    expect(await say('a', signed().replace('access_token=fake', 'access_token=x'))).toMatchObject({ errcode: 300001 });
    fake.act('setRobot', { isThere: false });
    expect(await say('a')).toMatchObject({ errcode: 300001, errmsg: 'token is not exist' });
  });
  it.each([
    ['more than 20 000 bytes', { msgtype: 'text', text: { content: 'a'.repeat(20_000) } }, 460101],
    ['no title', { msgtype: 'markdown', markdown: { text: 'a' } }, 40035],
    ['another type', { msgtype: 'voice' }, 400105],
    ['nothing', null, 400105],
  ])('with %s', async (_, body, code) => {
    const { send } = await start();
    expect(await send(body)).toMatchObject({ errcode: code });
  });
  it('as the platform is busy', async () => {
    const { fake, say } = await start();
    fake.fault({ kind: 'code', code: -1 });
    expect(await say('a')).toMatchObject({ errcode: -1 });
  });
});

it('every type is seen by the group', async () => {
  const { fake, send } = await start();
  await send({ msgtype: 'text', text: { content: '一' }, at: { isAtAll: true } });
  await send({ msgtype: 'link', link: { title: '二', text: '文', messageUrl: 'https://a.example' } });
  await send({ msgtype: 'markdown', markdown: { title: '三', text: '文' } });
  await send({ msgtype: 'actionCard', actionCard: { title: '四', text: '文' } });
  const link = { title: '五', messageURL: 'https://a.example', picURL: 'https://a.example/a.png' };
  await send({ msgtype: 'feedCard', feedCard: { links: [link] } });
  expect(fake.posts().map(({ title, text }) => title || text)).toEqual(['一', '二', '三', '四', '五']);
});

it('the 21st message of a minute blocks the robot for ten minutes', async () => {
  const { time, say } = await start();
  for (let i = 0; i < 20; i++) expect(await say(`${i}`)).toMatchObject({ errcode: 0 });
  expect(await say('20')).toMatchObject({ errcode: 130101 });
  time.advance(10 * 60_000 - 1);
  expect(await say('20')).toMatchObject({ errcode: 130101 });
  time.advance(1);
  expect(await say('20')).toMatchObject({ errcode: 0 });
});

it('some are told so in another form', async () => {
  const { fake, say } = await start({ throttle: 'punish' });
  fake.fault({ kind: 'code', code: 130101 });
  expect(await say('a')).toMatchObject({ status: 1111, wait: 5, punish: 'deny' });
});
