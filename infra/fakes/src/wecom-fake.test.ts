import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { HandTime } from './time.ts';
import { startWeComFake } from './wecom-fake.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const md5 = createHash('md5').update(png).digest('hex');

type Said = { errcode: number; errmsg: string; media_id?: string };

async function start() {
  const time = new HandTime();
  const fake = await startWeComFake({}, { time });
  closings.push(() => fake.stop());
  const hook = fake.access['Webhook地址']!;
  const send = async (body: unknown, url = hook, type = 'application/json') => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Said;
  };
  const say = (content: string) => send({ msgtype: 'text', text: { content } });
  const upload = async (bytes: Buffer, type = 'file') => {
    const form = new FormData();
    form.set('media', new Blob([new Uint8Array(bytes)]), '通稿.pdf');
    const url = `${hook.replace('/send', '/upload_media')}&type=${type}`;
    return (await (await fetch(url, { method: 'POST', body: form })).json()) as Said;
  };
  return { fake, time, hook, send, say, upload };
}

describe('a message', () => {
  it('is seen by the group', async () => {
    const { fake, send } = await start();
    const text = { content: '［发布号 0001-3］通知', mentioned_list: ['@all'] };
    expect(await send({ msgtype: 'text', text })).toEqual({ errcode: 0, errmsg: 'ok' });
    expect(fake.posts()).toMatchObject([{ text: '［发布号 0001-3］通知', visible: true }]);
  });
  it('twice is seen twice', async () => {
    const { fake, say } = await start();
    fake.fault({ kind: 'drop', executed: true });
    await expect(say('通知')).rejects.toThrow('fetch failed');
    await say('通知');
    expect(fake.ledger.repeated()).toMatchObject([{ title: '通知', times: 2 }]);
  });
  it.each([
    ['text of 2 049 bytes', { msgtype: 'text', text: { content: `${'字'.repeat(683)}` } }, 40058],
    ['markdown of 4 097 bytes', { msgtype: 'markdown', markdown: { content: 'a'.repeat(4_097) } }, 40058],
    ['no content', { msgtype: 'text', text: { content: '' } }, 44004],
    ['another type', { msgtype: 'voice', voice: {} }, 40008],
    ['no type', { text: { content: 'a' } }, 40058],
    [
      'nine articles',
      { msgtype: 'news', news: { articles: Array(9).fill({ title: 'a', url: 'https://a.example' }) } },
      40058,
    ],
    ['an image of another sum', { msgtype: 'image', image: { base64: png.toString('base64'), md5: 'x' } }, 40058],
    ['a file that is none', { msgtype: 'file', file: { media_id: 'x' } }, 40007],
    ['a card without a type', { msgtype: 'template_card', template_card: {} }, 40058],
  ])('with %s is refused', async (_, body, code) => {
    const { fake, send } = await start();
    expect(await send(body)).toMatchObject({ errcode: code });
    expect(fake.ledger.posted()).toBe(0);
  });
  it('says which limit was passed', async () => {
    const { send } = await start();
    const said = await send({ msgtype: 'markdown', markdown: { content: 'a'.repeat(4_097) } });
    expect(said.errmsg).toBe('markdown.content exceed max length 4096');
  });
  it('at its limits is taken, and a title that is too long is shortened', async () => {
    const { fake, send, say } = await start();
    expect(await say(`${'字'.repeat(682)}ab`)).toMatchObject({ errcode: 0 });
    expect(await send({ msgtype: 'markdown', markdown: { content: 'a'.repeat(4_096) } })).toMatchObject({ errcode: 0 });
    const articles = [{ title: '题'.repeat(50), url: 'https://a.example' }];
    expect(await send({ msgtype: 'news', news: { articles } })).toMatchObject({ errcode: 0 });
    expect(fake.posts().at(-1)).toMatchObject({ title: '题'.repeat(42) });
    expect(await send({ msgtype: 'image', image: { base64: png.toString('base64'), md5 } })).toMatchObject({
      errcode: 0,
    });
    const card = { card_type: 'text_notice', main_title: { title: '提醒' } };
    expect(await send({ msgtype: 'template_card', template_card: card })).toMatchObject({ errcode: 0 });
  });
  it('is no JSON without saying so', async () => {
    const { send, hook } = await start();
    expect(await send({ msgtype: 'text', text: { content: 'a' } }, hook, 'text/plain')).toMatchObject({
      errcode: 40058,
    });
  });
  it('is one of 20 a minute', async () => {
    const { fake, time, say } = await start();
    for (let i = 0; i < 20; i++) expect(await say(`${i}`)).toMatchObject({ errcode: 0 });
    expect(await say('20')).toMatchObject({ errcode: 45009 });
    time.advance(60_000);
    expect(await say('20')).toMatchObject({ errcode: 0 });
    expect(fake.ledger.repeated()).toEqual([]);
  });
});

it('a robot that was taken out, or another key, is told 93000', async () => {
  const { fake, say, send, hook } = await start();
  expect(await send({}, `${hook}0`)).toMatchObject({ errcode: 93000 });
  fake.act('setRobot', { isThere: false });
  expect(await say('a')).toMatchObject({ errcode: 93000 });
});

it('a busy platform says −1', async () => {
  const { fake, say } = await start();
  fake.fault({ kind: 'code', code: -1 });
  expect(await say('a')).toMatchObject({ errcode: -1 });
});

it('a file is uploaded and sent within three days', async () => {
  const { fake, time, send, upload } = await start();
  expect(await upload(Buffer.from('five.'))).toMatchObject({ errcode: 40058 });
  expect(await upload(Buffer.from('a press release'), 'image')).toMatchObject({ errcode: 40058 });
  const { media_id: id } = await upload(Buffer.from('a press release'));
  const file = { msgtype: 'file', file: { media_id: id } };
  expect(await send(file)).toMatchObject({ errcode: 0 });
  expect(fake.posts()).toMatchObject([{ text: '［文件］通稿.pdf' }]);
  time.advance(3 * 24 * 3_600_000);
  expect(await send(file)).toMatchObject({ errcode: 40007 });
});
