import { Webhook } from 'standardwebhooks';
import type { CallOptions } from './call.ts';
import { safePost, type Posted } from './post.ts';

/** One call by Standard Webhooks 1.0.0. Receivers tell a second copy by `id`. */
export type Call = { id: string; at: Date; type: string; timestamp: string; data: unknown };

/** POST of a signed call to a partner's endpoint. */
export async function postWebhook(
  { url, secret }: { url: string; secret: string },
  { id, at, type, timestamp, data }: Call,
  options: Pick<CallOptions, 'allow' | 'lookup' | 'timeoutMs' | 'reuse'>,
): Promise<Posted> {
  const body = JSON.stringify({ type, timestamp, data });
  let signature: string;
  try {
    signature = new Webhook(secret).sign(id, at, body);
  } catch {
    return { kind: 'not_sent', detail: 'the secret is not `whsec_` and base64', refused: true };
  }
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Tongsheng/0.1 (government releases; Standard Webhooks)',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': signature,
  };
  return safePost(url, { ...options, body, headers });
}
