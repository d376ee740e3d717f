import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** An account of a Mastodon server. */
export const mastodonSettings = z.strictObject({
  server: z.url({ protocol: /^https?$/ }),
  /** Of an application of our own with `read:accounts`, `read:statuses`, `write:statuses` and `write:media`. */
  token: secret(z.string().min(8).max(500)),
  visibility: z.enum(['public', 'unlisted', 'private']).default('public'),
});

/**
 * 300 calls in five minutes; an attempt with its pictures makes up to seven. Characters and pictures are those of a server
 * that nobody has set otherwise.
 */
export const mastodon = describeChannel({
  kind: 'mastodon',
  body: 'beginning',
  settings: mastodonSettings,
  limits: {
    timeoutMs: 20_000,
    rate: { tokens: 10, perSeconds: 90 },
    text: { body: { max: 500, unit: 'characters' } },
    pictures: {
      max: 4,
      maxBytes: 16 * 2 ** 20,
      types: ['image/jpeg', 'image/png', 'image/gif', 'image/webp'],
    },
  },
});
