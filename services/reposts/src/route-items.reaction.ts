import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { carryOut, causedBy, Journal, Reaction, type Entry } from '@tongsheng/bus';
import { versionsOf, type ItemEvent } from '@tongsheng/contracts';
import { Clock } from '@tongsheng/runtime';
import { textOf } from '@tongsheng/web';
import { Configuration } from './configuration.ts';
import { kindOf } from './likeness.ts';
import { decide, type Routable } from './rules.ts';
import { routing } from './routing.ts';

type Published = Extract<ItemEvent, { type: 'item.published' }>;

/** When a source carries something new, then the rules are asked; again when it changes, because it may say more now. */
@Controller()
export class RouteItems {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
    private readonly configuration: Configuration,
  ) {}

  @Reaction('item', 'queue-reposts')
  async react(@Payload() entry: Entry<ItemEvent>): Promise<void> {
    const told = entry.events.some((event) => event.type === 'item.published' || event.type === 'item.revised');
    if (!told) return;
    const { events } = await this.journal.read({ aggregate: 'item', site: entry.site, id: entry.id });
    const item = routableOf(events as ItemEvent[]);
    const { itemId, sourceId } = events[0] as Published;
    const { source, book } = await this.configuration.for(sourceId);
    const { title, link, publication, firstSeenAt } = item;
    await carryOut(this.journal, routing, {
      type: 'routing.decide',
      id: `${itemId}/route/${entry.position}`,
      at: this.clock.now(),
      actor: { kind: 'service', id: 'reposts' },
      ...causedBy(entry),
      itemId,
      sourceId,
      title,
      link,
      publication,
      firstSeenAt,
      decision: decide(item, source, book),
    });
  }
}

/** What rules look at, of an item as it is now. */
export function routableOf(events: readonly ItemEvent[]): Routable & { link: string | null } {
  const { sourceId, publication, firstSeenAt } = events[0] as Published;
  const { title, link, html, documentNumber, issuer, column } = versionsOf(events).at(-1)!;
  const kind = kindOf({ title, documentNumber });
  return { sourceId, title, link, text: textOf(html), documentNumber, issuer, column, kind, publication, firstSeenAt };
}
