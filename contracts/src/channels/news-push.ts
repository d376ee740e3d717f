import { z } from 'zod';
import { describeChannel } from '../channel.ts';
import { newsFormat } from './transfer.ts';
import { signingKeys } from './webhook.ts';

/** A newsroom's endpoint for news exchange, signed by Standard Webhooks. */
export const newsPushSettings = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  ...signingKeys,
  format: newsFormat.default('ninjs'),
});

export const newsPush = describeChannel({
  kind: 'news_push',
  settings: newsPushSettings,
  limits: { timeoutMs: 20_000 },
});
