import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** A group's robot at WeCom 企业微信. Whoever knows the key can speak in the group. */
export const wecomSettings = z.strictObject({
  server: z.url({ protocol: /^https?$/ }).default('https://qyapi.weixin.qq.com'),
  /** What stands behind `key=` in the robot's address. */
  key: secret(z.string().min(8).max(200)),
  /** `text` has everything that fits; `news` is a card that leads to our page. */
  form: z.enum(['text', 'news']).default('text'),
});

/** Twenty messages a minute and robot: a burst of five and one every four seconds never make more. */
export const wecom = describeChannel({
  kind: 'wecom',
  body: 'beginning',
  settings: wecomSettings,
  limits: {
    timeoutMs: 10_000,
    rate: { tokens: 5, perSeconds: 20 },
    text: { body: { max: 2_048, unit: 'bytes' } },
  },
});
