import type { Entry } from '@tongsheng/bus';
import type { DeliveryEvent } from '@tongsheng/contracts';
import { delivery, type Delivery } from './delivery.ts';

type Requested = Extract<DeliveryEvent, { type: 'delivery.requested' }>;
export type OpenDelivery = { key: string; requested: Requested; state: Delivery };

/** Every delivery that has not ended, folded from the log; what ended is forgotten. */
export class OpenDeliveries {
  /** In the order in which they were asked for. */
  readonly #open = new Map<string, OpenDelivery>();
  #position = 0;

  /** Log position up to which this is true. */
  get position(): number {
    return this.#position;
  }

  /** @returns the key of a delivery that ended with this entry. */
  apply(entry: Entry): string | null {
    this.#position = entry.position;
    const key = `${entry.site}/${entry.id}`;
    for (const event of entry.events as DeliveryEvent[]) {
      const known = this.#open.get(key);
      const state = delivery.evolve(known?.state ?? delivery.initial, event);
      if (isEnded(state)) {
        this.#open.delete(key);
        return key;
      }
      if (known) known.state = state;
      else if (event.type === 'delivery.requested') this.#open.set(key, { key, requested: event, state });
    }
    return null;
  }

  /** What may be tried now, oldest first, none of a channel that an attempt is running at. */
  due(now: string): OpenDelivery[] {
    const busy = new Set(this.sending().map(({ requested }) => requested.channelId));
    return [...this.#open.values()].filter(
      ({ requested, state }) => state.status === 'waiting' && state.notBefore <= now && !busy.has(requested.channelId),
    );
  }

  /** The next instant after `now` at which something falls due. */
  nextDue(now: string): string | null {
    let next: string | null = null;
    for (const { state } of this.#open.values()) {
      if (state.status !== 'waiting' || state.notBefore <= now) continue;
      if (next === null || state.notBefore < next) next = state.notBefore;
    }
    return next;
  }

  /** Those with an attempt that nobody has answered yet. */
  sending(): (OpenDelivery & { state: Extract<Delivery, { status: 'sending' }> })[] {
    return [...this.#open.values()].filter(isSending);
  }
}

/** Nothing more is done about it by itself. */
function isEnded(state: Delivery): boolean {
  if (state.status === 'confirmed') return state.nextWatchAt === null;
  return state.status === 'failed' || state.status === 'lost' || state.status === 'cancelled';
}

const isSending = (open: OpenDelivery): open is OpenDelivery & { state: Extract<Delivery, { status: 'sending' }> } =>
  open.state.status === 'sending';
