import { Injectable } from '@nestjs/common';
import type { Channel, DeliveryEvent, Urgency } from '@tongsheng/contracts';
import { afterSignal, closedBreaker, heldUntil, resting, signalOf, type Breaker } from './breaker.ts';
import { Credentials } from './credentials.ts';

type Answered = Extract<DeliveryEvent, { type: 'delivery.answered' }>;

/** What stands between a delivery that is due and its attempt: breakers, rests and logins. None of it costs budget. */
@Injectable()
export class Gates {
  readonly #breakers = new Map<string, Breaker>();

  constructor(private readonly credentials: Credentials) {}

  /** Every answer of the log, in its order. */
  heard(channelId: string, channel: Channel | undefined, answered: Answered): void {
    const { outcome, trouble, answeredAt, nextAttemptAt, orphaned = false } = answered;
    for (const name of namesOf(channelId, channel && this.credentials.of(channel))) {
      const breaker = this.#breakers.get(name) ?? closedBreaker;
      const next = afterSignal(breaker, signalOf(outcome, trouble, orphaned), answeredAt);
      const rests = (trouble === 'rate_limited' || trouble === 'quota') && nextAttemptAt !== null;
      const settled = rests ? resting(next, nextAttemptAt) : next;
      if (settled === closedBreaker) this.#breakers.delete(name);
      else this.#breakers.set(name, settled);
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
      heldUntil(this.#breakers.get(name) ?? closedBreaker, now, urgency, running),
    );
    const until = holds.reduce(
      (latest, each) => (each !== null && (latest === null || each > latest) ? each : latest),
      null,
    );
    return until === null ? null : { until };
  }
}

const namesOf = (channelId: string, credentialId: string | undefined): string[] =>
  credentialId === undefined ? [`channel ${channelId}`] : [`channel ${channelId}`, `credential ${credentialId}`];
