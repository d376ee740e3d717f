import { type ItemEvent, type ItemRow, type ItemVersion, type RepostEvent } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';
import { textOf } from '@tongsheng/web';

/** As it is stored: with what a search looks into, and without the source's name, which may change. */
export type StoredItem = Omit<ItemRow, 'sourceName'> & { text: string };

const searchedCharacters = 20_000;
/** The rule of the regulation itself, which binds where no other one speaks of an item. */
const unruled = 'regulation';

/** Every item by when it was first seen: of which source, what no rule speaks of, and what is lost upstream. */
export const items = defineProjection({
  name: 'items',
  version: 1,
  follows: ['item', 'repost'],
  /** Of the tasks only their birth says which item they are about, and only that counts. */
  keyOf: (event: ItemEvent | RepostEvent) => ('itemId' in event ? event.itemId : null),

  apply(row: StoredItem | null, event): StoredItem | null {
    if (event.type === 'item.published') return published(event);
    if (row === null || !('itemId' in event)) return row;
    switch (event.type) {
      case 'item.revised':
        return { ...row, ...contentOf(event), changedAt: event.seenAt, files: { kept: 0, failed: 0 } };
      case 'item.missing':
        return { ...row, presence: 'missing' };
      case 'item.withdrawn':
        return { ...row, presence: 'withdrawn' };
      case 'item.returned':
        return { ...row, presence: 'present' };
      case 'item.files_kept':
        return event.version === row.version
          ? { ...row, files: { kept: event.files.length, failed: event.failed.length } }
          : row;
      case 'repost.queued':
        return { ...row, tasks: row.tasks + 1, unrouted: row.unrouted || event.rule.ruleId === unruled };
      case 'item.page_seen':
        return row;
    }
  },

  sets({ sourceId, firstSeenAt, presence, unrouted }): Record<string, number> {
    const seen = Date.parse(firstSeenAt);
    return {
      all: seen,
      [`source:${sourceId}`]: seen,
      ...(unrouted && { unrouted: seen }),
      ...(presence !== 'present' && { withdrawn: seen }),
    };
  },
});

function published(event: Extract<ItemEvent, { type: 'item.published' }>): StoredItem {
  const { itemId, sourceId, publication, firstSeenAt } = event;
  return {
    itemId,
    sourceId,
    publication,
    firstSeenAt,
    changedAt: firstSeenAt,
    ...contentOf(event),
    presence: 'present',
    files: { kept: 0, failed: 0 },
    tasks: 0,
    unrouted: false,
  };
}

function contentOf({ version, title, link, documentNumber, issuer, column, attachments, html }: ItemVersion) {
  const text = textOf(html).slice(0, searchedCharacters);
  return { version, title, link, documentNumber, issuer, column, attachments: attachments.length, text };
}
