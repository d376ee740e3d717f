import type { Channel, DeliveryNotes } from '@tongsheng/contracts';
import { HandTime, startMastodonFake, type FaultWish, type MastodonOptions } from '@tongsheng/fakes';
import { channelTools, hashA, noon, samplePost } from '@tongsheng/test/support';
import { afterEach, describe, expect, it } from 'vitest';
import type { Parcel } from './channel.ts';
import { mastodon } from './mastodon.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const hashB = 'b'.repeat(64);
const picture = (hash: string) => ({ hash, name: '图.png', bytes: png.length, mediaType: 'image/png' });
const pictured: Parcel = {
  ...samplePost,
  html: `<p>正文<img src="files/${hashB}" alt="" /></p>`,
  cover: picture(hashA),
  files: [picture(hashB)],
};

async function start(options: Partial<MastodonOptions> = {}) {
  const time = new HandTime(noon);
  const fake = await startMastodonFake(options, { time });
  closings.push(() => fake.stop());
  const settings: Extract<Channel, { kind: 'mastodon' }>['settings'] = {
    server: fake.url,
    token: fake.access['access_token']!,
    visibility: 'public',
  };
  const tools = (notes: DeliveryNotes = {}, timeoutMs = 5_000) =>
    channelTools('mastodon', {
      allow: [`127.0.0.1:${fake.port}`],
      timeoutMs,
      notes,
      files: { [hashA]: png, [hashB]: png },
    });
  const deliver = (parcel = samplePost, notes: DeliveryNotes = {}) => mastodon.deliver(parcel, settings, tools(notes));
  return { fake, time, settings, tools, deliver };
}

describe('a status', () => {
  it('says what was found, leads to our page, and is its own proof', async () => {
    const { fake, deliver } = await start();
    const handed = await deliver();
    const [post] = fake.posts();
    expect(handed).toMatchObject({ outcome: 'confirmed', receipt: { url: post!.url } });
    expect(post!.text).toContain('结论：不实信息');
    expect(post!.text).toContain(samplePost.url);
    expect(post!.text).not.toContain('发布号');
  });
  it('is cut to what the server takes, counted as it counts', async () => {
    const { fake, deliver } = await start();
    const handed = await deliver({ ...samplePost, html: `<p>${'很长的正文。'.repeat(300)}</p>` });
    expect(handed.outcome).toBe('confirmed');
    expect(fake.posts()[0]!.text).toContain('… 示例省税务局');
    expect([...fake.posts()[0]!.text].length).toBeGreaterThan(480);
  });
  it('under the same key is there once, however its answer was lost', async () => {
    const { fake, deliver } = await start();
    for (const fault of [
      { kind: 'drop', executed: true },
      { kind: 'cut' },
      { kind: 'html', executed: true },
    ] as const) {
      fake.fault({ route: 'statuses', ...fault });
      expect((await deliver()).outcome).toBe('unknown');
    }
    expect((await deliver()).outcome).toBe('confirmed');
    expect(fake.posts()).toHaveLength(1);
    expect(fake.ledger.repeated()).toEqual([]);
    expect(mastodon).toMatchObject({ onUnknown: 'same_key', keyLifetime: 'PT55M' });
  });
  it.each<[FaultWish, object]>([
    [
      { kind: 'status', status: 401 },
      { outcome: 'rejected_retryable', trouble: 'credential' },
    ],
    [
      { kind: 'status', status: 403 },
      { outcome: 'rejected_retryable', trouble: 'credential' },
    ],
    [{ kind: 'status', status: 404 }, { outcome: 'rejected_permanent' }],
    [
      { kind: 'status', status: 422 },
      { outcome: 'rejected_permanent', trouble: 'content' },
    ],
    [
      { kind: 'status', status: 429, retryAfterSeconds: 9 },
      { outcome: 'rejected_retryable', trouble: 'rate_limited', retryAfterSeconds: 9 },
    ],
    [{ kind: 'status', status: 503 }, { outcome: 'unknown' }],
    [{ kind: 'redirect' }, { outcome: 'rejected_permanent' }],
    [{ kind: 'huge' }, { outcome: 'unknown' }],
  ])('that is answered with %j is %j', async (fault, expected) => {
    const { fake, deliver } = await start();
    fake.fault({ route: 'statuses', ...fault });
    expect(await deliver()).toMatchObject(expected);
    expect(fake.posts()).toEqual([]);
  });
  it('waits for the end of the window that the server names', async () => {
    const { fake, deliver } = await start({
      limits: {
        characters: 500,
        media: 4,
        mediaBytes: 1e6,
        calls: 1,
        callsMs: 300_000,
        mediaCalls: 30,
        mediaCallsMs: 1e6,
      },
    });
    await deliver();
    const handed = await deliver({ ...samplePost, deliveryId: 'delivery-2', attemptedAt: '2026-11-23T04:03:20.000Z' });
    expect(handed).toMatchObject({ outcome: 'rejected_retryable', trouble: 'rate_limited', retryAfterSeconds: 100 });
    expect(fake.posts()).toHaveLength(1);
  });
});

