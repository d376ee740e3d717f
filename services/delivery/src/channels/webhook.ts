import { webhookSettings } from '@tongsheng/contracts';
import { safePost, type Posted } from '@tongsheng/web';
import { Webhook } from 'standardwebhooks';
import { defineChannel, type Handed, type Parcel } from './channel.ts';

/** 4xx that speak of this moment, not of this message. */
const passing = new Set([408, 425, 429]);

/**
 * A partner's own endpoint, by Standard Webhooks 1.0.0. Every attempt carries the same `webhook-id`, which receivers
 * tell a second copy by, so an unknown outcome is settled by sending again.
 */
export const webhook = defineChannel({
  kind: 'webhook',
  settings: webhookSettings,
  onUnknown: 'same_key',
  limits: { timeoutMs: 20_000 },

  async deliver(parcel, { url, secret }, { allow, timeoutMs }) {
    const body = JSON.stringify({ type: 'release.published', timestamp: parcel.signedAt, data: dataOf(parcel) });
    const attemptedAt = new Date(parcel.attemptedAt);
    const signature = sign(secret, parcel.deliveryId, attemptedAt, body);
    if (signature === null) return { outcome: 'not_sent', detail: 'the secret is not `whsec_` and base64' };
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'user-agent': 'Tongsheng/0.1 (government releases; Standard Webhooks)',
      'webhook-id': parcel.deliveryId,
      'webhook-timestamp': String(Math.floor(attemptedAt.getTime() / 1_000)),
      'webhook-signature': signature,
    };
    return toHanded(await safePost(url, { allow, body, headers, timeoutMs }));
  },
});

function sign(secret: string, id: string, at: Date, body: string): string | null {
  try {
    return new Webhook(secret).sign(id, at, body);
  } catch {
    return null;
  }
}

/** The release as partners read it; the same text at every attempt. */
function dataOf({ deliveryId: _delivery, attemptedAt: _attempt, ...release }: Parcel) {
  return release;
}

function toHanded(posted: Posted): Handed {
  if (posted.kind !== 'answered') return { outcome: posted.kind, detail: posted.detail };
  const { status, body, retryAfterSeconds } = posted;
  const said = `HTTP ${status} ${body.replace(/\s+/g, ' ').trim()}`.trim().slice(0, 500);
  if (status >= 200 && status < 300) {
    return { outcome: 'confirmed', detail: `HTTP ${status}`, receipt: { remoteId: said, url: null } };
  }
  // 410 asks to stop for good; a 3xx is not followed, because a moved endpoint is for a person to check.
  const final = status >= 400 && status < 500 && !passing.has(status);
  return { outcome: final ? 'rejected_permanent' : 'rejected_retryable', detail: said, retryAfterSeconds };
}
