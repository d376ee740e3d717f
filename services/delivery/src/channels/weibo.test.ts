import { HandTime, startWeiboFake, type WeiboFake, type WeiboOptions } from '@tongsheng/fakes';
import { channelTools, noon, samplePost } from '@tongsheng/test/support';
import { afterEach, describe, expect, it } from 'vitest';
import type { Handed, Parcel, Sent } from './channel.ts';
import { weiboShare } from './weibo-share.ts';
import { weibo } from './weibo.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

/** The fake's bound domain. */
const release: Parcel = { ...samplePost, url: 'https://province.tax.example/province/rebuttal/release' };

async function user(options: Partial<WeiboOptions> = {}) {
  const time = new HandTime();
  const fake = await startWeiboFake(options, { time });
  closings.push(() => fake.stop());
  const account = {
    api: fake.url,
    web: fake.url,
    uid: '1000000000000001',
    accessToken: '2.00FAKEfakeFAKEfakeFAKEfakeFAKE',
    rip: '203.0.113.9',
  };
  const settings = { ...account, cover: 'https://province.tax.example/cover.png' };
  let notes: Record<string, string> = {};
  let waited = 0;
  const tools = (kind: 'weibo' | 'weibo_share') =>
    channelTools(kind, {
      allow: [`127.0.0.1:${fake.port}`],
      timeoutMs: 1_000,
      notes,
      now: () => new Date(Date.parse(noon) + waited).toISOString(),
    });
  const sent = (receipt: Handed['receipt']): Sent => ({
    parcel: release,
    receipt: receipt ? { ...receipt, receivedAt: noon } : null,
    notes,
  });
  return {
    fake,
    publish: (parcel = release) => weibo.deliver(parcel, settings, tools('weibo')),
    find: () => weibo.probe!.look(sent(undefined), settings, tools('weibo')),
    watchArticle: (receipt: Handed['receipt']) => weibo.watch!(sent(receipt), settings, tools('weibo')),
    health: (more: object = {}) => weibo.health!({ ...settings, ...more }, tools('weibo')),
    share: async (parcel = release) => {
      const given = tools('weibo_share');
      const handed = await weiboShare.deliver(parcel, account, { ...given, notes: { ...notes } });
      for (const facts of given.noted) notes = { ...notes, ...facts };
      return handed;
    },
    look: (receipt?: Handed['receipt']) => weiboShare.probe!.look(sent(receipt), account, tools('weibo_share')),
    watch: (receipt: Handed['receipt']) => weiboShare.watch!(sent(receipt), account, tools('weibo_share')),
    pass: (ms: number) => {
      waited += ms;
      time.advance(ms);
    },
  };
}

const texts = (fake: WeiboFake) => fake.posts().map(({ text }) => text);

describe.each(['string', 'number'] as const)('an article, where yes is a %s', (codeAs) => {
  it('is there at once, at an address of its own', async () => {
    const { publish, watchArticle, fake } = await user({ codeAs });
    const handed = await publish();
    expect(handed).toMatchObject({ outcome: 'confirmed', receipt: { url: fake.posts()[0]!.url } });
    expect(fake.posts()).toMatchObject([{ title: release.title, visible: true }]);
    expect(await watchArticle(handed.receipt)).toMatchObject({ found: 'present' });
    fake.act('remove', { id: handed.receipt!.remoteId });
    expect(await watchArticle(handed.receipt)).toMatchObject({ found: 'gone' });
  });
});

describe('an article', () => {
  it.each([
    [10001, 'unknown', 'busy'],
    [11002, 'unknown', 'busy'],
    [11003, 'unknown', 'busy'],
    [10008, 'rejected_permanent', 'content'],
    [11001, 'rejected_retryable', 'rate_limited'],
    [10014, 'rejected_retryable', 'credential'],
    [21327, 'rejected_retryable', 'credential'],
    [21332, 'rejected_retryable', 'credential'],
    [12345, 'unknown', 'busy'],
  ] as const)('that is answered %i is %s', async (code, outcome, trouble) => {
    const { publish, fake } = await user();
    fake.fault({ kind: 'code', code, route: 'article.publish' });
    expect(await publish()).toMatchObject({ outcome, trouble });
    expect(fake.calls.get('article.publish')).toBe(1);
  });
  it('whose answer was lost can’t be found by its timeline, and a person looks', async () => {
    const { publish, find, fake } = await user();
    fake.fault({ kind: 'drop', executed: true, route: 'article.publish' });
    expect(await publish()).toMatchObject({ outcome: 'unknown' });
    expect(await find()).toMatchObject({ finding: 'unsure' });
    expect(fake.ledger.posted(release.title)).toBe(1);
  });
  it('that is too long is not begun with', async () => {
    const { publish, fake } = await user();
    expect(await publish({ ...release, title: '长'.repeat(33) })).toMatchObject({ outcome: 'rejected_permanent' });
    expect(fake.calls.size).toBe(0);
  });
  it('needs an authorisation, which ends on a day that is known', async () => {
    const { health } = await user();
    expect(await health({ authorisedUntil: '2026-12-31' })).toMatchObject({
      ok: true,
      expiresAt: '2026-12-31T00:00:00.000Z',
    });
    expect(await health({ accessToken: 'another token' })).toMatchObject({ ok: false, trouble: 'credential' });
  });
});

