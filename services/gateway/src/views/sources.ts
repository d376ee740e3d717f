import type { ItemEvent, SourceHealthEvent, SourceRegistered, SourceRow } from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

const keptRejections = 20;
const unregistered = (sourceId: string): SourceRow => ({
  sourceId,
  name: sourceId,
  level: 'national',
  url: 'about:blank',
  column: '',
  paused: false,
  items: 0,
  lastItemAt: null,
  trouble: null,
  rejected: [],
});

/** What each source brought, and what is wrong with it. */
export const sources = defineProjection({
  name: 'sources',
  version: 1,
  follows: ['source', 'item', 'poll'],
  keyOf: (event: SourceRegistered | ItemEvent | SourceHealthEvent) => event.sourceId,

  apply(before: SourceRow | null, event): SourceRow {
    const row = before ?? unregistered(event.sourceId);
    switch (event.type) {
      case 'source.registered': {
        const { name, level, url, column, paused } = event;
        return { ...row, name, level, url, column, paused };
      }
      case 'item.published':
        return { ...row, items: row.items + 1, lastItemAt: event.firstSeenAt };
      case 'item.revised':
        return { ...row, lastItemAt: event.seenAt };
      case 'source.failed': {
        const { code, detail, failedAt } = event;
        return { ...row, trouble: { code, detail, since: row.trouble?.since ?? failedAt } };
      }
      case 'source.recovered':
        return { ...row, trouble: null };
      case 'source.entry_rejected': {
        const { title, code, detail, rejectedAt: at } = event;
        return { ...row, rejected: [{ title, code, detail, at }, ...row.rejected].slice(0, keptRejections) };
      }
    }
  },

  sets: () => ({ all: 0 }),
});
