import { createHash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { Channel, ReleaseEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { adapters } from './channels/index.ts';
import { delivery } from './delivery.ts';
import { Parcels } from './parcels.ts';
import { policyOf } from './policy.ts';
import { Registered } from './registered.ts';

/** One delivery for each release and channel, however often the signature is told of. */
export const deliveryIdOf = (site: string, releaseId: string, channelId: string) =>
  createHash('sha256').update(`${site}\n${releaseId}\n${channelId}`).digest('hex').slice(0, 32);

type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

/** When a release was signed that goes alone, then every channel that is named gets a delivery. */
@Controller()
export class RequestDeliveries {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly registered: Registered,
    private readonly parcels: Parcels,
  ) {}

  @Reaction('release', 'request-deliveries')
  async react(@Payload() entry: Entry<ReleaseEvent>): Promise<void> {
    for (const event of entry.events) {
      // A part of a linked release is made ready for its T0: `prepare-linked.reaction.ts`.
      if (event.type !== 'release.signed' || event.linked) continue;
      // A later version goes to whoever has any: that is a recall's to say.
      if ((event.version ?? 1) > 1) continue;
      this.parcels.know(event);
      const asked = await Promise.all(event.channels.map((channelId) => this.#request(entry, event, channelId)));
      const missing = event.channels.filter((_, i) => !asked[i]);
      // The others are on their way; this is tried again, then waits for an administrator among the dead letters.
      if (missing.length > 0) throw new Error(`delivery: ${missing.join(', ')}: no such channel of ${event.site}`);
    }
  }

  async #request(entry: Entry, release: Signed, channelId: string): Promise<boolean> {
    const { releaseId, site } = release;
    const channel = this.registered.channel(channelId);
    if (channel?.site !== site) return false;
    const deliveryId = deliveryIdOf(site, releaseId, channelId);
    await carryOut(this.journal, delivery, {
      type: 'delivery.request',
      id: `${deliveryId}/request`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'delivery' },
      ...causedBy(entry),
      deliveryId,
      site,
      ...requestedOf(release, channel),
    });
    return true;
  }
}

/** What a delivery of a release to a channel is born with. */
export function requestedOf(
  { releaseId, kind, title, contentHash }: Signed,
  { channelId, name, kind: channelKind }: Channel,
) {
  return {
    releaseId,
    channelId,
    channelName: name,
    channelKind,
    title,
    contentHash,
    onUnknown: adapters[channelKind].onUnknown,
    policy: policyOf(adapters[channelKind], kind),
    family: releaseId,
    version: 1,
  };
}
