import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { reasonOf } from '@tongsheng/bus';
import { Clock, Log } from '@tongsheng/runtime';
import { isConfidential, safePost } from '@tongsheng/web';
import { DateTime } from 'luxon';
import type { Watch } from './watch.ts';
import { Watcher } from './watcher.ts';
import { Allowed } from './web.ts';

/** Where hubs and upstreams reach us from outside. */
export class PublicAddress {
  constructor(readonly url: string) {}
}

const wantedLeaseSeconds = 10 * 24 * 3_600;
/** A hub that refuses or does not answer is asked again after this. */
const askAgainMs = 60 * 60_000;
/** A hub that grants hardly any lease is not asked more often than this. */
const askAtMostEveryMs = 60_000;
/** The longest that a timer can be set for. */
const longestTimerMs = 2 ** 31 - 1;

type Subscription = {
  id: string;
  /** None where others would read it on the way to the hub: whatever comes is unsigned then. */
  secret: string | null;
  hub: string;
  topic: string;
  watch: Watch;
  /** What we have asked the hub for and not heard of yet. */
  asked: boolean;
  timer: NodeJS.Timeout | null;
};

/** What becomes of a push: `gone` tells the hub that nobody listens here any more. */
export type Pushed = 'taken' | 'discarded' | 'gone';

/**
 * Subscribes to the hubs that feeds name (W3C WebSub). A push is a hint that saves time; looking goes on all the same,
 * seldom while the hub is reliable, and as often as ever once a look finds what the hub kept from us.
 */
