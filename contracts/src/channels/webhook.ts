import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** A partner's endpoint by Standard Webhooks 1.0.0; the secret is `whsec_` and base64. */
export const webhookSettings = z.strictObject({ url: z.url(), secret: secret(z.string().startsWith('whsec_')) });

/** The standard asks for 15 to 30 seconds of patience. */
export const webhook = describeChannel({ kind: 'webhook', settings: webhookSettings, limits: { timeoutMs: 20_000 } });
