import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** A group's robot at DingTalk 钉钉. Of its three kinds of security, keywords are met by 发布号, which every message has. */
export const dingtalkSettings = z.strictObject({
  server: z.url({ protocol: /^https?$/ }).default('https://oapi.dingtalk.com'),
  /** What stands behind `access_token=` in the robot's address. */
  token: secret(z.string().min(8).max(200)),
  /** 加签: `SEC…`; absent where the robot does not ask for signatures. */
  secret: secret(z.string().min(8).max(200)).optional(),
  /** `text` has everything that fits; `link` is a card that leads to our page. */
  form: z.enum(['text', 'link']).default('text'),
});

/**
 * Twenty messages a minute and robot, and ten minutes of silence for the twenty-first: a burst of five and one every four
 * seconds never make more. The platform counts 20 000 bytes of the whole request.
 */
export const dingtalk = describeChannel({
  kind: 'dingtalk',
  body: 'beginning',
  settings: dingtalkSettings,
  limits: {
    timeoutMs: 10_000,
    rate: { tokens: 5, perSeconds: 20 },
    text: { body: { max: 19_000, unit: 'bytes' } },
  },
});
