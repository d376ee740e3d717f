import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Journal } from '@tongsheng/bus';
import type { DeliveryEvent, HoldingsQuery, RecallTarget } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { adapters } from './channels/index.ts';
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

  /** What was ever to bring a version up to this one to the channel, the oldest first. */
  async pastOf(place: Place, version: number): Promise<PastDelivery[]> {
    const { site, releaseId, channelId } = place;
    const ids = [deliveryIdOf(site, releaseId, channelId)];
    for (let each = 2; each <= version; each++) ids.push(recallDeliveryIdOf('amend', place, each));
    const past = await Promise.all(
      ids.map(async (id) =>
        pastOf((await this.journal.read({ aggregate: 'delivery', site, id })).events as DeliveryEvent[]),
      ),
    );
    return past.filter((each) => each !== null);
  }
}
