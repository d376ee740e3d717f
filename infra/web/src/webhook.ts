import type { CallOptions } from './call.ts';
import { safePost, type Posted } from './post.ts';
import { signedWith } from './signing-key.ts';

/** One call by Standard Webhooks 1.0.0. Receivers tell a second copy by `id`. */
export type Call = { id: string; at: Date; type: string; timestamp: string; data: unknown };

/** While a key is changed a call bears the signatures of both. */
type Endpoint = { url: string; secret: string; previousSecret?: string | undefined };
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
  { url, secret, previousSecret }: Endpoint,
  { id, at, body, contentType }: Pick<Call, 'id' | 'at'> & { body: string; contentType: string },
  options: Options,
): Promise<Posted> {
  let signature: string;
  try {
    const keys = [secret, ...(previousSecret === undefined ? [] : [previousSecret])];
    signature = keys.map((key) => signedWith(key, id, at, body)).join(' ');
  } catch {
    return {
      kind: 'not_sent',
      detail: 'the secret is neither `whsec_` nor `whsk_` and base64 of a key',
      refused: true,
    };
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
