import { createHash } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import type { ItemEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { Configuration } from './configuration.ts';
import { bind, dueAt, startClock } from './obligations.ts';
import { repost } from './repost.ts';

/** One task for each site and item, however often the item is told of. */
const taskIdOf = (site: string, itemId: string) =>
  createHash('sha256').update(`${site}\n${itemId}`).digest('hex').slice(0, 24);

type Published = Extract<ItemEvent, { type: 'item.published' }>;
type Revised = Extract<ItemEvent, { type: 'item.revised' }>;

/** When a source carries something new, then every site that owes it gets a task; when it changes, they follow. */
@Controller()
export class QueueReposts {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
  ) {}

  @Reaction('item', 'queue-reposts')
  async react(@Payload() entry: Entry<ItemEvent>): Promise<void> {
    for (const event of entry.events) {
      if (event.type === 'item.published') await this.#queue(entry, event);
      if (event.type === 'item.revised') await this.#follow(entry, event);
    }
  }

  async #queue(entry: Entry<ItemEvent>, item: Published): Promise<void> {
    const { source, rules, sites } = await this.configuration.for(item.sourceId);
    const binding = bind(item, source, rules, sites);
    if (!binding) return;
    const { startsAt, basis } = startClock(item.publication, item.firstSeenAt);
    const { rule, limit, column } = binding;
    const { itemId, sourceId, link, publication, firstSeenAt, version, contentHash, title } = item;

    await Promise.all(
      binding.sites.map((site) => {
        const taskId = taskIdOf(site, itemId);
        return carryOut(this.journal, repost, {
          type: 'repost.queue',
          id: `${taskId}/queue`,
          ...this.#head(entry),
          taskId,
          site,
          itemId,
          sourceId,
          link,
          publication,
          firstSeenAt,
          version,
          contentHash,
          title,
          rule,
          limit,
          column,
          basis,
          startsAt,
          dueAt: dueAt(startsAt, limit),
          sourceName: source?.name ?? sourceId,
        });
      }),
    );
  }

  async #follow(entry: Entry<ItemEvent>, { itemId, version, contentHash, title }: Revised): Promise<void> {
    const { sites } = await this.configuration.for(entry.site);
    for (const site of sites) {
      const taskId = taskIdOf(site, itemId);
      const past = await this.journal.read({ aggregate: 'repost', site, id: taskId });
      if (past.position === 0) continue;
      await carryOut(this.journal, repost, {
        type: 'repost.follow_source',
        id: `${taskId}/follow/${version}`,
        ...this.#head(entry),
        taskId,
        site,
        version,
        contentHash,
        title,
      });
    }
  }

  #head(entry: Entry) {
    return { at: this.clock.now(), actor: { kind: 'service' as const, id: 'reposts' }, ...causedBy(entry) };
  }
}
