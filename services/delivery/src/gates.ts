import { Injectable } from '@nestjs/common';
import type { Channel, DeliveryEvent, Urgency } from '@tongsheng/contracts';
import { afterSignal, closedBreaker, heldUntil, resting, signalOf, type Breaker } from './breaker.ts';
import { Credentials } from './credentials.ts';

type Answered = Extract<DeliveryEvent, { type: 'delivery.answered' }>;

/** Channel or login → how it was, and the moment at which something was heard of it last. */
export type Told = [string, { breaker: Breaker; heardAt: string; detail: string }][];

/** What stands between a delivery that is due and its attempt: breakers, rests and logins. None of it costs budget. */
@Injectable()
export class Gates {
  readonly #breakers: Map<string, Told[number][1]> = new Map();

  constructor(private readonly credentials: Credentials) {}

  /** What was heard up to now, for a start that need not hear all of it again. */
  get told(): Told {
    return [...this.#breakers];
  }

  recall(told: Told): void {
    for (const [name, known] of told) this.#breakers.set(name, known);
  }

  /** Every answer of the log, in its order. */
  heard(channelId: string, channel: Channel | undefined, answered: Answered): void {
    const { outcome, trouble, detail, answeredAt, nextAttemptAt, orphaned = false } = answered;
    // A mailbox that is still full says nothing of the server that took the mail for others.
    const isOfMailbox = answered.othersHaveIt === true && outcome === 'rejected_retryable';
    const credentialId = channel && this.credentials.of(channel);
    for (const name of namesOf(channelId, credentialId)) {
      const breaker = this.#breakerOf(name, credentialId);
      const next = afterSignal(breaker, signalOf(outcome, trouble, orphaned || isOfMailbox), answeredAt);
      const rests = (trouble === 'rate_limited' || trouble === 'quota') && nextAttemptAt !== null;
      const settled = rests ? resting(next, nextAttemptAt) : next;
      if (settled === closedBreaker) this.#breakers.delete(name);
      else this.#breakers.set(name, { breaker: settled, heardAt: answeredAt, detail });
    }
  }

  /**
   * What holds this channel and urgency back, or null when nothing does; without an instant it lasts until the login is
   * mended.
   * @param running how many attempts are under way in the lane
   */
  hold(channel: Channel, urgency: Urgency, now: string, running: number): { until: string | null } | null {
    const credentialId = this.credentials.of(channel);
    if (this.credentials.isFailed(credentialId)) return { until: null };
    const holds = namesOf(channel.channelId, credentialId).map((name) =>
      heldUntil(this.#breakerOf(name, credentialId), now, urgency, running),
    );
    const until = holds.reduce(
      (latest, each) => (each !== null && (latest === null || each > latest) ? each : latest),
      null,
    );
    return until === null ? null : { until };
  }

  /** The channel's own breaker, and its login's. */
  breakersOf(channel: Channel): { of: 'channel' | 'credential'; breaker: Breaker }[] {
    const credentialId = this.credentials.of(channel);
    const [own, shared] = namesOf(channel.channelId, credentialId);
    return [
      { of: 'channel', breaker: this.#breakerOf(own!, credentialId) },
      { of: 'credential', breaker: this.#breakerOf(shared!, credentialId) },
    ];
  }

  /** Since when the channel, or its login, has given no good answer, and what it said last; null while neither is open. */
  stopped(channel: Channel): { since: string; detail: string } | null {
    const credentialId = this.credentials.of(channel);
    const open = namesOf(channel.channelId, credentialId).flatMap((name) => {
      const { openSince } = this.#breakerOf(name, credentialId);
      return openSince === null ? [] : [{ since: openSince, detail: this.#breakers.get(name)?.detail ?? '' }];
    });
    return open.reduce<(typeof open)[number] | null>(
      (one, other) => (one && one.since <= other.since ? one : other),
      null,
    );
  }

  /** What was heard before a person said that it is well counts no more. */
  #breakerOf(name: string, credentialId: string | undefined): Breaker {
    const known = this.#breakers.get(name);
    if (!known) return closedBreaker;
    const since = credentialId === undefined ? null : this.credentials.wellSince(credentialId);
    return since !== null && known.heardAt <= since ? closedBreaker : known.breaker;
  }
}

const namesOf = (channelId: string, credentialId: string | undefined): string[] =>
  credentialId === undefined ? [`channel ${channelId}`] : [`channel ${channelId}`, `credential ${credentialId}`];
