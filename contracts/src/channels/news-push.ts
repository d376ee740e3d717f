import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';
import { newsFormat } from './transfer.ts';

/** A newsroom's endpoint for news exchange, signed by Standard Webhooks; the secret is `whsec_` and base64. */
export const newsPushSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  secret: secret(z.string().startsWith('whsec_')),
  format: newsFormat.default('ninjs'),
});

export const newsPush = describeChannel({
  kind: 'news_push',
  settings: newsPushSettings,
  limits: { timeoutMs: 20_000 },
});
