import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Journal, type Entry } from '@tongsheng/bus';
import {
  linkedTargets,
  type DeliveryEvent,
  type HoldingsQuery,
  type LinkedEvent,
  type RecallTarget,
  type ReleaseEvent,
} from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { adapters } from './channels/index.ts';
import { linkedDeliveryIdOf } from './linked-targets.ts';
import { Registered } from './registered.ts';
import { deliveryIdOf } from './request-deliveries.reaction.ts';
import { pastOf, standing, type PastDelivery } from './standing.ts';

type Place = { site: string; releaseId: string; channelId: string };

/** One delivery for each version that corrects or takes back what a channel has. */
export function recallDeliveryIdOf(
  intent: 'amend' | 'recall',
  { site, releaseId, channelId }: Place,
  version: number,
): string {
  const hash = createHash('sha256').update(`${site}\n${releaseId}\n${channelId}\n${version}`).digest('hex');
  return `${intent}-${hash.slice(0, 32)}`;
}

/** What channels have of a release, read from the log: also of what ended years ago. */
@Injectable()
export class Holdings {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly registered: Registered,
  ) {}

  of({ site, releaseId, channels, version, intent }: HoldingsQuery): Promise<RecallTarget[]> {
    const at = this.clock.now();
    return Promise.all(
      channels.map(async (channelId) => {
        const past = await this.pastOf({ site, releaseId, channelId }, version);
        const channel = this.registered.channel(channelId);
        const adapter = channel && adapters[channel.kind];
        return standing(past, { channelId, channel, adapter, intent, at });
      }),
    );
  }

  /** The delivery of the first version: of a part of a linked release it is the one that went out with it. */
  async firstIdOf({ site, releaseId, channelId }: Place): Promise<string> {
    const alone = deliveryIdOf(site, releaseId, channelId);
    const past = (await this.journal.read({ aggregate: 'release', site, id: releaseId })).events as ReleaseEvent[];
    const first = past.findLast((event) => event.type === 'release.signed' && (event.version ?? 1) === 1);
    if (first?.type !== 'release.signed' || !first.linked) return alone;
    const { linkedId } = first.linked;
    const linked = await this.journal.read({ aggregate: 'linked', site: first.linked.site, id: linkedId });
    const { wanted } = linkedTargets(linked.entries as Entry<LinkedEvent>[]);
    const own = wanted.find((each) => each.releaseId === releaseId && each.channelId === channelId);
    return own ? linkedDeliveryIdOf(linkedId, own) : alone;
  }

  /** What was ever to bring a version up to this one to the channel, the oldest first. */
  async pastOf(place: Place, version: number): Promise<PastDelivery[]> {
    const { site } = place;
    const ids = [await this.firstIdOf(place)];
    for (let each = 2; each <= version; each++) ids.push(recallDeliveryIdOf('amend', place, each));
    const past = await Promise.all(
      ids.map(async (id) =>
        pastOf((await this.journal.read({ aggregate: 'delivery', site, id })).events as DeliveryEvent[]),
      ),
    );
    return past.filter((each) => each !== null);
  }
}
