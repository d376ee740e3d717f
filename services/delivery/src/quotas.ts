import { Injectable } from '@nestjs/common';
import { carryOut, Journal } from '@tongsheng/bus';
import {
  Refusal,
  type Channel,
  type DeliveryEvent,
  type Quota,
  type QuotaCommand,
  type QuotaEvent,
} from '@tongsheng/contracts';
import { Clock, Ids } from '@tongsheng/runtime';
import type { Credentials } from './credentials.ts';
import { periodOf, quota } from './quota.ts';
import { deliveryIdOf } from './request-deliveries.reaction.ts';

type Asking = {
  credentialId: string;
  channelId: string;
  deliveryId: string;
  for: { site: string; releaseId: string };
};

/** Whose slot it is. A part of a linked release uses the one that its plan reserved, however often it was made ready anew. */
export function askingOf(
  requested: Extract<DeliveryEvent, { type: 'delivery.requested' }>,
  channel: Channel,
  credentials: Credentials,
): Asking {
  const { site, releaseId, linked } = requested;
  const { channelId } = channel;
  const deliveryId = linked ? deliveryIdOf(site, releaseId, channelId) : requested.deliveryId;
  return { credentialId: credentials.of(channel), channelId, deliveryId, for: { site, releaseId } };
}

/** Periods ahead that are looked at for a free slot. */
const ahead = 62;

/** Slots of what a platform lets us do only so often, reserved before they are needed. */
@Injectable()
export class Quotas {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  /**
   * Reserves a slot of each quota in the first periods in which there is one.
   * @returns null when that is now, or when it will be.
   */
  async reserve(asking: Asking, quotas: readonly Quota[], now: string): Promise<string | null> {
    // A free day is of no use in a month that is used up.
    const widest = quotas.toSorted((one, other) => (one.per === other.per ? 0 : one.per === 'month' ? -1 : 1));
    let at = now;
    for (let tries = 0; tries < ahead; tries++) {
      const next = await this.#taken(asking, widest, at);
      if (next === null) return at === now ? null : at;
      at = next;
    }
    return at;
  }

  /** Reserves a slot of each quota in the periods that a moment falls into, ahead of it. @returns false when one is taken. */
  async reserveFor(asking: Asking, quotas: readonly Quota[], at: string): Promise<boolean> {
    return (await this.#taken(asking, quotas, at)) === null;
  }

  /** @returns null when all were taken; else none was, and when the first that is used up begins anew. */
  async #taken(asking: Asking, quotas: readonly Quota[], at: string): Promise<string | null> {
    const taken: string[] = [];
    for (const each of quotas) {
      const { period, next } = periodOf(each, at);
      if (await this.#reserved(asking, period, each.count)) taken.push(period);
      else {
        for (const before of taken) await this.#giveBack(asking, before);
        return next;
      }
    }
    return null;
  }

  /** How many slots of each quota are taken in the period of now, and when the next one begins. */
  async usedOf(asking: Pick<Asking, 'credentialId'>, quotas: readonly Quota[], now: string) {
    return Promise.all(
      quotas.map(async (each) => {
        const { period, next } = periodOf(each, now);
        const id = `${asking.credentialId}-${period}`;
        const { events } = await this.journal.read({ aggregate: 'quota', site: 'quotas', id });
        const holders = (events as QuotaEvent[]).reduce(quota.evolve, quota.initial);
        return { ...each, period, used: holders.length, next };
      }),
    );
  }

  /** Nothing of the delivery reached the channel, and nothing more will be tried. */
  async giveBack(asking: Asking, quotas: readonly Quota[], now: string): Promise<void> {
    for (const each of quotas) await this.#giveBack(asking, periodOf(each, now).period);
  }

  async #reserved(asking: Asking, period: string, limit: number): Promise<boolean> {
    try {
      await this.#say({ type: 'quota.reserve', ...this.#head(), ...asking, period, limit });
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'quota_exhausted') return false;
      throw error;
    }
  }

  async #giveBack({ for: _for, ...asking }: Asking, period: string): Promise<void> {
    await this.#say({ type: 'quota.return', ...this.#head(), ...asking, period });
  }

  async #say(command: QuotaCommand): Promise<void> {
    await carryOut(this.journal, quota, command);
  }

  #head() {
    return { id: this.ids.next(), at: this.clock.now(), actor: { kind: 'service' as const, id: 'delivery' } };
  }
}
