import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** A group's robot at Feishu 飞书. Keywords as its security are met by 发布号, which every message has. */
export const feishuSettings = z.strictObject({
  server: z.url({ protocol: /^https?$/ }).default('https://open.feishu.cn'),
  /** What stands behind `/hook/` in the robot's address. */
  token: secret(z.string().min(8).max(200)),
  /** 签名校验; absent where the robot does not ask for signatures. */
  secret: secret(z.string().min(8).max(200)).optional(),
});

/**
 * A hundred messages a minute and five a second: a burst of three and three more in two seconds never make more. The
 * platform counts 20 KB of the whole request.
 */
export const feishu = describeChannel({
  kind: 'feishu',
  body: 'beginning',
  settings: feishuSettings,
  limits: {
    timeoutMs: 10_000,
    rate: { tokens: 3, perSeconds: 2 },
    text: { body: { max: 19_000, unit: 'bytes' } },
  },
});
