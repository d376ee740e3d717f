import { createHash } from 'node:crypto';
import { DateTime } from 'luxon';
import { z } from 'zod';

/** Somebody is told of each change of a feed, up to a moment. */
export const Subscription = z.object({
  /** The feed's address. */
  topic: z.string(),
  callback: z.string(),
  /** What our calls are signed with, where one was agreed. */
  secret: z.string().nullable(),
  leaseUntil: z.string(),
  /** The hash of the feed as it was told last. */
  told: z.string(),
  /** How often it could not be told since. */
  failures: z.number(),
  /** Before this moment nothing is told: a process is at it, or it is waited for the other side. */
  notBefore: z.string().nullable(),
});
export type Subscription = z.infer<typeof Subscription>;

/** What somebody asks of the hub (WebSub 5.1). */
export type Asked = {
  mode: 'subscribe' | 'unsubscribe';
  topic: string;
  callback: string;
  secret: string | null;
  leaseSeconds: number;
};

/** Seconds. Whoever is dead is forgotten by then, and not before (WebSub 7); whoever is not asks again. */
const lease = { least: 3_600, usual: 10 * 86_400, most: 30 * 86_400 };
/** How long it is waited after each failure, in seconds; the last one over and over. */
const waits = [30, 120, 600, 3_600, 21_600];
/** How long a process has for one call before others may think that it died. Seconds. */
const claim = 60;
const longest = { address: 2_000, secret: 199 };

export const subscriptionIdOf = ({ topic, callback }: Pick<Asked, 'topic' | 'callback'>): string =>
  createHash('sha256').update(`${topic}\n${callback}`).digest('hex').slice(0, 32);

/** @returns what is wrong, as a sentence for whoever wrote the subscriber */
export function readAsked(form: URLSearchParams): Asked | string {
  const mode = form.get('hub.mode');
  if (mode !== 'subscribe' && mode !== 'unsubscribe') return 'hub.mode is neither subscribe nor unsubscribe';
  const [topic, callback] = [form.get('hub.topic') ?? '', form.get('hub.callback') ?? ''];
  if (topic === '' || topic.length > longest.address) return 'hub.topic is missing or too long';
  if (callback.length > longest.address) return 'hub.callback is too long';
  const url = URL.parse(callback);
  if (!url || !/^https?:$/.test(url.protocol)) return 'hub.callback is no http address';
  if (url.username || url.password || url.hash) return 'hub.callback has a login or a fragment';
  const secret = form.get('hub.secret') || null;
  if (secret !== null && Buffer.byteLength(secret) > longest.secret) return 'hub.secret has 200 bytes or more';
  const wanted = Number(form.get('hub.lease_seconds') || lease.usual);
  const leaseSeconds = Number.isFinite(wanted) ? Math.trunc(wanted) : lease.usual;
  return { mode, topic, callback, secret, leaseSeconds: Math.min(lease.most, Math.max(lease.least, leaseSeconds)) };
}

/** Verified just now. Who renews is told what it has missed; who is new has the feed as it is. */
export function subscribed(asked: Asked, known: Subscription | null, hash: string, at: string): Subscription {
  const { topic, callback, secret, leaseSeconds } = asked;
  const well = { failures: 0, notBefore: null };
  return { topic, callback, secret, leaseUntil: plus(at, leaseSeconds), told: known?.told ?? hash, ...well };
}

export const isOver = ({ leaseUntil }: Subscription, at: string): boolean => leaseUntil <= at;

/** A process is about to tell it: no other does, until it can be thought dead. */
export const claimed = (known: Subscription, at: string): Subscription => ({ ...known, notBefore: plus(at, claim) });

export const told = (known: Subscription, hash: string): Subscription => ({
  ...known,
  told: hash,
  failures: 0,
  notBefore: null,
});

/**
 * It could not be told.
 * @param wishSeconds how long the other side wants to be left alone
 */
export function failed(known: Subscription, wishSeconds: number | null, at: string): Subscription {
  const wait = waits[Math.min(known.failures, waits.length - 1)]!;
  const seconds = Math.min(waits.at(-1)!, Math.max(wait, wishSeconds ?? 0));
  return { ...known, failures: known.failures + 1, notBefore: plus(at, seconds) };
}

const plus = (at: string, seconds: number): string =>
  DateTime.fromISO(at, { zone: 'utc' }).plus({ seconds }).toISO() ?? at;
