import type { DeliveryEvent, Finding, OnUnknown, Outcome, Trouble } from '@tongsheng/contracts';
import { gone, type Life, type Work, type World } from './engine.ts';

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;
export type Handed = {
  outcome: Outcome;
  trouble?: Trouble;
  retryAfterSeconds: number | null;
  receipt: { remoteId: string; url: null; receivedAt: string } | null;
};
export type Found = { finding: Finding; receipt: Handed['receipt'] };

/** A platform as the network shows it: what it took stands there, whatever it answered. */
export class FakeChannel {
  /** Delivery → how often its readers see it. */
  readonly posts = new Map<string, number>();
  /** Delivery → when it becomes visible. */
  readonly #visibleAt = new Map<string, number>();
  readonly #outages: { from: number; to: number }[];

  constructor(
    readonly world: World,
    readonly channelId: string,
    readonly onUnknown: Exclude<OnUnknown, 'assisted'>,
    hours: number,
  ) {
    const { chance, now } = world;
    const from = now + chance.int(0, hours * 3_600_000);
    this.#outages = chance.is(0.3) ? [{ from, to: from + chance.int(60_000, 2_400_000) }] : [];
  }

  #take(deliveryId: string): void {
    const before = this.posts.get(deliveryId) ?? 0;
    // A receiver that knows the key drops the second copy.
    if (before > 0 && this.onUnknown === 'same_key') return;
    this.posts.set(deliveryId, before + 1);
    const { chance, now, trouble } = this.world;
    const waits = this.onUnknown === 'probe' && chance.is(trouble.slow);
    this.#visibleAt.set(deliveryId, now + (waits ? chance.int(10_000, 3_600_000) : 0));
  }

  #isVisible(deliveryId: string): boolean {
    return (this.#visibleAt.get(deliveryId) ?? Infinity) <= this.world.now;
  }

  #receipt(deliveryId: string): Handed['receipt'] {
    return { remoteId: `post-${deliveryId}`, url: null, receivedAt: this.world.instant };
  }

  /** One call: refused, busy, broken before or after it was taken, or answered. */
  *deliver({ process }: Life, { deliveryId }: Requested): Work<Handed> {
    const { chance, trouble, now } = this.world;
    const plain = { retryAfterSeconds: null, receipt: null };
    yield chance.int(10, 400);
    if (this.#outages.some(({ from, to }) => from <= now && now < to))
      return chance.is(0.5)
        ? { outcome: 'not_sent', trouble: 'network', ...plain }
        : { outcome: 'rejected_retryable', trouble: 'busy', ...plain };
    if (trouble.crash > 0) {
      if (chance.is(0.01)) return { outcome: 'rejected_permanent', trouble: 'content', ...plain };
      if (chance.is(0.06))
        return {
          outcome: 'rejected_retryable',
          trouble: 'rate_limited',
          ...plain,
          retryAfterSeconds: chance.int(1, 90),
        };
      if (chance.is(0.04)) return { outcome: 'rejected_retryable', trouble: 'busy', ...plain };
      if (chance.is(0.05)) {
        // Cut off: what it had taken by then stands there.
        if (chance.is(0.5)) this.#take(deliveryId);
        yield 10_000;
        return { outcome: 'unknown', trouble: 'network', ...plain };
      }
    }
    this.#take(deliveryId);
    if (chance.is(trouble.crash * 3)) {
      process.die();
      yield gone;
    }
    yield chance.int(10, 400);
    const outcome = this.#isVisible(deliveryId) ? 'confirmed' : 'accepted_pending';
    return { outcome, retryAfterSeconds: null, receipt: this.#receipt(deliveryId) };
  }

  *look({ deliveryId }: Requested): Work<Found> {
    const { chance, trouble } = this.world;
    yield chance.int(10, 400);
    if (trouble.crash > 0 && chance.is(0.1)) return { finding: 'unsure', receipt: null };
    if (!this.posts.has(deliveryId)) return { finding: 'absent', receipt: null };
    return { finding: this.#isVisible(deliveryId) ? 'present' : 'accepted', receipt: this.#receipt(deliveryId) };
  }

  /** What a person sees who looks. */
  has(deliveryId: string): boolean {
    return this.posts.has(deliveryId);
  }
}