@Injectable()
export class Subscriptions implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #byId = new Map<string, Subscription>();

  constructor(
    private readonly watcher: Watcher,
    private readonly allowed: Allowed,
    private readonly address: PublicAddress,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    this.watcher.onOpened(({ sourceId }, watches) => {
      for (const each of this.#byId.values()) if (each.watch.source.sourceId === sourceId) this.#drop(each);
      for (const watch of watches) {
        if (watch.detector.kind === 'feed') watch.onHub = (hub) => void this.#meet(watch, hub);
      }
    });
  }

  onModuleDestroy(): void {
    for (const each of this.#byId.values()) this.#drop(each);
  }

  /** The hub asks whether we meant it (WebSub 5.3). @returns the challenge to echo, or null to refuse. */
  verify(id: string, query: Record<string, string | undefined>): string | null {
    const subscription = this.#byId.get(id);
    const { 'hub.mode': mode, 'hub.topic': topic, 'hub.challenge': challenge, 'hub.lease_seconds': lease } = query;
    if (!subscription || topic !== subscription.topic) return null;
    const { watch, hub } = subscription;
    if (mode === 'denied') {
      watch.websub = { hub, state: 'refused', leaseUntil: null, pushes: 0 };
      this.#askIn(subscription, askAgainMs);
      return '';
    }
    if (mode !== 'subscribe' || !subscription.asked || !challenge) return null;
    const seconds = Number(lease) > 0 ? Number(lease) : wantedLeaseSeconds;
    const leaseUntil = DateTime.fromISO(this.clock.now(), { zone: 'utc' }).plus({ seconds }).toISO();
    subscription.asked = false;
    watch.websub = { hub, state: 'active', leaseUntil, pushes: watch.websub?.pushes ?? 0 };
    this.#askIn(subscription, Math.max((seconds * 1_000) / 2, askAtMostEveryMs));
    return challenge;
  }

  /** A push. What is not signed with our secret is nobody's word; the hub is told nothing that would help it guess. */
  async push(id: string, body: Buffer, headers: Record<string, string | undefined>): Promise<Pushed> {
    const subscription = this.#byId.get(id);
    if (!subscription) return 'gone';
    const { watch, secret, topic } = subscription;
    // Anybody may have said it: the feed itself is asked, and what was pushed is not read.
    if (secret === null) return this.#hinted(subscription);
    if (!isSigned(body, headers['x-hub-signature'] ?? '', secret)) {
      await watch.reject({ key: 'websub', title: '', code: 'wrong_signature', detail: 'a push without our signature' });
      return 'discarded';
    }
    const websub = watch.websub ?? { hub: subscription.hub, leaseUntil: null, pushes: 0 };
    watch.websub = { ...websub, state: 'active', pushes: websub.pushes + 1 };
    const list = Object.entries(headers).map(([name, value]) => ({ name, value: value ?? '' }));
    const arrival = { bytes: body, contentType: headers['content-type'] ?? null, url: topic, link: null };
    watch
      .arrived(arrival, { url: topic, status: 200, headers: list, bytes: body })
      .catch((error: unknown) => this.log.error('websub.push_failed', { topic, reason: reasonOf(error) }));
    return 'taken';
  }

  #hinted({ watch, hub, topic }: Subscription): Pushed {
    const websub = watch.websub ?? { hub, leaseUntil: null, pushes: 0 };
    watch.websub = { ...websub, state: 'active', pushes: websub.pushes + 1 };
    // Hints that come while it is being looked are one look.
    watch.look().catch((error: unknown) => this.log.error('websub.hint_failed', { topic, reason: reasonOf(error) }));
    return 'taken';
  }

  async #meet(watch: Watch, found: { hub: string; topic: string } | null): Promise<void> {
    if (!found || watch.source.paused) return;
    const known = [...this.#byId.values()].find((each) => each.watch === watch);
    if (known?.hub === found.hub && known.topic === found.topic) return;
    if (known) this.#drop(known);
    const id = randomBytes(18).toString('base64url');
    const secret = isConfidential(found.hub) ? randomBytes(32).toString('hex') : null;
    const subscription: Subscription = { ...found, id, secret, watch, asked: false, timer: null };
    this.#byId.set(id, subscription);
    await this.#ask(subscription);
  }

  async #ask(subscription: Subscription): Promise<void> {
    const { id, hub, topic, secret, watch } = subscription;
    if (!this.#byId.has(id)) return;
    subscription.asked = true;
    watch.websub ??= { hub, state: 'asked', leaseUntil: null, pushes: 0 };
    const body = new URLSearchParams({
      'hub.mode': 'subscribe',
      'hub.topic': topic,
      'hub.callback': new URL(`/websub/${id}`, this.address.url).href,
      ...(secret !== null && { 'hub.secret': secret }),
      'hub.lease_seconds': String(wantedLeaseSeconds),
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    // Also a hub that says yes and never verifies; what it verifies sets a later time.
    this.#askIn(subscription, askAgainMs);
    const posted = await safePost(hub, { body, headers, allow: this.allowed.hosts });
    if (posted.kind === 'answered' && posted.status >= 200 && posted.status < 300) return;
    const detail = posted.kind === 'answered' ? `HTTP ${posted.status}` : posted.detail;
    this.log.warn('websub.not_subscribed', { hub, topic, reason: detail });
    watch.websub = { hub, state: 'refused', leaseUntil: watch.websub.leaseUntil, pushes: watch.websub.pushes };
  }

  #askIn(subscription: Subscription, ms: number): void {
    if (subscription.timer) clearTimeout(subscription.timer);
    subscription.timer = setTimeout(() => void this.#ask(subscription), Math.min(ms, longestTimerMs));
  }

  #drop(subscription: Subscription): void {
    if (subscription.timer) clearTimeout(subscription.timer);
    this.#byId.delete(subscription.id);
  }
}

/** `X-Hub-Signature: method=hex` over the raw body (WebSub 7.1); SHA-1 is too weak to be believed. */
function isSigned(body: Buffer, header: string, secret: string): boolean {
  const found = /^(sha256|sha384|sha512)=([0-9a-f]+)$/i.exec(header);
  if (!found) return false;
  const expected = createHmac(found[1]!.toLowerCase(), secret).update(body).digest();
  const given = Buffer.from(found[2]!, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
