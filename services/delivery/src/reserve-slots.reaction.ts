import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Reaction, type Entry } from '@tongsheng/bus';
import { limitsOf, linkedPlan, type LinkedEvent, type LinkedPlan } from '@tongsheng/contracts';
import { Log } from '@tongsheng/runtime';
import { Credentials } from './credentials.ts';
import { Quotas } from './quotas.ts';
import { Registered } from './registered.ts';
import { deliveryIdOf } from './request-deliveries.reaction.ts';

type Slot = { site: string; releaseId: string; channelId: string; at: string };

/**
 * When a linked release is planned, then the slots that its channels allow on the day of its T0 are its own from then on,
 * under the names that its deliveries will have; when it is planned otherwise, stopped or cancelled, they are given back.
 */
@Controller()
export class ReserveSlots {
  constructor(
    private readonly journal: Journal,
    private readonly registered: Registered,
    private readonly credentials: Credentials,
    private readonly quotas: Quotas,
    private readonly log: Log,
  ) {}

  @Reaction('linked', 'reserve-slots')
  async react(@Payload() entry: Entry<LinkedEvent>): Promise<void> {
    for (const { type, site, linkedId: id } of entry.events) {
      if (type !== 'linked.planned' && type !== 'linked.stopped' && type !== 'linked.cancelled') continue;
      // What was decided since counts: an older word must not take back what a newer one reserved.
      const past = (await this.journal.read({ aggregate: 'linked', site, id })).events as LinkedEvent[];
      const slots = slotsOf(past);
      if (slots === null) continue;
      for (const slot of slots.left)
        await this.#each(slot, (asking, quotas) => this.quotas.giveBack(asking, quotas, slot.at));
      for (const slot of slots.wanted)
        await this.#each(slot, async (asking, quotas) => {
          if (!(await this.quotas.reserveFor(asking, quotas, slot.at)))
            this.log.info('quota.taken', { linkedId: id, channelId: slot.channelId, at: slot.at });
        });
    }
  }

  async #each(
    { site, releaseId, channelId }: Slot,
    act: (asking: Parameters<Quotas['reserveFor']>[0], quotas: Parameters<Quotas['reserveFor']>[1]) => Promise<void>,
  ): Promise<void> {
    const channel = this.registered.channel(channelId);
    const quotas = channel ? limitsOf(channel).quotas : [];
    if (!channel || quotas.length === 0) return;
    const deliveryId = deliveryIdOf(site, releaseId, channelId);
    await act({ credentialId: this.credentials.of(channel), channelId, deliveryId, for: { site, releaseId } }, quotas);
  }
}

/** What a linked release needs as it stands, and what it only needed before; null once it went out. */
export function slotsOf(past: readonly LinkedEvent[]): { wanted: Slot[]; left: Slot[] } | null {
  const went = past.some(({ type }) => type === 'linked.committed');
  if (went) return null;
  const plans = past.flatMap((event) => (event.type === 'linked.planned' ? [linkedPlan.parse(event)] : []));
  const last = past.findLast(({ type }) => /planned|stopped|cancelled/.test(type));
  const wanted = last?.type === 'linked.planned' ? slotsIn(plans.at(-1)!) : [];
  const kept = new Set(wanted.map(nameOf));
  const left = new Map(plans.flatMap(slotsIn).map((slot) => [nameOf(slot), slot]));
  return { wanted, left: [...left].filter(([name]) => !kept.has(name)).map(([, slot]) => slot) };
}

const slotsIn = ({ parts, channels, t0: at }: LinkedPlan): Slot[] =>
  parts.flatMap(({ site, releaseId }) => channels.map(({ channelId }) => ({ site, releaseId, channelId, at })));

/** The same day of a moment is the same slot, in the zone that all platforms of ours count in. */
const nameOf = ({ site, releaseId, channelId, at }: Slot) =>
  `${site}/${releaseId}/${channelId}/${new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10)}`;
