import { Injectable } from '@nestjs/common';
import { causedBy, Journal } from '@tongsheng/bus';
import { versionsOf, type ItemEvent, type ItemVersion, type RoutingEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { Clusters } from './clusters.ts';
import { dueAt } from './obligations.ts';
import { Tasks, taskIdOf } from './tasks.ts';

type Cause = ReturnType<typeof causedBy>;

/** Tells the tasks of an item what its source says of it now. */
@Injectable()
export class Following {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly clusters: Clusters,
    private readonly tasks: Tasks,
  ) {}

  async newest(sourceId: string, itemId: string): Promise<ItemVersion> {
    const { events } = await this.journal.read({ aggregate: 'item', site: sourceId, id: itemId });
    return versionsOf(events as ItemEvent[]).at(-1)!;
  }

  /** A page that is out has to be brought up to date within the limit that bound the site to repost it. */
  async follow({ itemId, sourceId, version, contentHash, title }: ItemVersion, cause: Cause): Promise<void> {
    const clusterId = await this.clusters.of(itemId);
    if (clusterId === null) return;
    const { events } = await this.journal.read({ aggregate: 'routing', site: sourceId, id: itemId });
    const bindings = (events as RoutingEvent[]).flatMap((event) => ('bindings' in event ? event.bindings : []));
    const at = this.clock.now();
    await Promise.all(
      bindings.flatMap(({ sites, target, limit }) =>
        sites.map((site) => {
          const taskId = taskIdOf(site, clusterId, target);
          return this.tasks.tellIfThere({
            type: 'repost.follow_source',
            id: `${taskId}/follow/${itemId}/${version}/${cause.causationId ?? ''}`.slice(0, 200),
            at,
            actor: { kind: 'service', id: 'reposts' },
            ...cause,
            taskId,
            site,
            itemId,
            version,
            contentHash,
            title,
            update: { limit, startsAt: at, dueAt: dueAt(at, limit) },
          });
        }),
      ),
    );
  }
}