describe('pictures', () => {
  it('come with the status, cover first, and are uploaded once for all attempts', async () => {
    const { fake, settings, tools } = await start();
    const first = tools();
    fake.fault({ route: 'statuses', kind: 'status', status: 429, retryAfterSeconds: 1 });
    await mastodon.deliver(pictured, settings, first);
    expect(await mastodon.deliver(pictured, settings, tools(first.notes))).toMatchObject({ outcome: 'confirmed' });
    expect(fake.ledger.times('media')).toBe(2);
    expect(fake.posts()[0]!.cover).toBe(`/fake/media/${first.notes[`picture_${hashA.slice(0, 40)}`]}`);
  });
  it('that the server works on are waited for, and nothing is posted before', async () => {
    const { fake, time, settings, tools } = await start({ mediaMs: 3_000 });
    const first = tools();
    const waiting = { outcome: 'rejected_retryable', trouble: 'busy' };
    expect(await mastodon.deliver(pictured, settings, first)).toMatchObject(waiting);
    expect(await mastodon.deliver(pictured, settings, tools(first.notes))).toMatchObject(waiting);
    expect(fake.posts()).toEqual([]);
    time.advance(3_000);
    expect(await mastodon.deliver(pictured, settings, tools(first.notes))).toMatchObject({ outcome: 'confirmed' });
    expect(fake.ledger.times('media')).toBe(2);
  });
  it('are made ready beforehand', async () => {
    const { fake, settings, tools } = await start();
    const first = tools();
    expect(await mastodon.prepare!(pictured, settings, first)).toEqual({ ready: true, detail: '2 pictures are there' });
    expect(fake.posts()).toEqual([]);
    await mastodon.deliver(pictured, settings, tools(first.notes));
    expect(fake.ledger.times('media')).toBe(2);
  });
  it('whose upload broke are nobody’s trouble: it is made again', async () => {
    const { fake, settings, tools, deliver } = await start();
    fake.fault({ route: 'media', kind: 'drop', executed: true });
    expect(await deliver(pictured)).toMatchObject({ outcome: 'not_sent', trouble: 'network' });
    fake.fault({ route: 'media', kind: 'status', status: 422 });
    expect(await mastodon.prepare!(pictured, settings, tools())).toMatchObject({ ready: false, trouble: 'content' });
  });
  it('that the server would not take stay on our page', async () => {
    const { fake, deliver } = await start();
    const large = { ...picture(hashA), bytes: 17 * 2 ** 20 };
    expect(await deliver({ ...samplePost, cover: large })).toMatchObject({ outcome: 'confirmed' });
    expect(fake.ledger.times('media')).toBe(0);
  });
});

describe('what became of a status', () => {
  const sent = { parcel: samplePost, receipt: null, notes: {} };
  it('is found among what the account has said, also on a later page', async () => {
    const { fake, settings, tools, deliver } = await start();
    await deliver();
    for (let i = 0; i < 45; i++)
      await deliver({ ...samplePost, deliveryId: `other-${i}`, url: `${samplePost.url}-${i}` });
    const found = await mastodon.probe!.look(sent, settings, tools());
    expect(found).toMatchObject({ finding: 'present', receipt: { url: fake.posts()[0]!.url } });
    expect(fake.posts()).toHaveLength(46);
  });
  it('is known to be absent, and nothing is known where the server does not say', async () => {
    const { fake, settings, tools, deliver } = await start();
    await deliver({ ...samplePost, deliveryId: 'other', url: `${samplePost.url}2` });
    expect(await mastodon.probe!.look(sent, settings, tools())).toMatchObject({ finding: 'absent' });
    fake.fault({ kind: 'html' });
    expect(await mastodon.probe!.look(sent, settings, tools())).toMatchObject({ finding: 'unsure' });
  });
  it('is watched: there, or gone, or not to be said', async () => {
    const { fake, settings, tools, deliver } = await start();
    const { receipt } = await deliver();
    const confirmed = { ...sent, receipt: { ...receipt!, receivedAt: noon } };
    expect(await mastodon.watch!(confirmed, settings, tools())).toMatchObject({ found: 'present' });
    expect(await mastodon.probe!.look(confirmed, settings, tools())).toMatchObject({ finding: 'present' });
    fake.fault({ kind: 'status', status: 500 });
    expect(await mastodon.watch!(confirmed, settings, tools())).toMatchObject({ found: 'unsure' });
    fake.act('remove', { id: receipt!.remoteId });
    expect(await mastodon.watch!(confirmed, settings, tools())).toMatchObject({ found: 'gone' });
  });
});

describe('a later version', () => {
  it('is edited into the status, as often as that is tried, and a withdrawal takes it away', async () => {
    const { fake, settings, tools, deliver } = await start();
    const { receipt } = await deliver();
    const sent = { parcel: samplePost, receipt: { ...receipt!, receivedAt: noon }, notes: {} };
    const later = { ...samplePost, summary: '更正后的说明。' };
    expect(mastodon.amend!.by).toBe('edit');
    fake.fault({ route: 'statuses.edit', kind: 'drop', executed: true });
    expect((await mastodon.amend!.hand(later, sent, settings, tools())).outcome).toBe('unknown');
    expect((await mastodon.amend!.hand(later, sent, settings, tools())).outcome).toBe('confirmed');
    expect(fake.posts()).toMatchObject([{ state: '已修改', text: expect.stringContaining('更正后的说明') }]);
    expect((await mastodon.recall!.hand(later, sent, settings, tools())).outcome).toBe('confirmed');
    expect((await mastodon.recall!.hand(later, sent, settings, tools())).outcome).toBe('confirmed');
    expect(fake.posts()).toMatchObject([{ visible: false }]);
  });
  it('of something whose id nobody knows is for a person', async () => {
    const { settings, tools } = await start();
    const sent = { parcel: samplePost, receipt: null, notes: {} };
    expect(await mastodon.amend!.hand(samplePost, sent, settings, tools())).toMatchObject({
      outcome: 'rejected_permanent',
    });
  });
});

it('a login is tried without a word to anybody', async () => {
  const { fake, settings, tools } = await start();
  expect(await mastodon.health!(settings, tools())).toMatchObject({ ok: true });
  fake.act('setToken', { isGood: false });
  expect(await mastodon.health!(settings, tools())).toMatchObject({ ok: false, trouble: 'credential' });
  expect(fake.posts()).toEqual([]);
});
