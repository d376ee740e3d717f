import type { DemoFake, FakeKind } from '@tongsheng/fakes';

type Access = Record<string, string>;

/** What the channel of a fake is registered with; a kind that is not here has no channel yet. */
const settingsOf: Partial<Record<FakeKind, (url: string, access: Access) => Record<string, unknown>>> = {
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
    return settings ? [{ channelId: `${site}-fake-${kind}`, name, site, kind, settings }] : [];
  });
}
