import { afterEach, describe, expect, it } from 'vitest';
import { startMastodonFake, type MastodonOptions } from './mastodon-fake.ts';
import { HandTime } from './time.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

type Said = { id: string; content: string; url: string; error?: string; [field: string]: unknown };

async function start(options: Partial<MastodonOptions> = {}) {
  const time = new HandTime();
  const fake = await startMastodonFake(options, { time });
  closings.push(() => fake.stop());
  const authorization = `Bearer ${fake.access['access_token']}`;
  const ask = async (method: string, path: string, body?: BodyInit, headers: Record<string, string> = {}) => {
    const response = await fetch(`${fake.url}/api/${path}`, {
      method,
      headers: { authorization, ...headers },
      ...(body !== undefined && { body }),
    });
    return { status: response.status, headers: response.headers, said: (await response.json()) as Said };
  };
  const post = (fields: Record<string, string>, key?: string) =>
    ask('POST', 'v1/statuses', new URLSearchParams(fields), key ? { 'idempotency-key': key } : {});
  const upload = (bytes: Buffer = png) => {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(bytes)]), 'a.png');
    form.set('description', '封面');
    return ask('POST', 'v2/media', form);
  };
  return { fake, time, ask, post, upload };
}

describe('a status', () => {
  it('is public at once, and escaped', async () => {
    const { fake, post } = await start();
    const { status, said } = await post({ status: '通知 <b>', language: 'zh' });
    expect(status).toBe(200);
    expect(said).toMatchObject({ content: '<p>通知 &lt;b&gt;</p>', visibility: 'public', edited_at: null });
    expect(await (await fetch(said.url)).text()).toContain('通知 &lt;b&gt;');
    expect(fake.ledger.posted('通知 <b>')).toBe(1);
  });
  it('under the same key is the same for an hour, then another', async () => {
    const { fake, time, post } = await start();
    fake.fault({ kind: 'drop', executed: true });
    await expect(post({ status: '通知' }, 'delivery-1')).rejects.toThrow('fetch failed');
    time.advance(3_599_999);
    const { said } = await post({ status: '通知' }, 'delivery-1');
    expect(fake.ledger.posted()).toBe(1);
    expect(said.id).toMatch(/^\d+$/);
    time.advance(1);
    await post({ status: '通知' }, 'delivery-1');
    expect(fake.ledger.repeated()).toMatchObject([{ title: '通知', times: 2 }]);
  });
  it('may be JSON', async () => {
    const { ask } = await start();
    const { said } = await ask('POST', 'v1/statuses', JSON.stringify({ status: '通知' }), {
      'content-type': 'application/json',
    });
    expect(said.content).toBe('<p>通知</p>');
  });
  it.each([
    ['no text', { status: '' }, "can't be blank"],
    ['501 characters', { status: '字'.repeat(501) }, 'character limit of 500'],
    ['a medium that is none', { status: 'a', 'media_ids[]': 'x' }, 'Media not found'],
    ['a time too near', { status: 'a', scheduled_at: '2026-11-23T04:04:59.999Z' }, 'must be in the future'],
    ['a visibility that is none', { status: 'a', visibility: 'all' }, 'Validation failed'],
  ])('with %s is refused', async (_, fields, error) => {
    const { fake, post } = await start();
    const { status, said } = await post(fields);
    expect(status).toBe(422);
    expect(said.error).toContain(error);
    expect(fake.ledger.entries).toEqual([]);
  });
  it('is scheduled five minutes ahead or more, and can be called off', async () => {
    const { fake, time, ask, post } = await start();
    const wish = { status: '预定', scheduled_at: '2026-11-23T04:05:00.000Z' };
    const { said } = await post(wish);
    expect(said).toMatchObject({ scheduled_at: '2026-11-23T04:05:00.000Z', params: { text: '预定' } });
    expect((await ask('GET', `v1/scheduled_statuses/${said.id}`)).status).toBe(200);
    expect((await ask('GET', `v1/statuses/${said.id}`)).status).toBe(404);
    const { said: other } = await post({ ...wish, status: '取消' });
    expect((await ask('DELETE', `v1/scheduled_statuses/${other.id}`)).status).toBe(200);
    expect((await ask('DELETE', `v1/scheduled_statuses/${other.id}`)).status).toBe(404);
    time.advance(5 * 60_000);
    expect(fake.ledger.posted('预定')).toBe(1);
    expect(fake.ledger.posted()).toBe(1);
    expect((await ask('GET', `v1/statuses/${said.id}`)).status).toBe(200);
  });
  it('is edited and deleted', async () => {
    const { fake, ask, post } = await start();
    const { said } = await post({ status: '通知' });
    const edited = await ask('PUT', `v1/statuses/${said.id}`, new URLSearchParams({ status: '更正' }));
    expect(edited.said).toMatchObject({ id: said.id, content: '<p>更正</p>', edited_at: '2026-11-23T04:00:00.000Z' });
    expect((await ask('PUT', `v1/statuses/${said.id}`, new URLSearchParams())).status).toBe(422);
    expect((await ask('DELETE', `v1/statuses/${said.id}`)).said).toMatchObject({ text: '更正' });
    for (const method of ['GET', 'DELETE', 'PUT'])
      expect((await ask(method, `v1/statuses/${said.id}`)).status).toBe(404);
    expect(fake.posts()).toMatchObject([{ visible: false, state: '已删除' }]);
  });
  it('is removed by a moderator', async () => {
    const { fake, ask, post } = await start();
    const { said } = await post({ status: '通知' });
    fake.act('remove', { id: said.id });
    expect((await ask('GET', `v1/statuses/${said.id}`)).status).toBe(404);
    expect(() => fake.act('remove', { id: 'x' })).toThrow('no status x');
  });
});

