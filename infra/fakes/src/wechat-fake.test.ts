import { createDecipheriv, createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { HandTime, minuteOf, spend } from './time.ts';
import { startWeChatFake, type WeChatFake, type WeChatOptions } from './wechat-fake.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const appid = 'wxfake0000000000001';
const secret = 'fake-secret-of-a-fake-account-00';
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const gif = Buffer.from('GIF89a\x01\0\x01\0', 'latin1');

type Said = { errcode?: number; errmsg?: string; [field: string]: unknown };

async function start(options: Partial<WeChatOptions> = {}) {
  const time = new HandTime();
  const fake = await startWeChatFake(options, { time });
  closings.push(() => fake.stop());
  const raw = async (path: string, body: string, type = 'application/json', method = 'POST') => {
    const response = await fetch(`${fake.url}${path}`, {
      method,
      headers: { 'content-type': type },
      ...(method === 'POST' && { body }),
    });
    expect(response.status).toBe(200);
    return response.text();
  };
  const post = async (path: string, body: unknown) => JSON.parse(await raw(path, JSON.stringify(body))) as Said;
  const askToken = (more: object = {}) =>
    post('/cgi-bin/stable_token', { grant_type: 'client_credential', appid, secret, ...more });
  const token = String((await askToken())['access_token']);
  let current = token;
  /** Time goes by, and the token is fetched again. */
  const pass = async (ms: number) => {
    time.advance(ms);
    current = String((await askToken())['access_token']);
  };
  const call = (path: string, body: unknown) => post(`/cgi-bin/${path}?access_token=${current}`, body);
  const upload = async (path: string, bytes: Buffer, name = 'a.png', fields: Record<string, string> = {}) => {
    const form = new FormData();
    form.set('media', new Blob([new Uint8Array(bytes)]), name);
    for (const [field, value] of Object.entries(fields)) form.set(field, value);
    const mark = path.includes('?') ? '&' : '?';
    const response = await fetch(`${fake.url}/cgi-bin/${path}${mark}access_token=${current}`, {
      method: 'POST',
      body: form,
    });
    return (await response.json()) as Said;
  };
  const cover = async () => String((await upload('material/add_material?type=image', png))['media_id']);
  const draft = async (more: object = {}) => {
    const thumb = await cover();
    const added = await call('draft/add', { articles: [{ ...article, thumb_media_id: thumb, ...more }] });
    return String(added['media_id']);
  };
  const submit = async (mediaId: string) => call('freepublish/submit', { media_id: mediaId });
  return { fake, time, raw, post, askToken, token, pass, call, upload, cover, draft, submit };
}

const article = {
  title: '关于申报期限的说明',
  author: '办税服务处',
  content: '<p>正文<strong>第一段</strong></p>',
  content_source_url: 'https://tax.example/a/1',
};

describe('the token', () => {
  it('is the same until five minutes before its end, then both are good for five minutes', async () => {
    const { time, askToken, call, token } = await start();
    time.advance(3_600_000);
    expect(await askToken()).toEqual({ access_token: token, expires_in: 3_600 });
    time.advance(3_300_000);
    const renewed = await askToken();
    expect(renewed).toMatchObject({ expires_in: 7_200 });
    expect(renewed['access_token']).not.toBe(token);
    expect(await call('draft/batchget', { offset: 0, count: 20 })).toMatchObject({ total_count: 0 });
    time.advance(300_000);
    expect(await call('draft/batchget', { offset: 0, count: 20 })).toMatchObject({ errcode: 42001 });
  });
  it('is replaced by force, not twice in 30 seconds and not more than 20 times a day', async () => {
    const { time, askToken, call, token } = await start();
    const forced = async () => String((await askToken({ force_refresh: true }))['access_token']);
    const second = await forced();
    expect(second).not.toBe(token);
    expect(await call('draft/batchget', { offset: 0, count: 1 })).toMatchObject({ errcode: 40001 });
    time.advance(29_999);
    expect(await forced()).toBe(second);
    const seen = new Set([second]);
    for (let i = 0; i < 25; i++) {
      time.advance(30_000);
      seen.add(await forced());
    }
    expect(seen.size).toBe(20);
  });
  it.each([
    [{ appid: 'wxother' }, 40013],
    [{ secret: 'wrong' }, 40125],
    [{ grant_type: 'password' }, 47001],
  ])('is refused for %j', async (wrong, code) => {
    const { askToken } = await start();
    expect(await askToken(wrong)).toMatchObject({ errcode: code });
  });
  it('is asked for less than 10 000 times a minute', async () => {
    const time = new HandTime();
    const spent = {};
    for (let i = 0; i < 10_000; i++) expect(spend(spent, 'token', minuteOf(time.now()), 10_000)).toBe(true);
    expect(spend(spent, 'token', minuteOf(time.now()), 10_000)).toBe(false);
    time.advance(60_000);
    expect(spend(spent, 'token', minuteOf(time.now()), 10_000)).toBe(true);
  });
  it('expires in the middle when a fault says so, and the call is not executed', async () => {
    const { fake, draft, submit, askToken, token } = await start();
    const mediaId = await draft();
    fake.fault({ kind: 'token_expired', route: 'freepublish.submit' });
    expect(await submit(mediaId)).toMatchObject({ errcode: 42001 });
    expect(fake.ledger.times('freepublish.submit')).toBe(0);
    expect((await askToken())['access_token']).not.toBe(token);
  });
});

describe('a call is refused', () => {
  it('without a token, with a wrong one, from an address that is not listed', async () => {
    const { fake, post, call, askToken } = await start();
    expect(await post('/cgi-bin/draft/get', { media_id: 'x' })).toMatchObject({ errcode: 40014 });
    expect(await post('/cgi-bin/draft/get?access_token=x', { media_id: 'x' })).toMatchObject({ errcode: 40001 });
    fake.act('allowIps', { ips: ['203.0.113.9'] });
    expect(await call('draft/get', { media_id: 'x' })).toMatchObject({ errcode: 40164 });
    expect(await askToken()).toMatchObject({ errcode: 40164 });
  });
  it('with a reason that ends with an rid', async () => {
    const { call } = await start();
    expect((await call('draft/get', { media_id: 'x' })).errmsg).toMatch(/^invalid media_id rid: \w+-\w+-\w+$/);
  });
  it('as nothing, as no JSON, with another type, with escapes, on a path that is none', async () => {
    const { raw, token } = await start();
    const code = async (path: string, body: string, type?: string, method?: string) =>
      (JSON.parse(await raw(`/cgi-bin/${path}?access_token=${token}`, body, type, method)) as Said).errcode;
    expect(await code('draft/add', '')).toBe(44002);
    expect(await code('draft/add', '{')).toBe(47001);
    expect(await code('draft/get', '{"media_id":"x"}', 'text/plain')).toBe(47001);
    expect(await code('draft/get', '{"media_id":"\\u4e2d"}')).toBe(40033);
    expect(await code('draft/get', '{"media_id":"\\\\u4e2d"}')).toBe(40007);
    expect(await code('draft/get', '{}')).toBe(41006);
    expect(await code('draft/nothing', '{}')).toBe(40066);
    expect(await code('draft/add', '', undefined, 'GET')).toBe(40066);
  });
  it('on publishing and mass sending when the account is not verified, and not on drafts', async () => {
    const { fake, draft, submit, call } = await start();
    fake.act('verify', { verified: false });
    const mediaId = await draft();
    expect(mediaId).toMatch(/^[\w-]{64}$/);
    expect(await submit(mediaId)).toMatchObject({ errcode: 48001 });
    expect(await call('freepublish/get', { publish_id: '1' })).toMatchObject({ errcode: 48001 });
    expect(await call('message/mass/sendall', {})).toMatchObject({ errcode: 48001 });
  });
  it.each([-1, 45009, 48003, 48004, 50002, 53503, 53504, 53505])('with %i when a fault says so', async (code) => {
    const { fake, draft, submit } = await start();
    const mediaId = await draft();
    fake.fault({ kind: 'code', code, route: 'freepublish.submit' });
    expect(await submit(mediaId)).toMatchObject({ errcode: code });
    expect(fake.ledger.times('freepublish.submit')).toBe(0);
  });
});

describe('images', () => {
  it('for the text are jpg or png below 1 MB', async () => {
    const { upload } = await start();
    expect(await upload('media/uploadimg', png)).toMatchObject({
      errcode: 0,
      url: expect.stringMatching(/^http:\/\/mmbiz\.qpic\.cn\//) as string,
    });
    expect(await upload('media/uploadimg', gif)).toMatchObject({ errcode: 40005 });
    expect(await upload('media/uploadimg', Buffer.from('no image'))).toMatchObject({ errcode: 40005 });
    const large = Buffer.concat([png, Buffer.alloc(2 ** 20 - png.length)]);
    expect(await upload('media/uploadimg', large)).toMatchObject({ errcode: 40009 });
  });
  it('for covers are permanent, and larger', { timeout: 60_000 }, async () => {
    const { upload } = await start();
    const large = Buffer.concat([png, Buffer.alloc(2 * 2 ** 20)]);
    expect(Object.keys(await upload('material/add_material?type=image', large))).toEqual(['media_id', 'url']);
    expect(
      await upload('material/add_material?type=image', Buffer.concat([png, Buffer.alloc(10 * 2 ** 20)])),
    ).toMatchObject({ errcode: 40009 });
    expect(await upload('material/add_material?type=thumb', png)).toMatchObject({ errcode: 40005 });
    expect(await upload('material/add_material?type=other', png)).toMatchObject({ errcode: 40005 });
  });
  it('a video needs a description', async () => {
    const { upload } = await start();
    const mp4 = Buffer.from('\0\0\0\x18ftypmp42', 'latin1');
    const description = JSON.stringify({ title: '视频', introduction: '说明' });
    expect(await upload('material/add_material?type=video', mp4, 'a.mp4')).toMatchObject({ errcode: 47001 });
    expect(await upload('material/add_material?type=video', mp4, 'a.mp4', { description })).toHaveProperty('media_id');
  });
  it('are refused without a file', async () => {
    const { raw, token } = await start();
    const said = JSON.parse(await raw(`/cgi-bin/media/uploadimg?access_token=${token}`, '{}')) as Said;
    expect(said.errcode).toBe(40005);
  });
});

describe('a draft', () => {
  it.each([
    ['no title', { title: '' }, 44003],
    ['no content', { content: '' }, 44003],
    ['a title of 33 characters', { title: '题'.repeat(33) }, 45003],
    ['an author of 17 characters', { author: '者'.repeat(17) }, 45003],
    ['a digest of 129 characters', { digest: '摘'.repeat(129) }, 45004],
    ['20 000 characters with tags', { content: `<p>${'文'.repeat(19_993)}</p>` }, 45002],
    ['a cover that is no material', { thumb_media_id: 'temporary' }, 40007],
    ['a tag without end', { content: '<p>正文</p' }, 45166],
    ['a link to a script', { content: '<a href="javascript:x">x</a>' }, 45166],
    ['a crop that is none', { pic_crop_1_1: '0_0_2_1' }, 47001],
    ['pictures that are no material', { article_type: 'newspic', image_info: { image_list: [] } }, 40007],
  ])('with %s is refused', async (_, more, code) => {
    const { call, cover } = await start();
    const added = await call('draft/add', { articles: [{ ...article, thumb_media_id: await cover(), ...more }] });
    expect(added).toMatchObject({ errcode: code });
  });
  it('at its limits is taken', async () => {
    const { call, draft } = await start();
    const more = {
      title: '题'.repeat(32),
      digest: '摘'.repeat(128),
      content: `<p>${'文'.repeat(19_992)}</p>`,
      pic_crop_1_1: '0_0_1_0.123456',
    };
    const mediaId = await draft(more);
    expect(await call('draft/get', { media_id: mediaId })).toMatchObject({ news_item: [more] });
  });
  it('loses scripts and images from elsewhere, silently, and keeps its own', async () => {
    const { upload, call, draft } = await start();
    const own = String((await upload('media/uploadimg', png))['url']);
    const mediaId = await draft({
      content: `<p onclick="x()">a<img src="https://elsewhere.example/b.png"><img alt="1>0" src='${own}'></p><script>x</script>`,
    });
    expect(await call('draft/get', { media_id: mediaId })).toMatchObject({
      news_item: [{ content: `<p>a<img alt="1>0" src='${own}'></p>`, digest: 'a' }],
    });
  });
  it('of eight articles is the largest', async () => {
    const { call, cover } = await start();
    const thumb = await cover();
    const articles = (count: number) => Array.from({ length: count }, () => ({ ...article, thumb_media_id: thumb }));
    expect(await call('draft/add', { articles: articles(9) })).toMatchObject({ errcode: 47001 });
    expect(await call('draft/add', { articles: articles(8) })).toHaveProperty('media_id');
  });
  it('is changed, counted, listed and deleted, twice with the same answer', async () => {
    const { fake, call, draft, token } = await start();
    const mediaId = await draft();
    const thumb = (await call('draft/get', { media_id: mediaId })) as { news_item?: { thumb_media_id: string }[] };
    const articles = { ...article, title: '改过的标题', thumb_media_id: thumb.news_item![0]!.thumb_media_id };
    expect(await call('draft/update', { media_id: mediaId, index: 0, articles })).toMatchObject({ errcode: 0 });
    expect(await call('draft/update', { media_id: mediaId, index: 1, articles })).toMatchObject({ errcode: 47001 });
    expect(await call('draft/update', { media_id: mediaId, index: 0, articles: [articles] })).toMatchObject({
      errcode: 47001,
    });
    const count = async () =>
      (await fetch(`${fake.url}/cgi-bin/draft/count?access_token=${token}`)).json() as Promise<Said>;
    expect(await count()).toEqual({ total_count: 1 });
    const listed = await call('draft/batchget', { offset: 0, count: 20, no_content: 1 });
    expect(listed).toMatchObject({ item_count: 1, item: [{ content: { news_item: [{ title: '改过的标题' }] } }] });
    expect(JSON.stringify(listed)).not.toContain('<strong>');
    expect(await call('draft/batchget', { offset: 0, count: 21 })).toMatchObject({ errcode: 47001 });
    expect(await call('draft/delete', { media_id: mediaId })).toMatchObject({ errcode: 0 });
    expect(await call('draft/delete', { media_id: mediaId })).toMatchObject({ errcode: 0 });
    expect(await call('draft/get', { media_id: mediaId })).toMatchObject({ errcode: 40007 });
    expect(fake.ledger.times('draft.delete')).toBe(1);
  });
});

describe('publishing', () => {
  it('is accepted first and public later; then the draft is gone', async () => {
    const { fake, time, call, draft, submit } = await start();
    const mediaId = await draft();
    const submitted = await submit(mediaId);
    expect(submitted).toMatchObject({ errcode: 0, publish_id: expect.any(String) as string });
    const id = submitted['publish_id'];
    expect(await call('freepublish/get', { publish_id: id })).toMatchObject({ publish_status: 1 });
    expect(await call('draft/get', { media_id: mediaId })).toHaveProperty('news_item');
    expect(fake.ledger.posted()).toBe(0);
    time.advance(3_000);
    const result = await call('freepublish/get', { publish_id: id });
    expect(result).toMatchObject({ publish_status: 0, article_detail: { count: 1, item: [{ idx: 1 }] }, fail_idx: [] });
    expect(await call('draft/get', { media_id: mediaId })).toMatchObject({ errcode: 40007 });
    expect(await call('freepublish/batchget', { offset: 0, count: 20 })).toMatchObject({
      total_count: 1,
      item: [
        {
          article_id: result['article_id'],
          content: { news_item: [{ content_source_url: 'https://tax.example/a/1' }] },
        },
      ],
    });
    expect(fake.ledger.posted(article.title)).toBe(1);
    expect(fake.posts()).toMatchObject([{ title: article.title, visible: true, state: '已发布' }]);
    const { item } = result['article_detail'] as { item: { article_url: string }[] };
    const page = await (await fetch(item[0]!.article_url)).text();
    expect(page).toContain('第一段');
    expect(page).toContain('href="https://tax.example/a/1"');
  });
  it('twice of one draft is seen twice by readers: the ledger says so', async () => {
    const { fake, time, draft, submit } = await start();
    const mediaId = await draft();
    await submit(mediaId);
    await submit(mediaId);
    time.advance(3_000);
    expect(fake.ledger.repeated()).toMatchObject([{ title: article.title, times: 2 }]);
    expect(await submit(mediaId)).toMatchObject({ errcode: 40007 });
  });
  it('took effect although the connection was dropped', async () => {
    const { fake, time, call, draft, submit } = await start();
    const mediaId = await draft();
    fake.fault({ kind: 'drop', executed: true, route: 'freepublish.submit' });
    await expect(submit(mediaId)).rejects.toThrow('fetch failed');
    time.advance(3_000);
    expect(await call('draft/get', { media_id: mediaId })).toMatchObject({ errcode: 40007 });
    expect(await call('freepublish/batchget', { offset: 0, count: 20 })).toMatchObject({ total_count: 1 });
  });
  it('took effect although the platform said that it is busy', async () => {
    const { fake, time, draft, submit } = await start();
    fake.fault({ kind: 'code', code: -1, executed: true, route: 'freepublish.submit' });
    expect(await submit(await draft())).toMatchObject({ errcode: -1 });
    time.advance(3_000);
    expect(fake.ledger.posted()).toBe(1);
  });
  it.each([
    [2, [1]],
    [3, []],
    [4, [1]],
  ])('is refused by the review with status %i, and the draft stays', async (verdict, failed) => {
    const { fake, time, call, draft, submit } = await start();
    const mediaId = await draft();
    fake.fault({ kind: 'review', verdict });
    const { publish_id: id } = await submit(mediaId);
    time.advance(3_000);
    const result = await call('freepublish/get', { publish_id: id });
    expect(result).toMatchObject({ publish_status: verdict, fail_idx: failed });
    expect(result).not.toHaveProperty('article_id');
    expect(await call('draft/get', { media_id: mediaId })).toHaveProperty('news_item');
    expect(fake.ledger.posted()).toBe(0);
  });
  const published = async () => {
    const all = await start();
    const { publish_id: id } = await all.submit(await all.draft());
    all.time.advance(3_000);
    const result = await all.call('freepublish/get', { publish_id: id });
    const { item } = result['article_detail'] as { item: { article_url: string }[] };
    const page = async () => (await fetch(item[0]!.article_url)).text();
    return { ...all, publishId: String(id), articleId: result['article_id'], page };
  };
  it('is banned later: status 6', async () => {
    const { fake, call, publishId, articleId, page } = await published();
    fake.act('ban', { publishId });
    expect(await call('freepublish/get', { publish_id: publishId })).toMatchObject({ publish_status: 6 });
    expect(await call('freepublish/getarticle', { article_id: articleId })).toMatchObject({
      news_item: [{ is_deleted: true }],
    });
    expect(await page()).toContain('因违规无法查看');
    expect(fake.posts()).toMatchObject([{ visible: false, state: '已被平台封禁' }]);
  });
  it('is deleted on the website, or by the call: status 5', async () => {
    const { fake, call, publishId, articleId, page } = await published();
    expect(await call('freepublish/getarticle', { article_id: articleId })).toMatchObject({
      news_item: [{ is_deleted: false }],
    });
    expect(await call('freepublish/delete', { article_id: articleId, index: 2 })).toMatchObject({ errcode: 40007 });
    expect(await call('freepublish/delete', { article_id: articleId, index: 1 })).toMatchObject({ errcode: 0 });
    expect(await call('freepublish/get', { publish_id: publishId })).toMatchObject({ publish_status: 5 });
    expect(await call('freepublish/batchget', { offset: 0, count: 20 })).toMatchObject({ total_count: 0 });
    expect(await page()).toContain('已被发布者删除');
    fake.act('deleteOnWebsite', { publishId });
    expect(() => fake.act('ban', { publishId: 'other' })).toThrow('no publish_id other');
  });
  it('gives its id as a number where it is so configured', async () => {
    const { draft, submit } = await start({ publishIdAs: 'number' });
    expect(await submit(await draft())).toMatchObject({ publish_id: expect.any(Number) as number });
  });
});

describe('mass sending', () => {
  const toAll = (mediaId: string, key?: string) => ({
    filter: { is_to_all: true },
    msgtype: 'mpnews',
    mpnews: { media_id: mediaId },
    send_ignore_reprint: 0,
    ...(key && { clientmsgid: key }),
  });
  const send = async (all: Awaited<ReturnType<typeof start>>, key = 'delivery-1') =>
    all.call('message/mass/sendall', toAll(await all.draft(), key));

  it('is accepted, then sent, and the draft is gone; its data id is longer than a double can hold', async () => {
    const { fake, time, raw, token, call, draft } = await start();
    const mediaId = await draft();
    const text = await raw(
      `/cgi-bin/message/mass/sendall?access_token=${token}`,
      JSON.stringify(toAll(mediaId, 'delivery-1')),
    );
    expect(text).toMatch(/"msg_data_id":\d{19}\b/);
    const { msg_id: id } = JSON.parse(text) as Said;
    expect(await call('message/mass/get', { msg_id: id })).toMatchObject({ msg_status: 'SENDING' });
    time.advance(3_000);
    expect(await call('message/mass/get', { msg_id: id })).toMatchObject({ msg_status: 'SEND_SUCCESS' });
    expect(await call('draft/get', { media_id: mediaId })).toMatchObject({ errcode: 40007 });
    expect(fake.ledger.posted(article.title)).toBe(1);
  });
  it('under the same key is answered with what exists: 45066 within a minute, then 45065 for a day', async () => {
    const all = await start();
    const first = await send(all);
    expect(await send(all)).toMatchObject({ errcode: 45066 });
    all.time.advance(60_000);
    expect(await send(all)).toMatchObject({ errcode: 45065, msg_id: first['msg_id'] });
    await all.pass(24 * 3_600_000);
    expect(await send(all)).toMatchObject({ errcode: 0 });
    expect(await send(all, 'x'.repeat(65))).toMatchObject({ errcode: 45067 });
  });
  it('is told of 45065 also by a fault, after it was executed', async () => {
    const all = await start();
    all.fake.fault({ kind: 'code', code: 45065, executed: true });
    expect(await all.call('stable', {})).toMatchObject({ errcode: 45065 });
    all.fake.fault({ kind: 'code', code: 45065, executed: true, route: 'message.mass.sendall' });
    const said = await send(all);
    expect(said).toMatchObject({ errcode: 45065, msg_id: expect.any(Number) as number });
    expect(await all.call('message/mass/get', { msg_id: said['msg_id'] })).toMatchObject({ msg_status: 'SENDING' });
  });
  it('of a 公众号 has one call a day, in the time of Beijing', async () => {
    const all = await start();
    expect(await send(all, 'a')).toMatchObject({ errcode: 0 });
    expect(await send(all, 'b')).toMatchObject({ errcode: 45028 });
    // Noon in Beijing: twelve hours later is the next day.
    await all.pass(12 * 3_600_000);
    expect(await send(all, 'c')).toMatchObject({ errcode: 0 });
  });
  it('of a 服务号 reaches everyone four times a month', { timeout: 60_000 }, async () => {
    const all = await start({ account: 'service' });
    for (let day = 1; day <= 4; day++) {
      expect(await send(all, `${day}`)).toMatchObject({ errcode: 0 });
      expect(await send(all, `${day} again`)).toMatchObject({ errcode: 45028 });
      await all.pass(24 * 3_600_000);
    }
    expect(await send(all, 'fifth')).toMatchObject({ errcode: 45028 });
    // From 27 November into December.
    await all.pass(4 * 24 * 3_600_000);
    expect(await send(all, 'december')).toMatchObject({ errcode: 0 });
  });
  it('waits for the administrator, thirty minutes at most', async () => {
    const all = await start({ sendProtection: true });
    const { msg_id: id } = await send(all);
    all.time.advance(30 * 60_000);
    expect(all.fake.posts().at(-1)).toMatchObject({ state: '群发失败：err(40002)', visible: false });
    await all.pass(24 * 3_600_000);
    const { msg_id: second } = await send(all, 'b');
    all.fake.act('administratorConfirms', { msgId: String(second) });
    all.time.advance(3_000);
    expect(await all.call('message/mass/get', { msg_id: second })).toMatchObject({ msg_status: 'SEND_SUCCESS' });
    await all.pass(24 * 3_600_000);
    const { msg_id: third } = await send(all, 'c');
    all.fake.act('administratorRefuses', { msgId: String(third) });
    expect(await all.call('message/mass/get', { msg_id: third })).toMatchObject({ msg_status: 'SEND_FAIL' });
    expect(await all.call('message/mass/get', { msg_id: id })).toMatchObject({ msg_status: 'SEND_FAIL' });
  });
  it('is refused by the review', async () => {
    const all = await start();
    all.fake.fault({ kind: 'review', verdict: 'err(20013)' });
    const { msg_id: id } = await send(all);
    all.time.advance(3_000);
    expect(await all.call('message/mass/get', { msg_id: id })).toMatchObject({ msg_status: 'SEND_FAIL' });
    expect(all.fake.ledger.posted()).toBe(0);
  });
  it('is deleted, and its page with it', async () => {
    const all = await start();
    const { msg_id: id } = await send(all);
    all.time.advance(3_000);
    const { url } = all.fake.posts().at(-1)!;
    expect(await (await fetch(url!)).text()).toContain('第一段');
    expect(await all.call('message/mass/delete', { msg_id: id, article_idx: 1 })).toMatchObject({ errcode: 0 });
    expect(await all.call('message/mass/get', { msg_id: id })).toMatchObject({ msg_status: 'DELETE' });
    expect(await (await fetch(url!)).text()).toContain('已被发布者删除');
    expect(await all.call('message/mass/delete', { msg_id: 1 })).toMatchObject({ errcode: 40007 });
  });
  it.each([
    ['no range', { filter: {}, msgtype: 'text', text: { content: 'a' } }, 47001],
    ['an unknown draft', toAll('x'), 40007],
    ['no draft', { filter: { is_to_all: true }, msgtype: 'mpnews' }, 41006],
    ['no text', { filter: { is_to_all: true }, msgtype: 'text' }, 44002],
    ['a type that is not allowed', { filter: { is_to_all: true }, msgtype: 'wxcard' }, 48008],
    ['images that are none', { filter: { is_to_all: true }, msgtype: 'images', images: { media_ids: ['x'] } }, 40007],
  ])('with %s is refused', async (_, body, code) => {
    const { call } = await start();
    expect(await call('message/mass/sendall', body)).toMatchObject({ errcode: code });
  });
  it('is asked for at most 60 times a minute', { timeout: 60_000 }, async () => {
    const { call } = await start({ replayGapMs: 0 });
    const text = { filter: { is_to_all: true }, msgtype: 'text', text: { content: '通知' } };
    expect(await call('message/mass/sendall', text)).toMatchObject({ errcode: 0 });
    for (let i = 1; i < 60; i++) expect(await call('message/mass/sendall', text)).toMatchObject({ errcode: 45065 });
    expect(await call('message/mass/sendall', text)).toMatchObject({ errcode: 45011 });
  });
});

describe('the callback', () => {
  const token = 'callbackToken';
  const aesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
  const sha1 = (...parts: string[]) => createHash('sha1').update(parts.sort().join('')).digest('hex');

  /** Our own endpoint, which checks as the facts say (A.6) and keeps what it took. */
  async function endpoint() {
    const taken: { query: URLSearchParams; body: string }[] = [];
    const server = createServer((request, response) => {
      const { searchParams: query } = new URL(request.url!, 'http://us');
      const isSigned = query.get('signature') === sha1(token, query.get('timestamp')!, query.get('nonce')!);
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.once('end', () => {
        if (!isSigned) return void response.writeHead(403).end();
        if (request.method === 'POST') taken.push({ query, body });
        response.end(request.method === 'GET' ? query.get('echostr') : 'success');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closings.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return { taken, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/wechat?channel=1` };
  }

  const publish = async (mode: 'plain' | 'encrypted', before?: (fake: WeChatFake) => void) => {
    const { taken, url } = await endpoint();
    const all = await start();
    expect(await all.fake.act('setCallback', { url, token, aesKey, mode })).toBe(true);
    before?.(all.fake);
    const { publish_id: id } = await all.submit(await all.draft());
    all.time.advance(3_000);
    await all.fake.settled();
    return { ...all, taken, id: String(id) };
  };

  it('is only set when its address passes the check', async () => {
    const { url } = await endpoint();
    const { fake } = await start();
    expect(await fake.act('setCallback', { url, token: 'another', aesKey, mode: 'plain' })).toBe(false);
    expect(() => fake.act('setCallback', { url, token, aesKey: 'short', mode: 'plain' })).toThrow('aesKey');
  });
  it('tells in plain XML that a publish job finished', async () => {
    const { taken, id } = await publish('plain');
    expect(taken).toHaveLength(1);
    expect(taken[0]!.query.get('channel')).toBe('1');
    expect(taken[0]!.body).toMatch(
      new RegExp(
        `^<xml><ToUserName>.*<FromUserName><!\\[CDATA\\[mphelper\\]\\]></FromUserName><CreateTime>\\d{10}</CreateTime><MsgType><!\\[CDATA\\[event\\]\\]></MsgType><Event><!\\[CDATA\\[PUBLISHJOBFINISH\\]\\]></Event><PublishEventInfo><publish_id><!\\[CDATA\\[${id}\\]\\]></publish_id><publish_status>0</publish_status><article_id>.*<article_detail><count>1</count><item><idx>1</idx>.*</PublishEventInfo></xml>$`,
      ),
    );
  });
  it('is encrypted, as an independent reading by the facts shows', async () => {
    const { taken, id } = await publish('encrypted');
    const { query, body } = taken[0]!;
    const encrypted = /<Encrypt><!\[CDATA\[(.*)\]\]><\/Encrypt>/.exec(body)![1]!;
    expect(query.get('encrypt_type')).toBe('aes');
    expect(query.get('msg_signature')).toBe(sha1(token, query.get('timestamp')!, query.get('nonce')!, encrypted));
    const key = Buffer.from(`${aesKey}=`, 'base64');
    const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    const padded = Buffer.concat([decipher.update(encrypted, 'base64'), decipher.final()]);
    expect(padded.length % 32).toBe(0);
    const plain = padded.subarray(0, padded.length - padded.at(-1)!);
    const size = plain.readUInt32BE(16);
    expect(plain.subarray(20, 20 + size).toString('utf8')).toContain(`<publish_id><![CDATA[${id}]]></publish_id>`);
    expect(plain.subarray(20 + size).toString('utf8')).toBe(appid);
  });
  it('tells what a review refused', async () => {
    const { taken } = await publish('plain', (fake) => void fake.fault({ kind: 'review', verdict: 4 }));
    expect(taken[0]!.body).toContain('<publish_status>4</publish_status><fail_idx>1</fail_idx>');
  });
  it('comes twice, or not at all, or forged, when a fault says so', async () => {
    const set = (mode: 'duplicate' | 'missing' | 'forged') => (fake: WeChatFake) =>
      void fake.fault({ kind: 'callback', mode, route: 'callback.PUBLISHJOBFINISH' });
    const twice = await publish('plain', set('duplicate'));
    twice.time.advance(0);
    await twice.fake.settled();
    expect(twice.taken).toHaveLength(2);
    expect(twice.taken[1]).toEqual(twice.taken[0]);
    expect((await publish('plain', set('missing'))).taken).toHaveLength(0);
    const forged = await publish('encrypted', set('forged'));
    expect(forged.taken).toHaveLength(0);
    expect(forged.fake.notified).toMatchObject([{ deliveries: 3, taken: false, fault: 'forged' }]);
  });
  it('tells that a mass send finished', async () => {
    const { taken, url } = await endpoint();
    const all = await start();
    await all.fake.act('setCallback', { url, token, aesKey, mode: 'plain' });
    const { msg_id: id } = await all.call('message/mass/sendall', {
      filter: { is_to_all: true },
      msgtype: 'mpnews',
      mpnews: { media_id: await all.draft() },
    });
    all.time.advance(3_000);
    await all.fake.settled();
    expect(taken[0]!.body).toContain(`<Event><![CDATA[MASSSENDJOBFINISH]]></Event><MsgID>${String(id)}</MsgID>`);
    expect(taken[0]!.body).toContain('<Status><![CDATA[send success]]></Status><TotalCount>1000</TotalCount>');
    expect(taken[0]!.body).toContain('<ArticleUrlResult><Count>1</Count><ResultList><item><ArticleIdx>1</ArticleIdx>');
  });
});
