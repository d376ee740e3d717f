import { afterEach, expect, it } from 'vitest';
import { startSmsFake } from './sms-fake.ts';
import { HandTime } from './time.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const begin = async () => {
  const time = new HandTime();
  const fake = await startSmsFake({ limits: { characters: 10, perMinuteAndNumber: 1 } }, { time });
  closings.push(() => fake.stop());
  const say = async (body: object, token = fake.access['令牌']!) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const answer = await fetch(fake.access['接口地址']!, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: answer.status, code: ((await answer.json()) as { code: number }).code };
  };
  return { fake, time, say };
};

it('takes a text message, and says so with 200 and a code', async () => {
  const { fake, say } = await begin();
  expect(await say({ phone: '13800000000', text: '值班告警' })).toEqual({ status: 200, code: 0 });
  expect(fake.posts()).toMatchObject([{ title: '13800000000', text: '值班告警' }]);
});

it('says with 200 too what is wrong: the token, the message, the number, too many in a minute', async () => {
  const { fake, time, say } = await begin();
  const good = { phone: '13800000000', text: '值班告警' };
  expect(await say(good, 'another')).toEqual({ status: 200, code: 1001 });
  expect(await say({ phone: 'nobody', text: '值班告警' })).toMatchObject({ code: 1002 });
  expect(await say({ ...good, text: '一'.repeat(11) })).toMatchObject({ code: 1002 });
  fake.act('block', { phone: '13900000000' });
  expect(await say({ ...good, phone: '13900000000' })).toMatchObject({ code: 1003 });
  expect(await say(good)).toMatchObject({ code: 0 });
  expect(await say(good)).toMatchObject({ code: 1004 });
  time.advance(60_000);
  expect(await say(good)).toMatchObject({ code: 0 });
});
