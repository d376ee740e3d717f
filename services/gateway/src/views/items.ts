import type { ItemEvent, ItemRow, ItemVersion, RepostEvent, RoutingEvent } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';
import { textOf } from '@tongsheng/web';

/** As it is stored: with what a search looks into, and without the source's name, which may change. */
export type StoredItem = Omit<ItemRow, 'sourceName'> & { text: string };

const searchedCharacters = 20_000;

/** Every item by when it was first seen: of which source, what was decided about it, and what is lost upstream. */
export const items = defineProjection({
  name: 'items',
  version: 2,
  follows: ['item', 'repost', 'routing'],
  /** Of the tasks only what binds them says which item they are about, and only that counts. */
  keyOf: (event: ItemEvent | RepostEvent | RoutingEvent) => ('itemId' in event ? (event.itemId ?? null) : null),

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
      case 'repost.bound':
        return { ...row, tasks: row.tasks + 1 };
      case 'repost.unbound':
        return { ...row, tasks: row.tasks - 1 };
      case 'routing.decided': {
        const { effect, rule, routeBy } = event;
        return { ...row, routing: { effect, by: rule?.name ?? null, routeBy, overdue: false } };
      }
      case 'routing.assigned':
        return { ...row, routing: { effect: event.effect, by: event.byName, routeBy: null, overdue: false } };
      case 'routing.overdue':
        return { ...row, routing: row.routing && { ...row.routing, overdue: true } };
      case 'item.page_seen':
      case 'repost.source_changed':
      case 'repost.update_due':
      case 'repost.source_withdrawn':
      case 'repost.source_returned':
      case 'repost.owed_again':
      case 'repost.retract_due':
      case 'repost.retract_lifted':
      case 'repost.retract_decided':
      case 'repost.edited':
      case 'repost.edit_dropped':
      case 'repost.review_passed':
      case 'repost.approved':
        return row;
    }
  },

  sets({ sourceId, firstSeenAt, presence, routing }): Record<string, number> {
    const seen = Date.parse(firstSeenAt);
    return {
      all: seen,
      [`source:${sourceId}`]: seen,
      ...(routing && routing.effect !== 'mandatory' && { [routing.effect]: seen }),
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
    routing: null,
  };
}

function contentOf({ version, title, link, documentNumber, issuer, column, attachments, html }: ItemVersion) {
  const text = textOf(html).slice(0, searchedCharacters);
  return { version, title, link, documentNumber, issuer, column, attachments: attachments.length, text };
}
