import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { douyinSign, startDouyinFake, type DouyinOptions } from './douyin-fake.ts';
import { HandTime } from './time.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
/** The first bytes of a JPEG of 4 × 3. */
const jpg = Buffer.from('ffd8ffe000044a46ffc0001108000300040301', 'hex');
const day = 24 * 3_600_000;

type Said = { data: { error_code: number; [field: string]: unknown }; extra: { logid: string } };

async function start(options: Partial<DouyinOptions> = {}) {
  const time = new HandTime();
  const fake = await startDouyinFake(options, { time });
  closings.push(() => fake.stop());
  const { open_id: openId, access_token: token } = fake.access as { open_id: string; access_token: string };
  const ask = async (path: string, init: RequestInit = {}, given = token) => {
    const url = new URL(path, fake.url);
    url.searchParams.set('open_id', openId);
    const response = await fetch(url, { ...init, headers: { ...init.headers, 'access-token': given } });
    expect(response.status).toBe(200);
    return (await response.json()) as Said;
  };
  const upload = async (bytes: Buffer = png, field = 'image') => {
    const body = new FormData();
    body.set(field, new Blob([new Uint8Array(bytes)]), 'card.png');
    return (await ask('/api/douyin/v1/video/upload_image/', { method: 'POST', body })).data;
  };
  const imageId = async () => (((await upload())['image'] ?? {}) as { image_id: string }).image_id;
  const json = { 'content-type': 'application/json' };
  const publish = async (more: object = {}, given = token) => {
    const body = JSON.stringify({ image_list: [await imageId()], text: '［发布号 0001-3］通知', ...more });
    const init = { method: 'POST', headers: json, body };
    return (await ask('/api/douyin/v1/video/create_image_text/', init, given)).data;
  };
  const list = async (query = 'cursor=0&count=10') =>
    (await ask(`/api/douyin/v1/video/video_list/?${query}`)).data as Said['data'] & { list: Record<string, unknown>[] };
  const app = async (path: string, fields: Record<string, string>) => {
    const body = new URLSearchParams({ client_key: fake.access['Client Key']!, ...fields });
    return ((await (await fetch(fake.url + path, { method: 'POST', body })).json()) as Said).data;
  };
  return { fake, time, token, ask, upload, imageId, publish, list, app };
}

describe('an image', () => {
  it('is taken with its size', async () => {
    const { upload } = await start();
    expect(await upload()).toMatchObject({ error_code: 0, image: { width: 1, height: 1 } });
    expect(await upload(jpg)).toMatchObject({ image: { width: 4, height: 3 } });
  });
  it('is no other file, at most 20 MB, in the field `image`', { timeout: 60_000 }, async () => {
    const { upload } = await start();
    expect(await upload(Buffer.from('no image'))).toMatchObject({ error_code: 2100005 });
    expect(await upload(Buffer.concat([png, Buffer.alloc(20 * 2 ** 20)]))).toMatchObject({ error_code: 2100005 });
    expect(await upload(png, 'media')).toMatchObject({ error_code: 2100005 });
  });
});

