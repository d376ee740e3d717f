import { defineAggregate } from '@tongsheng/bus';
import { AliasCommand, ItemKnownAs } from '@tongsheng/contracts';

/**
 * Another stable key of an item. Whoever claims it first has it: of two detectors that meet the same document under
 * different keys at the same moment, one names the item and the other learns which it is.
 */
export const alias = defineAggregate({
  name: 'alias',
  commands: AliasCommand,
  events: ItemKnownAs,
  siteOf: (command) => command.sourceId,
  idOf: (command) => command.aliasId,
  opens: ['alias.claim'],
  initial: null as string | null,

  decide({ sourceId, itemId, key, at }, owner): ItemKnownAs[] {
    return owner === null ? [{ type: 'item.known_as', sourceId, itemId, key, knownAt: at }] : [];
  },

  evolve: (_, { itemId }): string | null => itemId,
});
