import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus, followJournal, reasonOf, type Following } from '@tongsheng/bus';
import type { ClusterEvent, Member, SimilarView } from '@tongsheng/contracts';
import { Clock, Log } from '@tongsheng/runtime';
import { DateTime } from 'luxon';
import { signalsOf } from './likeness.ts';

/** Older ones are not offered. */
const days = 180;
const mostOffered = 10;

/** What may be the same policy, by text and title: offered to a person, because it is not sure enough to act on. */
@Injectable()
export class SimilarClusters implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #members = new Map<string, Member[]>();
  #following: Following | null = null;

  constructor(
    private readonly bus: Bus,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const onFailure = (error: unknown) => this.log.error('similar_clusters.trouble', { reason: reasonOf(error) });
    this.#following = await followJournal(this.bus, {
      aggregate: 'cluster',
      since: DateTime.fromISO(this.clock.now(), { zone: 'utc' }).minus({ days }).toISO()!,
      onFailure,
      onUnreadable: onFailure,
      onEntry: ({ events }) => {
        for (const event of events as ClusterEvent[]) this.#learn(event);
      },
    });
    await this.#following.caughtUp;
  }

  async onModuleDestroy(): Promise<void> {
    await this.#following?.stop();
  }

  to(clusterId: string): SimilarView {
    const mine = this.#members.get(clusterId) ?? [];
    const rows = [...this.#members].flatMap(([other, members]) => {
      if (other === clusterId) return [];
      const [nearest] = members
        .map((member) => ({ member, because: mine.flatMap((each) => signalsOf(each, member)) }))
        .filter(({ because }) => because.length > 0);
      if (!nearest) return [];
      const { itemId, sourceId, sourceName, title, firstSeenAt } = nearest.member;
      return [
        { clusterId: other, itemId, sourceId, sourceName, title, firstSeenAt, because: nearest.because.slice(0, 8) },
      ];
    });
    return { rows: rows.slice(-mostOffered) };
  }

  #learn(event: ClusterEvent): void {
    const { clusterId } = event;
    const members = this.#members.get(clusterId) ?? [];
    switch (event.type) {
      case 'cluster.opened':
      case 'cluster.joined':
        this.#members.set(clusterId, [...members, event.member]);
        break;
      case 'cluster.split':
        this.#members.set(
          clusterId,
          members.filter(({ itemId }) => itemId !== event.itemId),
        );
        break;
      case 'cluster.merged':
        this.#members.delete(clusterId);
        break;
      case 'cluster.paired':
        break;
    }
  }
}