describe('a link post', () => {
  it('says title and address, and of the summary what fits', async () => {
    const { share, watch, fake } = await user();
    const handed = await share({ ...release, summary: `没有这样的政策，#税务#也没有说过。${'长'.repeat(200)}` });
    expect(handed).toMatchObject({ outcome: 'confirmed' });
    const [text] = texts(fake);
    expect(text).toMatch(/^【关于“存款要缴税”的说明 <重要>】没有这样的政策，＃税务＃也没有说过。长+… https:\/\//);
    expect(text).toContain(release.url);
    expect(await watch(handed.receipt)).toMatchObject({ found: 'present' });
    fake.act('remove', { id: handed.receipt!.remoteId });
    expect(await watch(handed.receipt)).toMatchObject({ found: 'gone' });
  });
  it('whose answer was lost is found on the timeline', async () => {
    const { share, look, fake } = await user();
    fake.fault({ kind: 'drop', executed: true, route: 'statuses.share' });
    expect(await share()).toMatchObject({ outcome: 'unknown' });
    expect(await look()).toMatchObject({ finding: 'present' });
    expect(fake.ledger.posted()).toBe(1);
  });
  it('that never arrived is missed after three minutes, not before', async () => {
    const { share, look, pass, fake } = await user();
    fake.fault({ kind: 'drop', executed: false, route: 'statuses.share' });
    await share();
    pass(179_000);
    expect(await look()).toMatchObject({ finding: 'unsure' });
    pass(2_000);
    expect(await look()).toMatchObject({ finding: 'absent' });
    expect(await share()).toMatchObject({ outcome: 'confirmed' });
    expect(fake.ledger.posted()).toBe(1);
  });
  it('that the platform calls published is accepted, and visible two minutes later', async () => {
    const { share, look, pass, fake } = await user();
    fake.fault({ kind: 'code', code: 20032, executed: true, route: 'statuses.share' });
    expect(await share()).toMatchObject({ outcome: 'accepted_pending' });
    expect(await look()).toMatchObject({ finding: 'unsure' });
    pass(120_000);
    expect(await look()).toMatchObject({ finding: 'present' });
  });
  it('that is said a second time proves the first', async () => {
    const { share, fake } = await user();
    fake.fault({ kind: 'drop', executed: true, route: 'statuses.share' });
    await share();
    expect(await share()).toMatchObject({ outcome: 'confirmed' });
    expect(fake.ledger.posted()).toBe(1);
  });
  it('whose text stood there before is refused', async () => {
    const { share, fake } = await user();
    fake.fault({ kind: 'code', code: 20019, route: 'statuses.share' });
    expect(await share()).toMatchObject({ outcome: 'rejected_permanent', trouble: 'content' });
  });
  it('outside the bound domain, or with a title beyond all measure, is refused', async () => {
    const { share } = await user();
    expect(await share({ ...release, url: 'https://elsewhere.example/a' })).toMatchObject({
      outcome: 'rejected_permanent',
    });
    expect(await share({ ...release, title: '长'.repeat(140) })).toMatchObject({ outcome: 'rejected_permanent' });
  });
  it.each([
    { kind: 'html' } as const,
    { kind: 'huge' } as const,
    { kind: 'status' } as const,
    { kind: 'redirect' } as const,
  ])('that is answered with something else is unknown: %j', async (fault) => {
    const { share, fake } = await user();
    fake.fault({ ...fault, route: 'statuses.share' });
    expect(await share()).toMatchObject({ outcome: 'unknown' });
  });
  it('too many an hour wait', async () => {
    const { share, fake } = await user();
    fake.fault({ kind: 'code', code: 20016, route: 'statuses.share' });
    expect(await share()).toMatchObject({ trouble: 'rate_limited', retryAfterSeconds: 3_600 });
  });
});
