import { setTimeout as wait } from 'node:timers/promises';
import type { DemoFake, FakeKind } from '@tongsheng/fakes';

type Access = Record<string, string>;

/** What a demonstration's WeChat signs and encrypts its calls with: it is a fake, and so is this. */
const demoCallback = { token: 'tongshengDemo', aesKey: 'TongshengDemoTongshengDemoTongshengDemo1234' };

/** What the channel of a fake is registered with; a kind that is not here has no channel yet. */
const settingsOf: Partial<Record<FakeKind, (url: string, access: Access) => Record<string, unknown>>> = {
  wechat: (api, access) => ({
    api,
    appid: access['AppID'],
    appSecret: access['AppSecret'],
    author: '示例税务局',
    callbackToken: demoCallback.token,
    callbackAesKey: demoCallback.aesKey,
  }),
  weibo: (api, access) => ({
    api,
    web: api,
    uid: '1000000000000001',
    accessToken: access['access_token'],
    rip: '203.0.113.1',
    cover: 'https://tax.example/cover.png',
  }),
  douyin: (api, access) => ({
    api,
    clientKey: access['Client Key'],
    clientSecret: access['Client Secret'],
    openId: access['open_id'],
    refreshToken: access['refresh_token'],
  }),
  wecom: (server, access) => ({ server, key: hookOf(access).searchParams.get('key') }),
  dingtalk: (server, access) => ({
    server,
    token: hookOf(access).searchParams.get('access_token'),
    secret: access['加签密钥'],
  }),
  feishu: (server, access) => ({
    server,
    token: hookOf(access).pathname.split('/').at(-1),
    secret: access['签名密钥'],
  }),
  mastodon: (server, access) => ({ server, token: access['access_token'] }),
};

const hookOf = (access: Access): URL => new URL(access['Webhook地址'] ?? '');

/** A channel for each fake, in the shape of contracts' `Seed`; its name says that it is a fake. */
export function fakeChannels(fakes: readonly DemoFake[], site: string) {
  return fakes.flatMap(({ kind, name, url, access }) => {
    const settings = settingsOf[kind as FakeKind]?.(url, access);
    return settings ? [{ channelId: channelIdOf(site, kind), name, site, kind, settings }] : [];
  });
}

/** What a robot of a group is let in with. */
type Login = Record<string, unknown>;
const meansSettingsOf: Partial<Record<FakeKind, (url: string, access: Access) => Login>> = {
  wecom: settingsOf.wecom!,
  dingtalk: settingsOf.dingtalk!,
  feishu: settingsOf.feishu!,
  sms: (_, access) => ({
    url: access['接口地址'],
    body: '{"phone":"{phone}","text":"{text}","ref":"{id}"}',
    authorization: 'Bearer {secret}',
    secret: access['令牌'],
    accepts: '"code":0',
  }),
};

/** A means of alarm for each fake that can be one, for all sites. */
export const fakeMeans = (fakes: readonly DemoFake[]) =>
  fakes.flatMap(({ kind, name, url, access }) => {
    const settings = meansSettingsOf[kind as FakeKind]?.(url, access);
    return settings ? [{ site: '*', kind, name, settings }] : [];
  });

const channelIdOf = (site: string, kind: string) => `${site}-fake-${kind}`;

/** How often the door is knocked at, and how long between, in ms: delivery hears of its channels a moment after it is up. */
const knocks = { most: 150, everyMs: 200 };

/** Tells the fakes that call us where delivery's door is. */
export async function callBack(fakes: readonly DemoFake[], site: string, doorUrl: string): Promise<void> {
  for (const { kind, url } of fakes) {
    const door = `${doorUrl}/channels/${channelIdOf(site, kind)}`;
    if (kind === 'douyin') await act(url, 'setWebhook', { url: door });
    if (kind !== 'wechat') continue;
    // The platform takes an address only once its check was answered.
    const wish = { url: door, mode: 'encrypted', ...demoCallback };
    for (let n = 0; n < knocks.most && (await act(url, 'setCallback', wish)) !== true; n++) await wait(knocks.everyMs);
  }
}

async function act(url: string, name: string, input: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/fake/actions/${name}`, { method: 'POST', headers, body: JSON.stringify(input) });
  if (!answer.ok) throw new Error(`${url}: ${name}: HTTP ${answer.status} ${await answer.text()}`);
  const said: unknown = await answer.json();
  return typeof said === 'object' && said !== null && 'result' in said ? said.result : undefined;
}
