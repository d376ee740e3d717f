import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Journal, Query } from '@tongsheng/bus';
import { ItemTasksQuery, target, type ItemTasks } from '@tongsheng/contracts';
import { Clusters } from './clusters.ts';
import { Configuration } from './configuration.ts';
import { taskIdOf } from './tasks.ts';

/** Which tasks an item led to, by the log alone: for who keeps only those of the last weeks. */
@Controller()
export class ItemTasksController {
  constructor(
    private readonly journal: Journal,
    private readonly clusters: Clusters,
    private readonly configuration: Configuration,
  ) {}

  @Query('reposts.of_item')
  async ofItem(@Payload({ schema: ItemTasksQuery }) { itemId, site }: ItemTasksQuery): Promise<ItemTasks> {
    const clusters = await this.clusters.everOf(itemId);
    const sites = site === undefined ? this.configuration.book.sites.map(({ siteId }) => siteId) : [site];
    const named = sites.flatMap((each) =>
      clusters.flatMap((cluster) => target.options.map((of) => ({ site: each, taskId: taskIdOf(each, cluster, of) }))),
    );
    const found = await Promise.all(
      named.map((each) => this.journal.last({ aggregate: 'repost', site: each.site, id: each.taskId })),
    );
    return { tasks: named.filter((_, i) => found[i]) };
  }
}