describe('an image text', () => {
  it('is under review, seen by its author alone, then public', async () => {
    const { fake, time, publish, list } = await start();
    const { item_id: id } = await publish();
    const [under] = (await list()).list;
    expect(under).toMatchObject({ item_id: id, video_status: 4, is_reviewed: false, media_type: 2 });
    expect(fake.posts()).toMatchObject([{ visible: false, state: '审核中，仅自己可见' }]);
    expect(fake.ledger.posted()).toBe(0);
    time.advance(5_000);
    expect((await list()).list).toMatchObject([{ item_id: id, video_status: 5, is_reviewed: true }]);
    expect(fake.ledger.posted('［发布号 0001-3］通知')).toBe(1);
    expect(await (await fetch(String(under!['share_url']))).text()).toContain('［发布号 0001-3］通知');
  });
  it('is refused by the review, which is a review all the same', async () => {
    const { fake, time, publish, list } = await start();
    fake.fault({ kind: 'review', verdict: 2 });
    await publish();
    time.advance(5_000);
    const [item] = (await list()).list;
    expect(item).toMatchObject({ video_status: 2, is_reviewed: true });
    expect(await (await fetch(String(item!['share_url']))).text()).toContain('作品不存在');
    expect(fake.ledger.posted()).toBe(0);
  });
  it('is found by its text after an answer that was lost', async () => {
    const { fake, publish, list } = await start();
    fake.fault({ kind: 'drop', executed: true, route: 'create_image_text' });
    await expect(publish()).rejects.toThrow('fetch failed');
    expect((await list()).list).toMatchObject([{ title: '［发布号 0001-3］通知' }]);
  });
  it('is taken back later, or removed', async () => {
    const { fake, time, publish, list, ask } = await start();
    const itemId = String((await publish())['item_id']);
    time.advance(5_000);
    fake.act('setStatus', { itemId, status: 2 });
    expect((await list()).list).toMatchObject([{ video_status: 2 }]);
    const body = JSON.stringify({ item_ids: [itemId] });
    const asked = () =>
      ask('/api/douyin/v1/video/video_data/', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
    expect((await asked()).data['list']).toMatchObject([{ item_id: itemId }]);
    fake.act('remove', { itemId });
    expect((await list()).list).toEqual([]);
    expect((await asked()).data['list']).toEqual([]);
    expect(() => fake.act('remove', { itemId: 'x' })).toThrow('no item x');
  });
  it.each([
    ['no images', { image_list: [] }],
    ['an image that is not known', { image_list: ['x'] }],
    ['two kinds of anchor', { micro_app_id: 'a', poi_id: 'b' }],
    ['too much text', { text: '字'.repeat(1_001) }],
  ])('with %s is refused', async (_, more) => {
    const { publish } = await start();
    expect(await publish(more)).toMatchObject({ error_code: 2100005 });
  });
  it('has at most 30 images', async () => {
    const { imageId, publish } = await start();
    const id = await imageId();
    expect(await publish({ image_list: Array(30).fill(id) })).toHaveProperty('item_id');
    expect(await publish({ image_list: Array(31).fill(id) })).toMatchObject({ error_code: 2100005 });
  });
});

describe('the list', () => {
  it('comes in pages, the newest first', async () => {
    const { publish, list } = await start();
    for (const text of ['一', '二', '三']) await publish({ text });
    expect(await list('cursor=0&count=2')).toMatchObject({
      list: [{ title: '三' }, { title: '二' }],
      cursor: 2,
      has_more: true,
    });
    expect(await list('cursor=2&count=2')).toMatchObject({ list: [{ title: '一' }], has_more: false });
    expect(await list('cursor=0')).toMatchObject({ error_code: 2100005 });
  });
});

describe('a token', () => {
  it('ends after 15 days and is refreshed, the refresh token after 30 and is renewed five times', async () => {
    const { fake, time, publish, app } = await start();
    const refresh = fake.access['refresh_token']!;
    time.advance(15 * day);
    expect(await publish()).toMatchObject({ error_code: 2190008 });
    const refreshed = await app('/oauth/refresh_token/', { grant_type: 'refresh_token', refresh_token: refresh });
    expect(refreshed).toMatchObject({ error_code: 0, expires_in: 15 * 86_400, refresh_expires_in: 15 * 86_400 });
    const again = await start();
    let current = refresh;
    for (let i = 0; i < 5; i++) {
      const renewed = await again.app('/oauth/renew_refresh_token/', { refresh_token: current });
      expect(renewed).toMatchObject({ error_code: 0, expires_in: 30 * 86_400 });
      current = String(renewed['refresh_token']);
    }
    expect(await again.app('/oauth/renew_refresh_token/', { refresh_token: current })).toMatchObject({
      error_code: 2100005,
    });
    time.advance(15 * day);
    expect(await app('/oauth/refresh_token/', { grant_type: 'refresh_token', refresh_token: refresh })).toMatchObject({
      error_code: 10008,
    });
  });
  it('that is wrong, that expires in the middle, and that lacks the scope are refused', async () => {
    const { fake, publish } = await start();
    expect(await publish({}, 'x')).toMatchObject({ error_code: 2190002 });
    fake.fault({ kind: 'token_expired', route: 'create_image_text' });
    expect(await publish()).toMatchObject({ error_code: 2190008 });
    const { upload } = await start({ scope: 'user_info' });
    expect(await upload()).toMatchObject({ error_code: 2190004 });
  });
  it('comes for a code, once', async () => {
    const { fake, app } = await start();
    const query = `client_key=${fake.access['Client Key']}&response_type=code&scope=a&state=s&redirect_uri=https%3A%2F%2Ftax.example%2Fback`;
    const asked = await fetch(`${fake.url}/platform/oauth/connect/?${query}`, { redirect: 'manual' });
    const back = new URL(asked.headers.get('location')!);
    expect(back.searchParams.get('state')).toBe('s');
    const exchange = () =>
      app('/oauth/access_token/', {
        client_secret: fake.access['Client Secret']!,
        code: back.searchParams.get('code')!,
        grant_type: 'authorization_code',
      });
    expect(await exchange()).toMatchObject({ error_code: 0, open_id: fake.access['open_id'] });
    expect(await exchange()).toMatchObject({ error_code: 2100005 });
    expect(await app('/oauth/access_token/', { client_key: 'x' })).toMatchObject({ error_code: 2100005 });
  });
});

describe('an event', () => {
  it('is signed over the body with the client’s secret; the first asks for its challenge back', async () => {
    const { fake, time, publish } = await start();
    const secret = fake.access['Client Secret']!;
    const events: { event: string; content: { challenge?: number; item_id?: string } }[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
      request.once('end', () => {
        const sign = createHash('sha1').update(secret).update(body).digest('hex');
        if (request.headers['x-douyin-signature'] !== sign) return void response.writeHead(403).end();
        const event = JSON.parse(body) as (typeof events)[number];
        events.push(event);
        response.end(JSON.stringify({ challenge: event.content.challenge }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closings.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    fake.act('setWebhook', { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/douyin` });
    await fake.settled();
    const { item_id: id } = await publish();
    time.advance(5_000);
    await fake.settled();
    expect(events.map(({ event }) => event)).toEqual(['verify_webhook', 'image_text_audit']);
    expect(events[1]!.content).toEqual({ item_id: id, video_status: 5 });
    expect(fake.notified).toMatchObject([{ taken: true }, { taken: true }]);
    fake.fault({ kind: 'callback', mode: 'forged', route: 'callback.image_text_audit' });
    await publish();
    time.advance(5_000);
    await fake.settled();
    expect(events).toHaveLength(2);
  });
  it('has a signature that is SHA-1', () => {
    expect(douyinSign('a', 'bc')).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  });
});
