import { postSigned } from '@tongsheng/web';
import type { Channel } from '@tongsheng/contracts';
import { defineChannel, type Handed, type Parcel, type Tools } from './channel.ts';
import { newsPackage, shownPackage } from './news-package.ts';
import type { Speaking } from './notice-text.ts';
import { keysAreWhole, toHanded } from './webhook.ts';

type Settings = Extract<Channel, { kind: 'news_push' }>['settings'];

/**
 * A newsroom that takes news exchange formats over HTTPS. What is pushed is identified by its address and version, so that
 * a second copy changes nothing there; a correction and a withdrawal are later versions of the same item.
 */
export const newsPush = defineChannel('news_push', {
  onUnknown: 'same_key',
  show: (parcel, { format }) => ({ parts: shownPackage(parcel, format, new Map()), pictures: [] }),
  deliver: (parcel, settings, tools) => push(parcel, 'deliver', settings, tools),
  amend: { by: 'edit', hand: (parcel, _, settings, tools) => push(parcel, 'amend', settings, tools) },
  recall: { by: 'notice', hand: (parcel, _, settings, tools) => push(parcel, 'recall', settings, tools) },
  health: keysAreWhole,
});

async function push(parcel: Parcel, speaking: Speaking, settings: Settings, tools: Tools): Promise<Handed> {
  const { deliveryId: id, attemptedAt } = parcel;
  const { allow, timeoutMs } = tools;
  // Pictures stay with us: nothing lies beside what is pushed.
  const { body, mediaType } = newsPackage(parcel, speaking, settings.format, new Map());
  const call = { id, at: new Date(attemptedAt), body, contentType: `${mediaType}; charset=utf-8` };
  return toHanded(await postSigned(settings, call, { allow, timeoutMs, reuse: true }));
}
