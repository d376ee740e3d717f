import { z } from 'zod';
import { describeChannel, secret } from '../channel.ts';

/** `whsec_` signs with HMAC (v1), which both sides can do; `whsk_` with Ed25519 (v1a), which only we can. Then base64. */
const signingKey = z.string().regex(/^whs(ec|k)_/);

/** The keys of a channel that is signed by Standard Webhooks 1.0.0. */
export const signingKeys = {
  secret: secret(signingKey),
  /** The key before, or one of the other kind: every call is signed with both, until the partner knows the new one. */
  previousSecret: secret(signingKey).optional(),
};

/** A partner's endpoint by Standard Webhooks 1.0.0. */
export const webhookSettings = z.strictObject({ url: z.url(), ...signingKeys });

/** The standard asks for 15 to 30 seconds of patience. */
export const webhook = describeChannel({ kind: 'webhook', settings: webhookSettings, limits: { timeoutMs: 20_000 } });
