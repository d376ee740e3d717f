import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** One account; what is published and what is sent to followers are two kinds of channel with the same login. */
const account = {
  /** Where its interface is: another one only for a proxy of the house's, or a fake. */
  api: z.url().default('https://api.weixin.qq.com'),
  appid: z.string().regex(/^wx[0-9a-zA-Z]{6,40}$/),
  appSecret: secret(z.string().min(8).max(200)),
  /** Shown above the text. */
  author: z.string().min(1).max(16).optional(),
  /** A permanent picture of the account's library, for what has no cover of its own. */
  coverMediaId: z.string().min(1).max(200).optional(),
  /** As entered on the platform's page for developers, with the address of this channel's door. */
  callbackToken: secret(z.string().regex(/^[A-Za-z0-9]{3,32}$/)).optional(),
  /** 43 characters, when messages come encrypted. */
  callbackAesKey: secret(z.string().regex(/^[A-Za-z0-9+/]{43}$/)).optional(),
};

/** What an article may be: channel-api-facts.md A.3. Drafts with several pictures take their time. */
const limits = {
  timeoutMs: 60_000,
  text: {
    title: { max: 32, unit: 'characters' as const },
    summary: { max: 128, unit: 'characters' as const },
    body: { max: 19_999, unit: 'characters' as const },
  },
  pictures: { max: 20, maxBytes: 2 ** 20 - 1, types: ['image/jpeg', 'image/png'] },
};

/** 发布: an article at an address of its own, seen by whoever looks, announced to nobody. */
export const wechatSettings = z.strictObject(account);
export const wechat = describeChannel({ kind: 'wechat', settings: wechatSettings, limits });

/** 群发: the same, sent to every follower. A verified 公众号 may once a day; a 服务号 has other limits, registered with it. */
export const wechatMassSettings = z.strictObject(account);
export const wechatMass = describeChannel({
  kind: 'wechat_mass',
  settings: wechatMassSettings,
  limits: {
    ...limits,
    rate: { tokens: 60, perSeconds: 60 },
    quotas: [{ per: 'day', count: 1, zone: 'Asia/Shanghai' }],
  },
});
