import {
  detectorsOf,
  type ItemEvent,
  type ItemVersion,
  type SourceHealthEvent,
  type SourceRegistered,
  type SourceRow,
} from '@tongsheng/contracts';
import { defineProjection } from '@tongsheng/projections';

const keptRejections = 20;
const keptAnswers = 5;
const unregistered = (sourceId: string): SourceRow => ({
  sourceId,
  name: sourceId,
  level: 'national',
  kind: 'feed',
  url: 'about:blank',
  column: '',
  paused: false,
  detectors: [],
  items: 0,
  lastItemAt: null,
  received: [],
  troubles: [],
  quiet: null,
  disagreements: [],
  rejected: [],
});

/** What each source brought, and what is wrong with it. */
export const sources = defineProjection({
  name: 'sources',
  version: 3,
  follows: ['source', 'item', 'poll'],
  keyOf: (event: SourceRegistered | ItemEvent | SourceHealthEvent) => event.sourceId,

  apply(before: SourceRow | null, event): SourceRow {
    const row = before ?? unregistered(event.sourceId);
    switch (event.type) {
      case 'source.registered':
        return registered(row, event);
      case 'item.published':
        return { ...row, items: row.items + 1, lastItemAt: event.firstSeenAt, received: received(row, event) };
      case 'item.revised':
        return { ...row, lastItemAt: event.seenAt, received: received(row, event) };
      case 'source.failed': {
        const { detector = row.url, code, detail, evidence = null, failedAt } = event;
        const known = row.troubles.find((trouble) => trouble.detector === detector);
        const { since, escalatedHours } = known ?? { since: failedAt, escalatedHours: 0 };
        const trouble = { detector, code, detail, since, evidence, escalatedHours };
        return { ...row, troubles: [...without(row.troubles, detector), trouble] };
      }
      case 'source.recovered':
        return { ...row, troubles: without(row.troubles, event.detector ?? row.url) };
      case 'source.escalated': {
        const { detector = row.url, hours: escalatedHours } = event;
        const troubles = row.troubles.map((each) => (each.detector === detector ? { ...each, escalatedHours } : each));
        return { ...row, troubles };
      }
      case 'source.entry_rejected': {
        const { title, code, detail, evidence = null, rejectedAt: at } = event;
        return { ...row, rejected: [{ title, code, detail, at, evidence }, ...row.rejected].slice(0, keptRejections) };
      }
      case 'source.went_quiet': {
        const { lastAt, usualSeconds, quietAt: since } = event;
        return { ...row, quiet: { lastAt, usualSeconds, since } };
      }
      case 'source.spoke':
        return { ...row, quiet: null };
      case 'source.disagreed': {
        const { detector, missing, disagreedAt: since } = event;
        return { ...row, disagreements: [...without(row.disagreements, detector), { detector, missing, since }] };
      }
      case 'source.agreed':
        return { ...row, disagreements: without(row.disagreements, event.detector) };
      case 'item.page_seen':
      case 'item.missing':
      case 'item.withdrawn':
      case 'item.returned':
      case 'item.files_kept':
        return row;
    }
  },

  sets: () => ({ all: 0 }),
});

/** What was wrong with a detector is gone with it. */
function registered(row: SourceRow, event: SourceRegistered): SourceRow {
  const { name, level, kind, url, column, paused } = event;
  const detectors = detectorsOf(event).map((each) => ({ kind: each.kind, url: each.url }));
  const stays = ({ detector }: { detector: string }) => detectors.some((each) => each.url === detector);
  const [troubles, disagreements] = [row.troubles.filter(stays), row.disagreements.filter(stays)];
  return { ...row, name, level, kind, url, column, paused, detectors, troubles, disagreements };
}

/** One answer may bring many items. */
function received(row: SourceRow, { evidence }: ItemVersion): SourceRow['received'] {
  if (!evidence) return row.received;
  return [evidence, ...row.received.filter(({ snapshot }) => snapshot !== evidence.snapshot)].slice(0, keptAnswers);
}

const without = <T extends { detector: string }>(all: T[], detector: string) =>
  all.filter((each) => each.detector !== detector);
