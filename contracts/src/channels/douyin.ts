import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** 抖音图文, by an app of a government organ. The release's cover and pictures are shown, with its title and summary. */
export const douyin = describeChannel({
  kind: 'douyin',
  body: 'none',
  settings: z.strictObject({
    /** Where its interface is: another one only for a proxy of the house's, or a fake. */
    api: z.url().default('https://open.douyin.com'),
    clientKey: z.string().min(4).max(100),
    clientSecret: secret(z.string().min(8).max(200)),
    /** The account that authorised the app, and what it gave us. */
    openId: z.string().min(4).max(200),
    refreshToken: secret(z.string().min(8).max(500)),
  }),
  limits: {
    timeoutMs: 120_000,
    rate: { tokens: 60, perSeconds: 60 },
    text: { title: { max: 100, unit: 'characters' }, summary: { max: 800, unit: 'characters' } },
    pictures: { max: 30, maxBytes: 20 * 2 ** 20, types: ['image/jpeg', 'image/png', 'image/webp'] },
  },
});
