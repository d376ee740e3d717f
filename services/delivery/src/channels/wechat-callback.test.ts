import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HandTime, startWeChatFake, type FaultWish } from '@tongsheng/fakes';
import { channelTools, samplePost } from '@tongsheng/test/support';
import { afterEach, describe, expect, it } from 'vitest';
import type { Heard, Inbound } from './channel.ts';
import { wechatMass } from './wechat-mass.ts';
import { wechat } from './wechat.ts';

const closings: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closings.splice(0).map((close) => close()));
});

const aesKey = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const callbackToken = 'tokenOfOurs1';
type Mode = 'plain' | 'encrypted';

/** A fake that calls the adapter's door, and everything that came in there. */
async function doorOf(mode: Mode, kind: 'wechat' | 'wechat_mass' = 'wechat') {
  const time = new HandTime();
  const fake = await startWeChatFake({}, { time });
  closings.push(() => fake.stop());
  const settings = {
    api: fake.url,
    appid: 'wxfake0000000000001',
    appSecret: 'fake-secret-of-a-fake-account-00',
    callbackToken,
    ...(mode === 'encrypted' && { callbackAesKey: aesKey }),
  };
  const adapter = { wechat, wechat_mass: wechatMass }[kind];
  const tools = () => channelTools(kind, { allow: [`127.0.0.1:${fake.port}`], timeoutMs: 2_000 });
  const heard: Heard[] = [];
  const inbound: Inbound[] = [];
  const hear = async (call: Inbound, more: object = {}) => adapter.callback!(call, { ...settings, ...more }, tools());
  const server = createServer((request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { searchParams: query } = new URL(request.url!, 'http://door');
      const call = { method: request.method!, query, headers: {}, body: Buffer.concat(chunks) };
      const said = await hear(call);
      inbound.push(call);
      heard.push(said);
      response.writeHead(said.answer.status, { 'content-type': said.answer.contentType }).end(said.answer.body);
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closings.push(() => new Promise((resolve) => server.close(resolve)));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/channels/wechat`;
  const passed = await fake.act('setCallback', { url, token: callbackToken, mode, aesKey });
  const deliver = () => adapter.deliver(samplePost, settings, tools());
  const finish = async (fault?: FaultWish) => {
    if (fault) fake.fault(fault);
    const { receipt } = await deliver();
    time.advance(3_000);
    await fake.settled();
    return receipt!;
  };
  return { fake, passed, finish, heard, inbound, hear };
}

describe.each(['plain', 'encrypted'] as const)('calls of the platform, %s', (mode) => {
  it('begin with the check of the address', async () => {
    const { passed, heard } = await doorOf(mode);
    expect(passed).toBe(true);
    expect(heard).toMatchObject([{ replayKey: null, news: [] }]);
  });
  it('tell of a publication and where it is', async () => {
    const { finish, heard, fake } = await doorOf(mode);
    const { remoteId } = await finish();
    const last = heard.at(-1)!;
    expect(last).toMatchObject({
      answer: { status: 200, body: 'success' },
      news: [{ finding: 'present', about: { remoteId }, receipt: { remoteId } }],
    });
    expect(last.news[0]!.receipt!.url).toBe(fake.posts().find(({ visible }) => visible)!.url);
    expect(fake.notified.at(-1)).toMatchObject({ taken: true, deliveries: 1 });
  });
  it('tell of a review that refused it', async () => {
    const { finish, heard } = await doorOf(mode);
    const { remoteId } = await finish({ kind: 'review', verdict: 4, route: 'freepublish.submit' });
    expect(heard.at(-1)).toMatchObject({ news: [{ finding: 'refused', about: { remoteId } }] });
  });
  it('tell of a mass send, and why it was refused', async () => {
    const sent = await doorOf(mode, 'wechat_mass');
    await sent.finish();
    expect(sent.heard.at(-1)).toMatchObject({ news: [{ finding: 'present' }] });
    expect(sent.heard.at(-1)!.news[0]!.receipt!.url).toMatch(/^http/);
    const refused = await doorOf(mode, 'wechat_mass');
    await refused.finish({ kind: 'review', verdict: 'err(20001)', route: 'message.mass.sendall' });
    expect(refused.heard.at(-1)).toMatchObject({ news: [{ finding: 'refused', detail: 'err(20001): politics' }] });
  });
  it('that come twice have one key', async () => {
    const { finish, heard } = await doorOf(mode);
    await finish({ kind: 'callback', mode: 'duplicate', route: 'callback.PUBLISHJOBFINISH' });
    const keys = heard.map(({ replayKey }) => replayKey).filter((key) => key !== null);
    expect(keys.length).toBeGreaterThanOrEqual(1);
    expect(new Set(keys).size).toBe(1);
  });
  it('with another signature are refused, and tell nothing', async () => {
    const { finish, heard } = await doorOf(mode);
    await finish({ kind: 'callback', mode: 'forged', route: 'callback.PUBLISHJOBFINISH' });
    const forged = heard.find(({ refused }) => refused !== undefined)!;
    expect(forged).toMatchObject({ answer: { status: 401 }, news: [], refused: { because: 'wrong_signature' } });
  });
  it('are refused by name when they can’t be read', async () => {
    const { finish, inbound, hear } = await doorOf(mode);
    await finish();
    const { query } = inbound.at(-1)!;
    const said = (text: string) => hear({ method: 'POST', query, headers: {}, body: Buffer.from(text) });
    const unreadable = { answer: { status: 400 }, refused: { because: 'unreadable' }, news: [] };
    expect(await said('{"no":"xml"}')).toMatchObject(unreadable);
    expect(await said('<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml>&a;</xml>')).toMatchObject(
      unreadable,
    );
    expect(await said('<xml><a>'.repeat(60))).toMatchObject(unreadable);
  });
  it('are not expected where no token is configured', async () => {
    const { finish, inbound, hear } = await doorOf(mode);
    await finish();
    expect(await hear(inbound.at(-1)!, { callbackToken: undefined })).toMatchObject({
      answer: { status: 404 },
      refused: { because: 'not_expected' },
    });
  });
});

describe('a call for an account that agreed on encryption', () => {
  it('is not believed in the clear, and not for another account', async () => {
    const plain = await doorOf('plain');
    await plain.finish();
    expect(await plain.hear(plain.inbound.at(-1)!, { callbackAesKey: aesKey })).toMatchObject({
      refused: { because: 'wrong_signature' },
    });
    const { finish, inbound, hear } = await doorOf('encrypted');
    await finish();
    expect(await hear(inbound.at(-1)!, { appid: 'wxanother000000001' })).toMatchObject({
      refused: { because: 'unreadable' },
    });
  });
  it('is not read with another key', async () => {
    const { finish, inbound, hear } = await doorOf('encrypted');
    await finish();
    const heard = await hear(inbound.at(-1)!, { callbackAesKey: aesKey.toUpperCase().replaceAll('0', '1') });
    expect(heard).toMatchObject({ refused: { because: 'unreadable' }, news: [] });
  });
});
