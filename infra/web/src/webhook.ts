import { Webhook } from 'standardwebhooks';
import type { CallOptions } from './call.ts';
import { safePost, type Posted } from './post.ts';

/** One call by Standard Webhooks 1.0.0. Receivers tell a second copy by `id`. */
export type Call = { id: string; at: Date; type: string; timestamp: string; data: unknown };

type Endpoint = { url: string; secret: string };
type Options = Pick<CallOptions, 'allow' | 'lookup' | 'timeoutMs' | 'reuse'>;

/** POST of a signed call to a partner's endpoint. */
export const postWebhook = (to: Endpoint, { id, at, type, timestamp, data }: Call, options: Options): Promise<Posted> =>
  postSigned(
    to,
    { id, at, body: JSON.stringify({ type, timestamp, data }), contentType: 'application/json; charset=utf-8' },
    options,
  );

/** The same signature on a text of the caller's own. */
export async function postSigned(
  { url, secret }: Endpoint,
  { id, at, body, contentType }: Pick<Call, 'id' | 'at'> & { body: string; contentType: string },
  options: Options,
): Promise<Posted> {
  let signature: string;
  try {
    signature = new Webhook(secret).sign(id, at, body);
  } catch {
    return { kind: 'not_sent', detail: 'the secret is not `whsec_` and base64', refused: true };
  }
  const headers = {
    'content-type': contentType,
    'user-agent': 'Tongsheng/0.1 (government releases; Standard Webhooks)',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': signature,
  };
  return safePost(url, { ...options, body, headers });
}
