import { channelKinds, type Channel, type DeliveryNotes } from '@tongsheng/contracts';
import type { Parcel, Tools } from '../../services/delivery/src/channels/channel.ts';
import { Tokens } from '../../services/delivery/src/channels/tokens.ts';
import { hashA, noon } from './samples.ts';

/** A signed rebuttal as a channel gets it. */
export const samplePost: Parcel = {
  deliveryId: 'delivery-1',
  releaseId: 'release',
  site: 'province',
  siteName: '示例省税务局',
  kind: 'rebuttal',
  title: '关于“存款要缴税”的说明 <重要>',
  documentNumber: null,
  summary: '没有这样的政策。',
  html: '<p>正文<strong>第一段</strong></p><p>第二段</p>',
  cover: null,
  files: [],
  rumor: { claim: '明年起存款要缴税', verdict: 'false' },
  url: 'https://province.example/province/rebuttal/release',
  contentHash: hashA,
  signedAt: noon,
  attemptedAt: noon,
};

/** What an adapter works with, outside a running service: `noted` is what it wrote down, in order. */
export function channelTools(
  kind: Channel['kind'],
  given: Partial<Omit<Tools, 'note' | 'file'>> & { files?: Record<string, Uint8Array> } = {},
): Tools & { noted: DeliveryNotes[]; renewed: { field: string; secret: string; validUntil: string | null }[] } {
  const { limits } = channelKinds[kind];
  const noted: DeliveryNotes[] = [];
  const renewed: { field: string; secret: string; validUntil: string | null }[] = [];
  const notes: DeliveryNotes = { ...given.notes };
  return {
    allow: given.allow ?? [],
    timeoutMs: given.timeoutMs ?? 5_000,
    limits: given.limits ?? limits,
    now: given.now ?? (() => noon),
    tokens: given.tokens ?? new Tokens(),
    notes,
    noted,
    renewed,
    renew: given.renew ?? (async (field, secret, validUntil) => void renewed.push({ field, secret, validUntil })),
    note: async (facts) => {
      noted.push(facts);
      Object.assign(notes, facts);
    },
    file: async (hash) => {
      const bytes = given.files?.[hash];
      if (!bytes) throw new Error(`no file ${hash}`);
      return bytes;
    },
  };
}
