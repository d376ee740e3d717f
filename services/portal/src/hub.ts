import { createHmac, randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { reasonOf, type Following, type HubLedger } from '@tongsheng/bus';
import type { Clock, Log } from '@tongsheng/runtime';
import { isConfidential, safeCall } from '@tongsheng/web';
import {
  claimed,
  failed,
  isOver,
  readAsked,
  subscribed,
  Subscription,
  subscriptionIdOf,
  told,
  type Asked,
} from './subscription.ts';
import { linksOf, type Topic, type Topics } from './topics.ts';

type Held = { subscription: Subscription; position: number };
type Answer = { status: 202 | 204 | 400 | 404 | 429 | 503; text: string };

/** What strangers may make us do. A host is that of the callback. */
const limits = { all: 10_000, ofHost: 100, calls: 32, callsOfHost: 2, questions: 64, questionsOfHost: 4 };
/** WebSub 5.1: a secret is asked for over HTTPS only. Whoever read it on the way could sign in our name. */
const openSecret = 'hub.secret is taken over https only, and this hub is reached over http: ask again without it';
const callMs = 20_000;
/** What belongs together is told together, in ms. */
const gatherMs = 100;
const pauseMs = 1_000;
/** Before the ledger is tried again, in ms. */
const reopenMs = 5_000;
/** The longest that is slept, in ms: leases end meanwhile. */
const longestSleepMs = 3_600_000;

export type HubParts = {
  ledger: Pick<HubLedger, 'follow' | 'write'>;
  topics: Topics;
  /** `host:port` that may be called although it is not public. */
  allow: readonly string[];
  clock: Pick<Clock, 'now'>;
  log: Log;
};

/**
 * Tells whoever asked for it that a feed has changed (W3C WebSub). What somebody was told last stands in the ledger beside
 * his subscription: what changed while nobody ran is told then, and of several processes one tells it.
 */
export class Hub {
  readonly #parts: HubParts;
  readonly #held = new Map<string, Held>();
  /** Feeds as they are since the last change. */
  readonly #topics = new Map<string, Promise<Topic>>();
  readonly #calls = new Counter();
  readonly #questions = new Counter();
  readonly #telling = new Set<string>();
  #following: Following | null = null;
  #ready = false;
  #closed = false;
  #timer: NodeJS.Timeout | null = null;
  /** As `performance.now()` has it. */
  #wakesAt = Infinity;
  #looking = Promise.resolve();

  constructor(parts: HubParts) {
    this.#parts = parts;
  }

  /** To be called when the feeds are complete. Without its ledger there is no hub; it is tried until there is. */
  async open(): Promise<void> {
    while (!this.#closed) {
      const broken = Promise.withResolvers<unknown>();
      try {
        const take = (id: string, text: string, position: number) => this.#take(id, text, position);
        this.#following = await this.#parts.ledger.follow(take, broken.resolve);
        await this.#following.caughtUp;
        this.#ready = true;
        this.#wake();
        void broken.promise.then((error) => this.#again(error));
        return;
      } catch (error) {
        this.#parts.log.warn('hub.not_followed', { reason: reasonOf(error) });
        await wait(reopenMs);
      }
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#following?.stop();
  }

  /** Something public of this site was added, changed or taken back. Feeds of others are not written again. */
  changed(site: string): void {
    for (const address of this.#parts.topics.addressesOf(site)) this.#topics.delete(address);
    this.#wake(gatherMs);
  }

  /** A request for a subscription or its end. What is answered with 202 is still to be meant by the callback's owner. */
  async ask(form: URLSearchParams): Promise<Answer> {
    if (form.get('hub.mode') === 'publish') return this.#heard(form);
    const asked = readAsked(form);
    if (typeof asked === 'string') return { status: 400, text: asked };
    if (asked.secret !== null && !isConfidential(this.#parts.topics.hub)) return { status: 400, text: openSecret };
    if (!this.#ready) return { status: 503, text: 'the hub is not ready yet' };
    const topic = await this.#topic(asked.topic);
    if (!topic) return { status: 404, text: 'hub.topic is no feed of ours' };
    const host = new URL(asked.callback).host;
    if (!this.#hasRoom(asked, host)) return { status: 429, text: 'too many subscriptions' };
    const place = this.#questions.take(host, limits.questions, limits.questionsOfHost);
    if (!place) return { status: 503, text: 'too many requests at this moment' };
    void this.#verify(asked, topic)
      .catch((error: unknown) => this.#parts.log.error('hub.verify_failed', { reason: reasonOf(error) }))
      .finally(place);
    return { status: 202, text: '' };
  }

  /** A publisher says that a feed has changed: of ours we know it before anybody can say it. */
  #heard(form: URLSearchParams): Answer {
    const named = [...form.getAll('hub.url'), ...form.getAll('hub.topic')];
    const isOurs = named.length > 0 && named.every((address) => this.#topic(address) !== null);
    return isOurs ? { status: 204, text: '' } : { status: 404, text: 'hub.url is no feed of ours' };
  }

  #hasRoom(asked: Asked, host: string): boolean {
    if (asked.mode === 'unsubscribe' || this.#held.has(subscriptionIdOf(asked))) return true;
    if (this.#held.size >= limits.all) return false;
    let own = 0;
    for (const { subscription } of this.#held.values()) if (new URL(subscription.callback).host === host) own++;
    return own < limits.ofHost;
  }

  /** Whether whoever owns the callback meant it (WebSub 5.3). Who is new is told whatever changes from the asking on. */
  async #verify(asked: Asked, { hash }: Topic): Promise<void> {
    const { allow, clock, log } = this.#parts;
    const { mode, topic, callback, leaseSeconds } = asked;
    const url = new URL(callback);
    const challenge = randomBytes(24).toString('base64url');
    const question = { 'hub.mode': mode, 'hub.topic': topic, 'hub.challenge': challenge };
    for (const [name, value] of Object.entries(question)) url.searchParams.append(name, value);
    if (mode === 'subscribe') url.searchParams.append('hub.lease_seconds', String(leaseSeconds));
    const called = await safeCall(url.href, { method: 'GET', allow, timeoutMs: callMs, maxBytes: 1_024 });
    const meant = called.kind === 'answered' && isGood(called.status) && called.body.toString('utf8') === challenge;
    if (!meant) {
      const reason = called.kind === 'answered' ? `HTTP ${called.status} without the challenge` : called.detail;
      return log.info('hub.not_meant', { topic, callback, reason });
    }
    const id = subscriptionIdOf(asked);
    // Whoever told it meanwhile wrote something else: then it is written on top of that.
    for (let tries = 0; tries < 5; tries++) {
      const known = this.#held.get(id) ?? null;
      if (mode === 'unsubscribe' && !known) return;
      const next = mode === 'subscribe' ? subscribed(asked, known?.subscription ?? null, hash, clock.now()) : null;
      if (await this.#write(id, next, known?.position ?? 0)) return log.info(`hub.${mode}d`, { topic, callback });
      await wait(gatherMs);
    }
    log.warn('hub.not_written', { topic, callback });
  }

  #take(id: string, text: string, position: number): void {
    if ((this.#held.get(id)?.position ?? 0) >= position) return;
    const found = text === '' ? null : Subscription.safeParse(JSON.parse(text));
    if (found?.success) this.#held.set(id, { subscription: found.data, position });
    else this.#held.delete(id);
    if (this.#ready) this.#wake();
  }

  /** @returns false when another process was faster; what it wrote arrives by itself */
  async #write(id: string, next: Subscription | null, after: number): Promise<boolean> {
    const text = next ? JSON.stringify(next) : '';
    const position = await this.#parts.ledger.write(id, text, after);
    if (position === null) return false;
    this.#take(id, text, position);
    return true;
  }

  #topic(address: string): Promise<Topic> | null {
    const known = this.#topics.get(address);
    if (known !== undefined) return known;
    const found = this.#parts.topics.find(address);
    // What strangers make up fills no memory.
    if (!found) return null;
    this.#topics.set(address, found);
    // What could not be read is read again.
    found.catch(() => this.#topics.get(address) === found && this.#topics.delete(address));
    return found;
  }

  #wake(inMs = 0): void {
    const at = performance.now() + inMs;
    if (this.#closed || !this.#ready || at >= this.#wakesAt) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#wakesAt = at;
    this.#timer = setTimeout(() => {
      this.#wakesAt = Infinity;
      this.#looking = this.#looking.then(() => this.#look());
    }, inMs);
  }

  /** Tells what is to be told now, and wakes when more will be. */
  async #look(): Promise<void> {
    const { clock, log } = this.#parts;
    let sleepMs = longestSleepMs;
    for (const [id, { subscription: before }] of this.#held) {
      const topic = await Promise.resolve(this.#topic(before.topic)).catch(() => undefined);
      const subscription = this.#held.get(id)?.subscription;
      if (!subscription) continue;
      const at = clock.now();
      const { notBefore, callback } = subscription;
      const isDead = isOver(subscription, at);
      // It can't be read at this moment.
      if (topic === undefined) sleepMs = Math.min(sleepMs, pauseMs);
      if (topic === undefined || this.#telling.has(id)) continue;
      if (!isDead && topic?.hash === subscription.told) continue;
      if (!isDead && notBefore !== null && notBefore > at) {
        sleepMs = Math.min(sleepMs, Date.parse(notBefore) - Date.parse(at));
        continue;
      }
      const giveBack = this.#calls.take(new URL(callback).host, limits.calls, limits.callsOfHost);
      // Whoever has the place wakes us.
      if (!giveBack) continue;
      this.#telling.add(id);
      void this.#tell(id, isDead ? null : topic)
        .catch((error: unknown) => {
          log.warn('hub.tell_failed', { callback, reason: reasonOf(error) });
          return pauseMs;
        })
        .then((waitMs) => {
          this.#telling.delete(id);
          giveBack();
          this.#wake(waitMs);
        });
    }
    this.#wake(sleepMs);
  }

  /** @param topic null: there is no such feed, or the lease is over. @returns how long to wait before the next look, in ms */
  async #tell(id: string, topic: Topic | null): Promise<number> {
    const { allow, clock, log, topics } = this.#parts;
    const held = this.#held.get(id);
    if (!held) return 0;
    const { topic: address, callback } = held.subscription;
    const end = async (because: string, after: number) => {
      if (await this.#write(id, null, after)) log.info('hub.ended', { topic: address, callback, because });
      return 0;
    };
    if (!topic) return end('lease', held.position);
    const known = claimed(held.subscription, clock.now());
    if (!(await this.#write(id, known, held.position))) return gatherMs;
    const { position } = this.#held.get(id)!;
    const { secret } = known;
    const signature = secret && `sha256=${createHmac('sha256', secret).update(topic.text).digest('hex')}`;
    const called = await safeCall(callback, {
      body: topic.text,
      headers: {
        'content-type': topic.type,
        link: linksOf(topic.self, topics.hub),
        ...(signature && { 'x-hub-signature': signature }),
      },
      allow,
      timeoutMs: callMs,
      maxBytes: 1_024,
    });
    if (called.kind === 'answered' && isGood(called.status)) {
      await this.#write(id, told(known, topic.hash), position);
      return 0;
    }
    if (called.kind === 'answered' && called.status === 410) return end('gone', position);
    const wish = called.kind === 'answered' ? called.retryAfterSeconds : null;
    const next = failed(known, wish, clock.now());
    const reason = called.kind === 'answered' ? `HTTP ${called.status}` : called.detail;
    log.info('hub.not_told', { topic: address, callback, reason, failures: next.failures });
    await this.#write(id, next, position);
    return 0;
  }

  async #again(error: unknown): Promise<void> {
    if (this.#closed) return;
    this.#ready = false;
    this.#parts.log.error('hub.follow_broken', { reason: reasonOf(error) });
    await this.open();
  }
}

const isGood = (status: number): boolean => status >= 200 && status < 300;

/** How much is going on at once, in all and at each host. */
class Counter {
  readonly #of = new Map<string, number>();
  #all = 0;

  /** @returns what gives the place back, or null when there is none */
  take(host: string, most: number, mostOfHost: number): (() => void) | null {
    const own = this.#of.get(host) ?? 0;
    if (this.#all >= most || own >= mostOfHost) return null;
    this.#all++;
    this.#of.set(host, own + 1);
    return () => {
      this.#all--;
      const left = this.#of.get(host)! - 1;
      if (left === 0) this.#of.delete(host);
      else this.#of.set(host, left);
    };
  }
}
