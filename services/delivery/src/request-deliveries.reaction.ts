import { createHash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { LinkedEvent, ReleaseEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { adapters } from './channels/index.ts';
import { delivery } from './delivery.ts';
import { policyOf } from './policy.ts';
import { Registered } from './registered.ts';

/** One delivery for each release and channel, however often the signature is told of. */
export const deliveryIdOf = (site: string, releaseId: string, channelId: string) =>
  createHash('sha256').update(`${site}\n${releaseId}\n${channelId}`).digest('hex').slice(0, 32);

type Signed = Extract<ReleaseEvent, { type: 'release.signed' }>;

type Committed = Extract<LinkedEvent, { type: 'linked.committed' }>;

/** When a release was signed, or went out with others, then every channel that is named gets a delivery. */
@Controller()
export class RequestDeliveries {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly registered: Registered,
  ) {}

  @Reaction('release', 'request-deliveries')
  async react(@Payload() entry: Entry<ReleaseEvent>): Promise<void> {
    for (const event of entry.events) {
      // A part of a linked release is pushed when that is committed.
      if (event.type !== 'release.signed' || event.linked) continue;
      // A later version goes to whoever has any: that is a recall's to say.
      if ((event.version ?? 1) > 1) continue;
      const asked = await Promise.all(event.channels.map((channelId) => this.#request(entry, event, channelId)));
      const missing = event.channels.filter((_, i) => !asked[i]);
      // The others are on their way; this is tried again, then waits for an administrator among the dead letters.
      if (missing.length > 0) throw new Error(`delivery: ${missing.join(', ')}: no such channel of ${event.site}`);
    }
  }

  /** A linked release names its channels, whichever of its sites they belong to. */
  @Reaction('linked', 'request-linked-deliveries')
  async onLinked(@Payload() entry: Entry<LinkedEvent>): Promise<void> {
    for (const event of entry.events) if (event.type === 'linked.committed') await this.#requestAll(entry, event);
  }

  async #requestAll(entry: Entry, { linkedId, parts, channels }: Committed): Promise<void> {
    const missing: string[] = [];
    for (const { site, releaseId, contentHash } of parts) {
      const past = await this.journal.read({ aggregate: 'release', site, id: releaseId });
      const signed = (past.events as ReleaseEvent[]).find(
        (event): event is Signed => event.type === 'release.signed' && event.contentHash === contentHash,
      );
      if (!signed) throw new Error(`delivery: ${releaseId} of ${linkedId} was never signed`);
      const asked = await Promise.all(channels.map(({ channelId }) => this.#request(entry, signed, channelId, true)));
      missing.push(...channels.flatMap(({ channelId }, i) => (asked[i] ? [] : [channelId])));
    }
    if (missing.length > 0) throw new Error(`delivery: ${missing.join(', ')}: no such channel`);
  }

  async #request(entry: Entry, release: Signed, channelId: string, fromAnySite = false): Promise<boolean> {
    const { releaseId, site, kind, title, contentHash } = release;
    const channel = this.registered.channel(channelId);
    if (!channel || (channel.site !== site && !fromAnySite)) return false;
    const deliveryId = deliveryIdOf(site, releaseId, channelId);
    await carryOut(this.journal, delivery, {
      type: 'delivery.request',
      id: `${deliveryId}/request`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'delivery' },
      ...causedBy(entry),
      deliveryId,
      site,
      releaseId,
      channelId,
      channelName: channel.name,
      channelKind: channel.kind,
      title,
      contentHash,
      onUnknown: adapters[channel.kind].onUnknown,
      policy: policyOf(adapters[channel.kind], kind),
      family: releaseId,
      version: 1,
    });
    return true;
  }
}
