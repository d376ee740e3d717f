import { afterEach, describe, expect, it } from 'vitest';
import { HandTime } from './time.ts';
import { startWeiboFake, type WeiboOptions } from './weibo-fake.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

type Said = { [field: string]: unknown; error_code?: number; code?: string | number };
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const rip = '211.156.0.1';
const link = 'https://www.tax.example/a/1';

async function start(options: Partial<WeiboOptions> = {}) {
  const time = new HandTime();
  const fake = await startWeiboFake(options, { time });
  closings.push(() => fake.stop());
  const token = fake.access['access_token']!;
  const encode = (fields: Record<string, string>) =>
    Object.entries(fields)
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&');
  const send = async (path: string, body: BodyInit, type?: string) => {
    const headers = type ? { 'content-type': type } : {};
    const response = await fetch(`${fake.url}${path}`, { method: 'POST', headers, body });
    return { status: response.status, said: JSON.parse(await response.text()) as Said };
  };
  const form = 'application/x-www-form-urlencoded';
  const post = async (path: string, fields: Record<string, string>) =>
    (await send(path, encode({ access_token: token, ...fields }), form)).said;
  const share = (status: string, more: Record<string, string> = {}) =>
    post('/2/statuses/share.json', { status, rip, ...more });
  const publish = (more: Record<string, string> = {}) => post('/proxy/article/publish.json', { ...article, ...more });
  const get = async (path: string, query: Record<string, string> = {}) =>
    (await (await fetch(`${fake.url}${path}?${encode({ access_token: token, ...query })}`)).json()) as Said;
  const timeline = async () =>
    ((await get('/2/statuses/user_timeline.json'))['statuses'] as { text: string }[]).map(({ text }) => text);
  return { fake, time, token, send, post, share, publish, get, timeline, encode, form };
}

const article = {
  title: '关于申报期限的说明',
  content: '<p>正文 a+b</p>',
  cover: 'https://www.tax.example/cover.png',
  text: '配文',
  rip,
};

describe('an article', () => {
  it('is public at once, with its address', async () => {
    const { fake, publish } = await start();
    const said = await publish();
    expect(said).toMatchObject({ code: '100000', data: { mid: expect.stringMatching(/^\d+$/) as string } });
    const { url } = said['data'] as { url: string };
    expect(await (await fetch(url)).text()).toContain('<p>正文 a+b</p>');
    expect(fake.ledger.posted(article.title)).toBe(1);
  });
  it('gives its code as a number where it is so configured', async () => {
    const { publish } = await start({ codeAs: 'number' });
    expect(await publish()).toMatchObject({ code: 100000 });
  });
  it('keeps the plus of a form that writes spaces so: the platform reads RFC 3986', async () => {
    const { fake, send, token, encode, form } = await start();
    const body = encode({ access_token: token, ...article, title: '甲 乙' }).replaceAll('%20', '+');
    expect((await send('/proxy/article/publish.json', body, form)).said).toMatchObject({ code: '100000' });
    expect(fake.posts()).toMatchObject([{ title: '甲+乙' }]);
  });
  it.each([
    ['a title of 33 characters', { title: '题'.repeat(33) }],
    ['content of 90 001 characters', { content: '文'.repeat(90_001) }],
    ['a text of 1 901 characters', { text: '文'.repeat(1_901) }],
    ['a cover that is no address', { cover: 'cover.png' }],
    ['an operator’s address that is none', { rip: 'here' }],
    ['no text', { text: '' }],
  ])('with %s is refused', async (_, more) => {
    const { fake, publish } = await start();
    expect(await publish(more)).toMatchObject({ code: '10008' });
    expect(fake.ledger.posted()).toBe(0);
  });
  it('is not for every app, and no JSON', async () => {
    const { publish } = await start({ articles: false });
    expect(await publish()).toMatchObject({ error_code: 10014 });
    const { send } = await start();
    expect((await send('/proxy/article/publish.json', '{}', 'application/json')).said).toMatchObject({
      error_code: 10008,
    });
  });
  it('comes too often', async () => {
    const { time, publish } = await start({ limits: { ...limits, articlesPerHour: 1 } });
    await publish();
    expect(await publish()).toMatchObject({ code: '11001' });
    time.advance(3_600_000);
    expect(await publish()).toMatchObject({ code: '100000' });
  });
  it('twice is seen twice: nothing keeps it from that', async () => {
    const { fake, publish } = await start();
    fake.fault({ kind: 'code', code: 10001, executed: true });
    expect(await publish()).toMatchObject({ code: '10001' });
    await publish();
    expect(fake.ledger.repeated()).toMatchObject([{ title: article.title, times: 2 }]);
  });
  it('exists without its post after 11002', async () => {
    const { fake, publish } = await start();
    fake.fault({ kind: 'code', code: 11002, executed: true });
    expect(await publish()).toMatchObject({ code: '11002' });
    expect(fake.posts()).toMatchObject([{ title: article.title, visible: true, state: '头条文章（无配文微博）' }]);
  });
  it('is removed later', async () => {
    const { fake, publish } = await start();
    const { url, object_id: id } = (await publish())['data'] as { url: string; object_id: string };
    fake.act('remove', { id });
    expect(await (await fetch(url)).text()).toContain('已被删除');
    expect(() => fake.act('remove', { id: '1' })).toThrow('no post 1');
  });
});

