import type { Channel, DeliveryEvent, Draft, Outcome } from '@tongsheng/contracts';
import type { z } from 'zod';

/** What is handed over: the signed release, the same at every attempt but for `attemptedAt`. */
export type Parcel = {
  /** The key that receivers tell a second copy by. */
  deliveryId: string;
  releaseId: string;
  site: string;
  siteName: string;
  kind: Draft['kind'];
  title: string;
  summary: string;
  html: string;
  /** What is being said and our verdict; where it was seen stays in the house. */
  rumor: Pick<NonNullable<Draft['rumor']>, 'claim' | 'verdict'> | null;
  /** Our page of it. */
  url: string;
  contentHash: string;
  signedAt: string;
  attemptedAt: string;
};

/** What became of one attempt, and how it is known. */
export type Handed = {
  outcome: Outcome;
  detail: string;
  /** The channel's own proof. */
  receipt?: { remoteId: string; url: string | null };
  /** The channel's wish to be left alone. */
  retryAfterSeconds?: number | null;
};

export type Tools = {
  /** `host:port` that may be reached although it is not public. */
  allow: readonly string[];
  /** How long an attempt may take; what is known by then is the answer. */
  timeoutMs: number;
};

type OnUnknown = Extract<DeliveryEvent, { type: 'delivery.requested' }>['onUnknown'];

export type ChannelKind = {
  kind: Channel['kind'];
  /** `same_key` where the receiver drops a second copy by its key; `person` where it would be seen. */
  onUnknown: OnUnknown;
  limits: { timeoutMs: number };
  /** One attempt, never repeated inside. Trouble of the world is an outcome; what is thrown is a fault of ours. */
  deliver(parcel: Parcel, settings: unknown, tools: Tools): Promise<Handed>;
};

/** A kind of channel: one file, and one line in `index.ts`. */
export function defineChannel<S extends z.ZodType>(channel: {
  kind: Channel['kind'];
  settings: S;
  onUnknown: OnUnknown;
  limits: { timeoutMs: number };
  deliver(parcel: Parcel, settings: z.infer<S>, tools: Tools): Promise<Handed>;
}): ChannelKind {
  const { kind, onUnknown, limits, settings } = channel;
  return {
    kind,
    onUnknown,
    limits,
    deliver: (parcel, given, tools) => channel.deliver(parcel, settings.parse(given), tools),
  };
}
