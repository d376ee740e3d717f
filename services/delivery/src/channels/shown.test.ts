import { ChannelPreview, channelKinds, limitsOf, type Channel } from '@tongsheng/contracts';
import { describe, expect, it } from 'vitest';
import { adapters } from './index.ts';
import type { Parcel } from './channel.ts';

const hash = 'a'.repeat(64);
const parcel: Parcel = {
  deliveryId: 'preview',
  releaseId: 'release-1',
  site: 'province',
  siteName: '省税务局',
  kind: 'press',
  title: '办税服务厅启用新的叫号系统',
  documentNumber: null,
  summary: '现场等候时间明显缩短。',
  html: `<p>${'自即日起，全省办税服务厅启用新的叫号系统。'.repeat(60)}</p><img src="files/${hash}" alt="大厅" />`,
  cover: { hash: 'c'.repeat(64), name: '封面.png', bytes: 900, mediaType: 'image/png' },
  files: [{ hash, name: '大厅.png', bytes: 900, mediaType: 'image/png' }],
  rumor: null,
  url: 'https://tax.example/province/press/release-1',
  contentHash: '0'.repeat(64),
  signedAt: '2026-11-26T09:00:00.000Z',
  attemptedAt: '2026-11-26T09:00:00.000Z',
};
const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const settings: Record<Channel['kind'], object> = {
  email: { smtp: 'smtp://mail.example', from: 'a@example.com', to: ['b@example.com'] },
  webhook: { url: 'https://partner.example/hook', secret },
  wechat: { appid: 'wx1234567890', appSecret: 'secret-secret' },
  wechat_mass: { appid: 'wx1234567890', appSecret: 'secret-secret' },
  weibo: { uid: '1000000001', accessToken: 'token-token', rip: '203.0.113.1', cover: 'https://tax.example/c.png' },
  weibo_share: { uid: '1000000001', accessToken: 'token-token', rip: '203.0.113.1' },
  douyin: { clientKey: 'client', clientSecret: 'secret-secret', openId: 'open-id', refreshToken: 'refresh-token' },
  wecom: { key: 'key-of-a-robot' },
  dingtalk: { token: 'token-of-a-robot' },
  feishu: { token: 'token-of-a-robot' },
  mastodon: { server: 'https://social.example', token: 'token-token' },
  sftp: { address: 'sftp://files.example/in', hostKey: `SHA256:${'A'.repeat(43)}`, user: 'tax', password: 'p' },
  ftps: { address: 'ftps://files.example/in', user: 'tax', password: 'p' },
  news_push: { url: 'https://news.example/push', secret },
  wordpress: { url: 'https://wp.example', username: 'tax', password: 'secret-secret' },
  assisted: { platform: 'renmin' },
  micropub: { endpoint: 'https://mp.example/micropub', token: 'token-token' },
};
const show = (kind: Channel['kind'], changed: Partial<Parcel> = {}, given: object = settings[kind]) =>
  adapters[kind].show(
    { ...parcel, ...changed },
    channelKinds[kind].settings.parse(given) as Channel['settings'],
    limitsOf({ kind }),
  );

describe.each(Object.keys(adapters) as Channel['kind'][])('what %s would be handed', (kind) => {
  it('is shown, says what the release says, and keeps every secret', () => {
    const shown = ChannelPreview.parse({ ...show(kind), refused: null });
    const all = shown.parts.map(({ value }) => value).join('\n');
    expect(all).toContain('叫号系统');
    for (const said of ['secret-secret', 'token-token', 'token-of-a-robot', secret]) expect(all).not.toContain(said);
    for (const { length } of shown.parts) if (length) expect(length.count).toBeLessThanOrEqual(length.max);
  });
});

it('what does not fit whole is cut, with the way to our page behind it', () => {
  for (const kind of ['wecom', 'mastodon'] as const) {
    const [text] = show(kind).parts;
    expect(text).toMatchObject({ isCut: true });
    expect(text!.value).toContain(parcel.url);
  }
});

it('what a platform would not take is refused here too', () => {
  expect(() => show('wechat', { title: '长'.repeat(33) })).toThrow('33 characters');
  expect(() => show('wechat_mass', { files: [] })).toThrow('not among its files');
  expect(() => show('douyin', { cover: null, html: '<p>文</p>' })).toThrow('no picture');
  expect(() => show('weibo_share', { title: '长'.repeat(150) })).toThrow('140');
});

it('a card has its own parts', () => {
  const names = (kind: Channel['kind'], form: string) =>
    show(kind, {}, { ...settings[kind], form }).parts.map(({ name }) => name);
  expect(names('wecom', 'news')).toEqual(['title', 'text', 'link']);
  expect(names('dingtalk', 'link')).toEqual(['title', 'text', 'link']);
});
