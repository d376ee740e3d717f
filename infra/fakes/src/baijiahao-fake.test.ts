import { afterEach, describe, expect, it } from 'vitest';
import { startBaijiahaoFake } from './baijiahao-fake.ts';
import { HandTime } from './time.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

async function start() {
  const time = new HandTime();
  const fake = await startBaijiahaoFake({}, { time });
  closings.push(() => fake.stop());
  const { app_id, app_token } = fake.access as { app_id: string; app_token: string };
  const post = async (path: string, more: object) => {
    const response = await fetch(`${fake.url}/builderinner/open/resource/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ app_id, app_token, ...more }),
    });
    return (await response.json()) as { errno: number; data: { article_id: string; status: string } };
  };
  const article = {
    title: '通知',
    content: '<p>正文</p>',
    origin_url: 'https://tax.example/a/1',
    cover_images: JSON.stringify([{ src: 'https://tax.example/a.png' }]),
    is_original: 1,
  };
  const publish = (more: object = {}) => post('article/publish', { ...article, ...more });
  const status = async (id: string) => (await post('query/status', { article_id: id })).data.status;
  return { fake, time, post, publish, status };
}

describe('an article', () => {
  it('is public once its pictures are processed', async () => {
    const { fake, time, publish, status } = await start();
    const { errno, data } = await publish();
    expect(errno).toBe(0);
    expect(await status(data.article_id)).toBe('processing');
    time.advance(5_000);
    expect(await status(data.article_id)).toBe('public');
    expect(fake.ledger.posted('通知')).toBe(1);
    expect(await (await fetch(fake.posts()[0]!.url!)).text()).toContain('<p>正文</p>');
    fake.act('hide', { id: data.article_id });
    expect(fake.posts()).toMatchObject([{ visible: false }]);
    expect(() => fake.act('hide', { id: 'x' })).toThrow('no article x');
  });
  it('without a cover is a draft, and hidden when its pictures fail', async () => {
    const { fake, time, publish, status } = await start();
    const draft = await publish({ cover_images: '[]' });
    fake.fault({ kind: 'review', verdict: 'pictures' });
    const failed = await publish();
    time.advance(5_000);
    expect(await status(draft.data.article_id)).toBe('draft');
    expect(await status(failed.data.article_id)).toBe('hidden');
    expect(fake.ledger.posted()).toBe(0);
  });
  it.each([
    ['a cover that is no text', { cover_images: [] }, 1],
    ['four covers', { cover_images: JSON.stringify(Array(4).fill({ src: 'https://a.example' })) }, 1],
    ['no title', { title: '' }, 1],
    ['another token', { app_token: 'x' }, 2],
  ])('with %s is refused', async (_, more, errno) => {
    const { publish } = await start();
    expect(await publish(more)).toMatchObject({ errno });
  });
  it('counts against the quota of the day', async () => {
    const { fake, time, post, publish } = await start();
    for (let i = 0; i < 10; i++) expect(await publish({ title: `${i}` })).toMatchObject({ errno: 0 });
    expect(await publish()).toMatchObject({ errno: 3 });
    time.advance(24 * 3_600_000);
    expect(await publish()).toMatchObject({ errno: 0 });
    expect(await post('query/status', { article_id: 'x' })).toMatchObject({ errno: 1 });
    expect(await post('query/status', { app_token: 'x' })).toMatchObject({ errno: 2 });
    expect((await fetch(`${fake.url}/nothing`)).status).toBe(404);
  });
});
