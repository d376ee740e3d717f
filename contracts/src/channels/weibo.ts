import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** One user of one app; articles and link posts are two kinds of channel with the same login. */
const account = {
  /** Where its interface is: another one only for a proxy of the house's, or a fake. */
  api: z.url().default('https://api.weibo.com'),
  /** Where readers see posts. */
  web: z.url().default('https://weibo.com'),
  /** The user who authorised the app. */
  uid: z.string().regex(/^\d{5,20}$/),
  accessToken: secret(z.string().min(8).max(500)),
  /** When the authorisation ends, `2026-12-31`; it can't be renewed without a person. */
  authorisedUntil: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/)
    .optional(),
  /** The public address from which the house calls: the platform asks for it with every post. */
  rip: z.union([z.ipv4(), z.ipv6()]),
};

/** 头条文章, for government, media and institutions. channel-api-facts.md B.1 */
export const weibo = describeChannel({
  kind: 'weibo',
  settings: z.strictObject({
    ...account,
    /** A public picture for what has none of its own. */
    cover: z.url(),
  }),
  limits: {
    timeoutMs: 20_000,
    rate: { tokens: 30, perSeconds: 3_600 },
    quotas: [{ per: 'day', count: 60, zone: 'Asia/Shanghai' }],
    text: { title: { max: 32, unit: 'characters' }, body: { max: 90_000, unit: 'characters' } },
  },
});

/**
 * A post with a link to our page, under a domain that is bound to the app. Of the user's 100 calls a day forty are kept for
 * looking. channel-api-facts.md B.2
 */
export const weiboShare = describeChannel({
  kind: 'weibo_share',
  body: 'none',
  settings: z.strictObject(account),
  limits: {
    timeoutMs: 20_000,
    rate: { tokens: 30, perSeconds: 3_600 },
    quotas: [{ per: 'day', count: 60, zone: 'Asia/Shanghai' }],
    text: { title: { max: 100, unit: 'hanzi' } },
  },
});
