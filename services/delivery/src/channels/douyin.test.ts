import { createHash } from 'node:crypto';
import { HandTime, startDouyinFake, type DouyinOptions } from '@tongsheng/fakes';
import { channelTools, noon, samplePost } from '@tongsheng/test/support';
import { afterEach, describe, expect, it } from 'vitest';
import type { Handed, Inbound, Parcel, Sent } from './channel.ts';
import { douyin } from './douyin.ts';
import { Tokens } from './tokens.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const day = 86_400_000;
const [cover, picture] = ['c'.repeat(64), 'd'.repeat(64)];
const fileOf = (hash: string) => ({ name: '图.png', hash, bytes: png.length, mediaType: 'image/png' });
const release: Parcel = {
  ...samplePost,
  html: `<p>文</p><img src="files/${picture}" alt="图" />`,
  cover: fileOf(cover),
  files: [fileOf(picture)],
};

async function account(options: Partial<DouyinOptions> = {}) {
  const time = new HandTime();
  const fake = await startDouyinFake(options, { time });
  closings.push(() => fake.stop());
  const { access } = fake;
  const settings = {
    api: fake.url,
    clientKey: access['Client Key']!,
    clientSecret: access['Client Secret']!,
    openId: access['open_id']!,
    refreshToken: access['refresh_token']!,
  };
  const tokens = new Tokens();
  let notes: Record<string, string> = {};
  const renewed: string[] = [];
  let waited = 0;
  const tools = () =>
    channelTools('douyin', {
      allow: [`127.0.0.1:${fake.port}`],
      timeoutMs: 2_000,
      tokens,
      notes,
      files: { [cover]: png, [picture]: png },
      now: () => new Date(Date.parse(noon) + waited).toISOString(),
      // As in the house: what was given counts for every later call.
      renew: async (field, secret) => {
        expect(field).toBe('refreshToken');
        settings.refreshToken = secret;
        renewed.push(secret);
      },
    });
  const sent = (receipt: Handed['receipt']): Sent => ({
    parcel: release,
    receipt: receipt ? { ...receipt, receivedAt: noon } : null,
    notes,
  });
  return {
    fake,
    settings,
    renewed,
    deliver: async (parcel = release, more: object = {}) => {
      const given = tools();
      const handed = await douyin.deliver(parcel, { ...settings, ...more }, { ...given, notes: { ...notes } });
      for (const facts of given.noted) notes = { ...notes, ...facts };
      return handed;
    },
    look: (receipt?: Handed['receipt']) => douyin.probe!.look(sent(receipt), settings, tools()),
    watch: (receipt: Handed['receipt']) => douyin.watch!(sent(receipt), settings, tools()),
    health: (more: object = {}) => douyin.health!({ ...settings, ...more }, tools()),
    hear: (inbound: Inbound) => douyin.callback!(inbound, settings, tools()),
    pass: (ms: number) => {
      waited += ms;
      time.advance(ms);
    },
  };
}

describe('a release for Douyin', () => {
  it('is its pictures, its cover first, under review and then public', async () => {
    const { deliver, look, watch, pass, fake } = await account();
    const handed = await deliver();
    expect(handed).toMatchObject({ outcome: 'accepted_pending', receipt: { url: null } });
    expect(fake.ledger.times('upload_image')).toBe(2);
    expect(await look(handed.receipt)).toMatchObject({ finding: 'accepted' });
    expect(fake.posts()).toMatchObject([{ visible: false }]);
    pass(5_000);
    const found = await look(handed.receipt);
    expect(found).toMatchObject({ finding: 'present', receipt: { url: fake.posts()[0]!.url } });
    expect(fake.posts()[0]!.text).toBe(`${release.title}\n${release.summary}\n发布号 delivery-1`);
    expect(await watch(found.receipt)).toMatchObject({ found: 'present' });
  });
  it('that the review refuses, now or later, is not called visible', async () => {
    const { deliver, look, watch, pass, fake } = await account();
    fake.fault({ kind: 'review', verdict: 2, route: 'create_image_text' });
    const { receipt } = await deliver();
    pass(5_000);
    expect(await look(receipt)).toMatchObject({ finding: 'refused' });
    const other = await account();
    const posted = (await other.deliver()).receipt!;
    other.pass(5_000);
    other.fake.act('setStatus', { itemId: posted.remoteId, status: 2 });
    expect(await other.watch(posted)).toMatchObject({ found: 'banned' });
    other.fake.act('remove', { itemId: posted.remoteId });
    expect(await other.watch(posted)).toMatchObject({ found: 'gone' });
    expect(await watch(undefined)).toMatchObject({ found: 'unsure' });
  });
  it('whose answer was lost is found by its number', async () => {
    const { deliver, look, pass, fake } = await account();
    fake.fault({ kind: 'drop', executed: true, route: 'create_image_text' });
    expect(await deliver()).toMatchObject({ outcome: 'unknown' });
    expect(await look()).toMatchObject({ finding: 'accepted' });
    pass(5_000);
    expect(await look()).toMatchObject({ finding: 'present' });
    expect(fake.ledger.posted()).toBe(1);
  });
  it('that never arrived is missed after two minutes, and its pictures are there still', async () => {
    const { deliver, look, pass, fake } = await account();
    fake.fault({ kind: 'drop', executed: false, route: 'create_image_text' });
    expect(await deliver()).toMatchObject({ outcome: 'unknown' });
    expect(await look()).toMatchObject({ finding: 'unsure' });
    pass(120_000);
    expect(await look()).toMatchObject({ finding: 'absent' });
    expect(await deliver()).toMatchObject({ outcome: 'accepted_pending' });
    pass(5_000);
    expect(fake.ledger.posted()).toBe(1);
    expect(fake.ledger.times('upload_image')).toBe(2);
  });
  it('without a picture is refused, and so is one that is no picture', async () => {
    const { deliver, fake } = await account();
    expect(await deliver({ ...release, cover: null, html: '<p>文</p>' })).toMatchObject({
      outcome: 'rejected_permanent',
      trouble: 'content',
    });
    expect(fake.calls.size).toBe(0);
  });
  it('is not begun with while a picture could not be brought', async () => {
    const { deliver, fake } = await account();
    fake.fault({ kind: 'drop', executed: false, route: 'upload_image' });
    expect(await deliver()).toMatchObject({ outcome: 'not_sent' });
    expect(fake.calls.get('create_image_text')).toBeUndefined();
  });
});