const limits: WeiboOptions['limits'] = {
  articleTitle: 32,
  articleContent: 90_000,
  articleText: 1_900,
  statusCharacters: 140,
  asciiWeight: 0.5,
  pictureBytes: 5 * 2 ** 20,
  callsPerDay: 100,
  callsPerIpAndHour: 15_000,
  postsPerHour: 30,
  articlesPerHour: 30,
};

describe('a link post', () => {
  it('is public at once; its id is longer than a double can hold', async () => {
    const { fake, token, encode, timeline } = await start();
    const response = await fetch(`${fake.url}/2/statuses/share.json`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: encode({ access_token: token, status: `说明 ${link}`, rip }),
    });
    const text = await response.text();
    const [, id] = /"id":(\d{17}),/.exec(text)!;
    expect(text).toContain(`"idstr":"${id}","mid":"${id}"`);
    expect(await timeline()).toEqual([`说明 ${link}`]);
  });
  it.each([
    ['no link', '说明', 10017],
    ['a link to elsewhere', '说明 https://elsewhere.example/ https://nottax.example/', 10017],
    ['a topic', `#税务# ${link}`, 10017],
    ['too many characters', `${'字'.repeat(140)} ${link}`, 20012],
    ['nothing', '', 10016],
  ])('with %s is refused', async (_, status, code) => {
    const { share } = await start();
    expect(await share(status)).toMatchObject({ error_code: code, request: '/2/statuses/share.json' });
  });
  it('needs the address of its operator', async () => {
    const { share } = await start();
    expect(await share(`说明 ${link}`, { rip: '' })).toMatchObject({ error_code: 10016 });
    expect(await share(`说明 ${link}`, { rip: 'x' })).toMatchObject({ error_code: 10017 });
  });
  it('takes a picture in a multipart form and not otherwise', { timeout: 60_000 }, async () => {
    const { fake, send, token, share } = await start();
    const withPicture = async (bytes: Buffer, text: string) => {
      const body = new FormData();
      for (const [name, value] of Object.entries({ access_token: token, status: `${text} ${link}`, rip }))
        body.set(name, value);
      body.set('pic', new Blob([new Uint8Array(bytes)]), 'a.png');
      return (await send('/2/statuses/share.json', body)).said;
    };
    expect(await withPicture(png, 'a')).toHaveProperty('idstr');
    expect(fake.posts()).toMatchObject([{ cover: expect.stringMatching(/^\/fake\/media\//) as string }]);
    expect(await withPicture(Buffer.from('no image'), 'b')).toMatchObject({ error_code: 20005 });
    expect(await withPicture(Buffer.concat([png, Buffer.alloc(5 * 2 ** 20)]), 'c')).toMatchObject({
      error_code: 20006,
    });
    expect(await share(`d ${link}`, { pic: 'x' })).toMatchObject({ error_code: 20007 });
  });
  it.each([20017, 20019, 20111])('that is repeated is told so with %i', async (code) => {
    const { fake, share } = await start({ repeatCode: code });
    fake.fault({ kind: 'drop', executed: true, route: 'statuses.share' });
    await expect(share(`说明 ${link}`)).rejects.toThrow('fetch failed');
    expect(await share(`说明 ${link}`)).toMatchObject({ error_code: code });
    expect(fake.ledger.posted()).toBe(1);
  });
  it('after 20032 is published, and seen a minute or two later', async () => {
    const { fake, time, share, timeline } = await start();
    fake.fault({ kind: 'code', code: 20032, executed: true });
    expect(await share(`说明 ${link}`)).toMatchObject({ error_code: 20032 });
    expect(await timeline()).toEqual([]);
    expect(fake.posts()).toMatchObject([{ visible: false }]);
    time.advance(120_000);
    expect(await timeline()).toEqual([`说明 ${link}`]);
    expect(fake.ledger.posted()).toBe(1);
  });
  it('is shown by its id while it exists', async () => {
    const { fake, share, get } = await start();
    const { idstr: id } = (await share(`说明 ${link}`)) as { idstr: string };
    expect(await get('/2/statuses/show.json', { id })).toMatchObject({ mid: id });
    fake.act('remove', { id });
    expect(await get('/2/statuses/show.json', { id })).toMatchObject({ error_code: 20101 });
    expect(await get('/2/statuses/show.json', { id: '1' })).toMatchObject({ error_code: 20101 });
  });
  it('is one of 30 an hour', async () => {
    const { time, share } = await start();
    for (let i = 0; i < 30; i++) expect(await share(`${i} ${link}`)).toHaveProperty('mid');
    expect(await share(`30 ${link}`)).toMatchObject({ error_code: 20016 });
    time.advance(3_600_000);
    expect(await share(`30 ${link}`)).toHaveProperty('mid');
  });
});

describe('a caller', () => {
  it('has 100 calls a day, timelines included', { timeout: 60_000 }, async () => {
    const { time, timeline, share } = await start();
    for (let i = 0; i < 100; i++) expect(await timeline()).toEqual([]);
    expect(await share(`a ${link}`)).toMatchObject({ error_code: 10023 });
    time.advance(24 * 3_600_000);
    expect(await share(`a ${link}`)).toHaveProperty('mid');
  });
  it('has calls for its address too', async () => {
    const { share } = await start({ limits: { ...limits, callsPerIpAndHour: 1 } });
    await share(`a ${link}`);
    expect(await share(`b ${link}`)).toMatchObject({ error_code: 10022 });
  });
  it('without a token, with a wrong one, or an expired one is refused', async () => {
    const { fake, time, share } = await start();
    expect(await share(`a ${link}`, { access_token: '' })).toMatchObject({ error_code: 10006 });
    expect(await share(`a ${link}`, { access_token: 'x' })).toMatchObject({ error_code: 21332 });
    fake.fault({ kind: 'token_expired', route: 'statuses.share' });
    expect(await share(`a ${link}`)).toMatchObject({ error_code: 21327 });
    expect(fake.ledger.posted()).toBe(0);
    const token = fake.act('authorise', {});
    expect(await share(`a ${link}`, { access_token: token })).toHaveProperty('mid');
    time.advance(15 * 24 * 3_600_000);
    expect(await share(`b ${link}`, { access_token: token })).toMatchObject({ error_code: 21327 });
  });
  it('is authorised by a code, once', async () => {
    const { fake, post } = await start();
    const back = 'https://tax.example/back';
    const asked = await fetch(
      `${fake.url}/oauth2/authorize?client_id=1000000001&redirect_uri=${encodeURIComponent(back)}&state=s`,
      { redirect: 'manual' },
    );
    const { searchParams } = new URL(asked.headers.get('location')!);
    expect(searchParams.get('state')).toBe('s');
    const exchange = () =>
      post('/oauth2/access_token', {
        client_id: '1000000001',
        client_secret: fake.access['App Secret']!,
        grant_type: 'authorization_code',
        code: searchParams.get('code')!,
        redirect_uri: back,
      });
    expect(await exchange()).toMatchObject({ expires_in: 15 * 24 * 3_600, uid: expect.any(String) as string });
    expect(await exchange()).toMatchObject({ error: 'invalid_grant' });
  });
  it('may not update, nor call what is no call', async () => {
    const { post } = await start();
    expect(await post('/2/statuses/update.json', {})).toMatchObject({ error_code: 10014 });
    expect(await post('/2/nothing.json', {})).toMatchObject({ error_code: 10020 });
  });
  it.each([10001, 10002, 10009, 10011, 20031])('is told %i by a fault, with 400', async (code) => {
    const { fake, send, token, encode, form } = await start();
    fake.fault({ kind: 'code', code });
    const body = encode({ access_token: token, status: `a ${link}`, rip });
    expect(await send('/2/statuses/share.json', body, form)).toMatchObject({ status: 400, said: { error_code: code } });
  });
});