it('own statuses are listed in pages', async () => {
  const { ask, post } = await start();
  for (const status of ['一', '二', '三']) await post({ status });
  const { said: account } = await ask('GET', 'v1/accounts/verify_credentials');
  const list = async (query: string) =>
    (await ask('GET', `v1/accounts/${account.id}/statuses?${query}`)).said as unknown as Said[];
  const first = await list('limit=2');
  expect(first.map(({ content }) => content)).toEqual(['<p>三</p>', '<p>二</p>']);
  expect((await list(`limit=2&max_id=${first[1]!.id}`)).map(({ content }) => content)).toEqual(['<p>一</p>']);
  expect((await ask('GET', 'v1/accounts/1/statuses')).status).toBe(404);
});

describe('media', () => {
  it('are uploaded with a description and attached', async () => {
    const { fake, ask, post, upload } = await start();
    const { said: medium } = await upload();
    expect(medium).toMatchObject({ type: 'image', description: '封面' });
    expect((await ask('GET', `v1/media/${medium.id}`)).said).toEqual(medium);
    const { said } = await post({ status: '通知', 'media_ids[]': medium.id });
    expect(said['media_attachments']).toMatchObject([{ id: medium.id }]);
    expect((await fetch(String(medium['url']))).headers.get('content-type')).toBe('image/png');
    expect(fake.posts()).toMatchObject([{ cover: `/fake/media/${medium.id}` }]);
  });
  it('are worked on for a while where the server is slow, and no status may name them before', async () => {
    const { time, ask, post, upload } = await start({ mediaMs: 2_000 });
    const { status, said: medium } = await upload();
    expect([status, medium.url]).toEqual([202, null]);
    expect((await ask('GET', `v1/media/${medium.id}`)).status).toBe(206);
    const wish = { status: '通知', 'media_ids[]': medium.id };
    expect(await post(wish)).toMatchObject({ status: 422, said: { error: expect.stringContaining('not finished') } });
    time.advance(2_000);
    expect((await ask('GET', `v1/media/${medium.id}`)).status).toBe(200);
    expect((await post(wish)).status).toBe(200);
  });
  it('are images, at most 30 in half an hour', { timeout: 60_000 }, async () => {
    const { time, upload } = await start();
    expect((await upload(Buffer.from('no image'))).status).toBe(422);
    for (let i = 1; i < 30; i++) expect((await upload()).status).toBe(200);
    expect((await upload()).status).toBe(429);
    time.advance(30 * 60_000);
    expect((await upload()).status).toBe(200);
  });
});

describe('a caller', () => {
  it('is told what is left of its 300 calls in five minutes', { timeout: 60_000 }, async () => {
    const { time, ask, post } = await start();
    const { headers } = await post({ status: '0' });
    expect(headers.get('x-ratelimit-limit')).toBe('300');
    expect(headers.get('x-ratelimit-remaining')).toBe('299');
    expect(headers.get('x-ratelimit-reset')).toBe('2026-11-23T04:05:00.000Z');
    for (let i = 1; i < 300; i++) await ask('GET', 'v1/accounts/verify_credentials');
    expect(await post({ status: '1' })).toMatchObject({ status: 429, said: { error: 'Too many requests' } });
    time.advance(5 * 60_000);
    expect((await post({ status: '1' })).status).toBe(200);
  });
  it('without its token is told 401', async () => {
    const { fake, ask, post } = await start();
    const wrong = await ask('POST', 'v1/statuses', new URLSearchParams({ status: 'a' }), { authorization: 'Bearer x' });
    expect(wrong).toMatchObject({ status: 401, said: { error: 'The access token is invalid' } });
    fake.fault({ kind: 'token_expired' });
    expect((await post({ status: 'a' })).status).toBe(401);
    fake.act('setToken', { isGood: true });
    expect((await post({ status: 'a' })).status).toBe(200);
  });
  it('on a path that is none is told 404', async () => {
    const { ask } = await start();
    expect((await ask('GET', 'v1/nothing')).status).toBe(404);
  });
});
