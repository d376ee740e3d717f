import { HandTime, startWeChatFake, type WeChatOptions } from '@tongsheng/fakes';
import { channelTools, noon, samplePost } from '@tongsheng/test/support';
import { afterEach, describe, expect, it } from 'vitest';
import type { Handed, Sent } from './channel.ts';
import { Tokens } from './tokens.ts';
import { wechatMass } from './wechat-mass.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

async function account(options: Partial<WeChatOptions> = {}) {
  const time = new HandTime();
  const fake = await startWeChatFake(options, { time });
  closings.push(() => fake.stop());
  const settings = { api: fake.url, appid: 'wxfake0000000000001', appSecret: 'fake-secret-of-a-fake-account-00' };
  const tokens = new Tokens();
  let notes: Record<string, string> = {};
  const tools = () =>
    channelTools('wechat_mass', { allow: [`127.0.0.1:${fake.port}`], timeoutMs: 2_000, tokens, notes });
  const keeping = async <T>(work: (given: ReturnType<typeof tools>) => Promise<T>): Promise<T> => {
    const given = tools();
    const result = await work({ ...given, notes: { ...notes } });
    for (const facts of given.noted) notes = { ...notes, ...facts };
    return result;
  };
  const sent = (receipt: Handed['receipt']): Sent => ({
    parcel: samplePost,
    receipt: receipt ? { ...receipt, receivedAt: noon } : null,
    notes,
  });
  return {
    fake,
    time,
    deliver: (deliveryId = samplePost.deliveryId) =>
      keeping((given) => wechatMass.deliver({ ...samplePost, deliveryId }, settings, given)),
    prepare: () => keeping((given) => wechatMass.prepare!(samplePost, settings, given)),
    look: (receipt?: Handed['receipt']) => wechatMass.probe!.look(sent(receipt), settings, tools()),
    watch: (receipt?: Handed['receipt']) => wechatMass.watch!(sent(receipt), settings, tools()),
    takeBack: (receipt: Handed['receipt']) => wechatMass.recall!.hand(samplePost, sent(receipt), settings, tools()),
    health: () => wechatMass.health!(settings, tools()),
    forget: () => void (notes = {}),
  };
}

describe('a mass send', () => {
  it('is taken, and later with the followers', async () => {
    const { prepare, deliver, look, watch, time, fake, health } = await account();
    expect(await health()).toMatchObject({ ok: true });
    expect(await prepare()).toMatchObject({ ready: true });
    const { outcome, receipt } = await deliver();
    expect(outcome).toBe('accepted_pending');
    expect(await look(receipt)).toMatchObject({ finding: 'accepted' });
    time.advance(3_000);
    const found = await look(receipt);
    expect(found).toMatchObject({ finding: 'present' });
    expect(await watch(found.receipt)).toMatchObject({ found: 'present' });
    expect(fake.ledger.posted(samplePost.title)).toBe(1);
  });
  it.each([true, false])('whose answer was lost is said again under its key; executed: %s', async (executed) => {
    const { deliver, look, time, fake } = await account();
    fake.fault({ kind: 'drop', executed, route: 'message.mass.sendall' });
    expect(await deliver()).toMatchObject({ outcome: 'unknown' });
    if (executed)
      expect(await deliver()).toMatchObject({
        outcome: 'rejected_retryable',
        trouble: 'rate_limited',
        retryAfterSeconds: 60,
      });
    time.advance(61_000);
    const { outcome, receipt } = await deliver();
    expect(outcome).toBe('accepted_pending');
    time.advance(3_000);
    expect(await look(receipt)).toMatchObject({ finding: 'present' });
    expect(fake.ledger.posted(samplePost.title)).toBe(1);
    expect(fake.ledger.times('message.mass.sendall')).toBe(1);
  });
  it('whose draft has left the box asks with another draft, which goes again', async () => {
    const { deliver, time, fake } = await account();
    fake.fault({ kind: 'drop', executed: true, route: 'message.mass.sendall' });
    await deliver();
    time.advance(3_000);
    expect(fake.ledger.posted(samplePost.title)).toBe(1);
    time.advance(61_000);
    expect(await deliver()).toMatchObject({
      outcome: 'accepted_pending',
      detail: expect.stringContaining('had been taken before') as string,
    });
    expect(fake.ledger.posted(samplePost.title)).toBe(1);
    expect(fake.posts().filter(({ state }) => state.startsWith('草稿'))).toEqual([]);
  });
  it('beyond the day’s quota waits for midnight', async () => {
    const { deliver, forget } = await account();
    await deliver();
    forget();
    expect(await deliver('delivery-2')).toMatchObject({
      outcome: 'rejected_retryable',
      trouble: 'quota',
      retryAfterSeconds: 12 * 3_600,
    });
  });
  it('that the review or the administrator refuses is refused', async () => {
    const { deliver, look, time, fake } = await account();
    fake.fault({ kind: 'review', verdict: 'err(20001)', route: 'message.mass.sendall' });
    const { receipt } = await deliver();
    time.advance(3_000);
    expect(await look(receipt)).toMatchObject({ finding: 'refused' });
    expect(fake.ledger.posted()).toBe(0);
  });
  it('whose job was never heard of can’t be asked about', async () => {
    const { look } = await account();
    expect(await look()).toMatchObject({ finding: 'unsure' });
  });
});

it('takes the article of a send away, and can’t without the number of its job', async () => {
  const { deliver, time, fake, takeBack, look } = await account();
  const { receipt } = await deliver();
  time.advance(3_000);
  expect(await look(receipt)).toMatchObject({ finding: 'present' });
  for (let n = 0; n < 2; n++) expect(await takeBack(receipt)).toMatchObject({ outcome: 'confirmed' });
  expect(await look(receipt)).toMatchObject({ finding: 'refused', detail: 'DELETE' });
  expect(await takeBack(undefined)).toMatchObject({ outcome: 'rejected_permanent' });
  expect(fake.ledger.posted(samplePost.title)).toBe(1);
});
