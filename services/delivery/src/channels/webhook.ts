import { reasonOf } from '@tongsheng/bus';
import { postWebhook, publicKeyOf, type Posted } from '@tongsheng/web';
import { defineChannel, type Handed, type Health, type Parcel, type Tools } from './channel.ts';
import { part } from './shown.ts';

/** 4xx that speak of this moment, not of this message. */
const passing = new Set([408, 425, 429]);

/**
 * A partner's own endpoint, by Standard Webhooks 1.0.0, v1 or v1a. Every attempt carries the same `webhook-id`, which receivers
 * tell a second copy by, so an unknown outcome is settled by sending again.
 */
export const webhook = defineChannel('webhook', {
  onUnknown: 'same_key',

  show: (parcel) => ({
    parts: part('file', JSON.stringify(dataOf(parcel), null, 2), { form: 'code' }),
    pictures: [],
  }),

  deliver: (parcel, settings, tools) => tell('release.published', parcel, dataOf(parcel), settings, tools),

  amend: {
    by: 'edit',
    hand: (parcel, { parcel: before }, settings, tools) =>
      tell('release.updated', parcel, { ...dataOf(parcel), replaces: before.deliveryId }, settings, tools),
  },
  recall: {
    by: 'notice',
    // Of the text nothing is said once more.
    hand: (parcel, { parcel: before }, settings, tools) => {
      const { releaseId, site, url, note } = parcel;
      const data = { releaseId, site, url, ...(note !== undefined && { note }), withdraws: before.deliveryId };
      return tell('release.withdrawn', parcel, data, settings, tools);
    },
  },

  health: keysAreWhole,

  // Partners tell calls by their type; of one that they don't know the standard asks to do nothing.
  test: {
    needs: null,
    send: async (id, _to, settings, tools) => {
      const { allow, timeoutMs } = tools;
      const call = {
        id,
        at: new Date(tools.now()),
        type: 'channel.test',
        timestamp: tools.now(),
        data: { test: true },
      };
      return toHanded(await postWebhook(settings, call, { allow, timeoutMs }));
    },
  },
});

type Keys = Parameters<typeof postWebhook>[0];

async function tell(type: string, parcel: Parcel, data: object, keys: Keys, tools: Tools): Promise<Handed> {
  const { deliveryId: id, signedAt: timestamp, attemptedAt } = parcel;
  const { allow, timeoutMs } = tools;
  const call = { id, at: new Date(attemptedAt), type, timestamp, data };
  return toHanded(await postWebhook(keys, call, { allow, timeoutMs, reuse: true }));
}

/** The release as partners read it; the same text at every attempt. */
function dataOf({ deliveryId: _delivery, attemptedAt: _attempt, ...release }: Parcel) {
  return release;
}

/** What a partner's answer to a signed call means. */
export function toHanded(posted: Posted): Handed {
  if (posted.kind !== 'answered') return { outcome: posted.kind, detail: posted.detail };
  const { status, body, retryAfterSeconds } = posted;
  const said = `HTTP ${status} ${body.replace(/\s+/g, ' ').trim()}`.trim().slice(0, 500);
  if (status >= 200 && status < 300) {
    return { outcome: 'confirmed', detail: `HTTP ${status}`, receipt: { remoteId: said, url: null } };
  }
  if (status === 429)
    return { outcome: 'rejected_retryable', trouble: 'rate_limited', detail: said, retryAfterSeconds };
  // Our signature is not accepted: the next message's would not be either.
  if (status === 401 || status === 403) return { outcome: 'rejected_retryable', trouble: 'credential', detail: said };
  // 410 asks to stop for good; a 3xx is not followed, because a moved endpoint is for a person to check.
  const final = status >= 400 && status < 500 && !passing.has(status);
  return { outcome: final ? 'rejected_permanent' : 'rejected_retryable', detail: said, retryAfterSeconds };
}

/** Nothing is asked of the partner: the standard has no call that is heard and not counted. What it verifies with is said. */
export function keysAreWhole(keys: { secret: string; previousSecret?: string | undefined }): Promise<Health> {
  const { secret, previousSecret } = keys;
  try {
    const open = [secret, ...(previousSecret === undefined ? [] : [previousSecret])].map(publicKeyOf);
    const known = open.filter((key) => key !== null).map((key) => `the partner verifies v1a with ${key}`);
    return Promise.resolve({ ok: true, detail: ['the keys are whole', ...known].join('; '), trouble: null });
  } catch (error) {
    return Promise.resolve({ ok: false, detail: reasonOf(error), trouble: 'credential' });
  }
}
