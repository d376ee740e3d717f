import { defineAggregate } from '@tongsheng/bus';
import { ItemCommand, ItemEvent } from '@tongsheng/contracts';

type Item = { version: 0 } | { version: number; contentHash: string };

/** One piece of information from a source: published once, a new version for each change of its content. */
export const item = defineAggregate({
  name: 'item',
  commands: ItemCommand,
  events: ItemEvent,
  siteOf: (command) => command.sourceId,
  idOf: (command) => command.itemId,
  opens: ['item.observe'],
  initial: { version: 0 } as Item,

  decide(command, known): ItemEvent[] {
    const { itemId, sourceId, key, publication, content, at } = command;
    if (!('contentHash' in known)) {
      const first = { itemId, sourceId, version: 1, ...content, key, publication, firstSeenAt: at };
      return [{ type: 'item.published', ...first }];
    }
    if (known.contentHash === content.contentHash) return [];
    return [{ type: 'item.revised', itemId, sourceId, version: known.version + 1, ...content, seenAt: at }];
  },

  evolve: (_, { version, contentHash }): Item => ({ version, contentHash }),
});