describe('the authorisation', () => {
  it('is renewed once when the platform has forgotten the token', async () => {
    const { deliver, fake } = await account();
    fake.fault({ kind: 'token_expired', route: 'create_image_text' });
    expect(await deliver()).toMatchObject({ outcome: 'accepted_pending' });
    expect(fake.calls.get('oauth.refresh_token')).toBe(2);
  });
  it('is renewed before it would end, written back, and good long after the one that was registered has ended', async () => {
    const { health, deliver, pass, fake, renewed, settings } = await account();
    const registered = settings.refreshToken;
    expect(await health()).toMatchObject({ ok: true, expiresAt: '2026-12-23T04:00:00.000Z' });
    expect(renewed).toEqual([]);
    // Each time the token of fifteen days has ended.
    for (let n = 1; n <= 4; n++) {
      pass(15 * day + 1_000);
      expect((await deliver()).outcome).toBe('accepted_pending');
    }
    expect(renewed).toHaveLength(4);
    expect(fake.calls.get('oauth.renew_refresh_token')).toBe(4);
    expect(await health()).toMatchObject({ ok: true });
    expect(await health({ refreshToken: registered })).toMatchObject({ ok: false, trouble: 'credential' });
  });
  it('is renewed once, however many find out at the same moment', async () => {
    const { health, deliver, pass, fake, renewed } = await account();
    await health();
    pass(15 * day + 1_000);
    await Promise.all([deliver(), deliver(), deliver()]);
    expect(renewed).toHaveLength(1);
    expect(fake.calls.get('oauth.renew_refresh_token')).toBe(1);
  });
  it('that can be renewed no more is used to its end, which is shown, and is a person’s matter from then on', async () => {
    const { health, deliver, pass, renewed } = await account({ renewals: 0 });
    pass(15 * day + 1_000);
    expect((await deliver()).outcome).toBe('accepted_pending');
    expect(await health()).toMatchObject({ ok: true, expiresAt: '2026-12-23T04:00:00.000Z' });
    expect(renewed).toEqual([]);
    pass(15 * day + 1_000);
    expect(await deliver()).toMatchObject({ outcome: 'rejected_retryable', trouble: 'credential' });
  });
  it('that ended unused is a person’s matter', async () => {
    const { deliver, pass, fake } = await account();
    pass(31 * day);
    expect(await deliver()).toMatchObject({
      outcome: 'rejected_retryable',
      trouble: 'credential',
      detail: expect.stringContaining('refresh_token过期'),
    });
    expect(fake.calls.get('create_image_text')).toBeUndefined();
  });
  it('that ended is a person’s matter', async () => {
    const { deliver, health, fake } = await account();
    const ended = { refreshToken: 'rft.of another time' };
    expect(await health(ended)).toMatchObject({ ok: false, trouble: 'credential' });
    expect(await deliver(release, ended)).toMatchObject({ outcome: 'rejected_retryable', trouble: 'credential' });
    expect(fake.calls.get('create_image_text')).toBeUndefined();
    expect(await health()).toMatchObject({ ok: true });
  });
  it.each([
    [2190004, 'rejected_retryable', 'credential'],
    [2100005, 'rejected_permanent', 'content'],
    [99, 'unknown', 'busy'],
  ] as const)('and the answer %i: %s', async (code, outcome, trouble) => {
    const { deliver, fake } = await account();
    fake.fault({ kind: 'code', code, route: 'create_image_text' });
    expect(await deliver()).toMatchObject({ outcome, trouble });
  });
});

describe('a call of Douyin', () => {
  const call = async (content: object, forged = false) => {
    const { settings, hear } = await account();
    const body = Buffer.from(JSON.stringify({ event: 'image_text_audit', content }));
    const secret = forged ? 'another' : settings.clientSecret;
    const signature = createHash('sha1').update(secret).update(body).digest('hex');
    return hear({ method: 'POST', query: new URLSearchParams(), headers: { 'x-douyin-signature': signature }, body });
  };
  it('is answered with its challenge, and believed only when it is signed', async () => {
    const heard = await call({ challenge: 12_345_678 });
    expect(heard).toMatchObject({ answer: { status: 200, body: '{"challenge":12345678}' }, news: [] });
    expect(await call({ challenge: 1 }, true)).toMatchObject({
      answer: { status: 401 },
      refused: { because: 'wrong_signature' },
    });
  });
  it('tells of a refusal at once', async () => {
    expect(await call({ item_id: '@a', video_status: 2 })).toMatchObject({
      news: [{ finding: 'refused', about: { remoteId: '@a' } }],
    });
    expect(await call({ item_id: '@a', video_status: 5 })).toMatchObject({ news: [] });
  });
});
