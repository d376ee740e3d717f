import { groupOf, type DeliveryGroup, type DeliveryRow } from '@tongsheng/contracts';

type Counts = Record<DeliveryGroup, number>;
export type OfRelease = {
  key: string;
  site: string;
  releaseId: string;
  title: string;
  rows: DeliveryRow[];
  counts: Counts;
};
export type OfChannel = {
  channelId: string;
  name: string;
  kind: string;
  site: string;
  rows: DeliveryRow[];
  counts: Counts;
};

/** What needs a person comes first, then what is under way. */
const weight = ({ counts }: { counts: Counts }): number =>
  counts.unknown > 0 ? 3 : counts.failed > 0 ? 2 : counts.open > 0 ? 1 : 0;

const countsOf = (rows: readonly DeliveryRow[]): Counts => {
  const counts: Counts = { open: 0, unknown: 0, failed: 0, confirmed: 0, cancelled: 0 };
  for (const { state } of rows) counts[groupOf[state]] += 1;
  return counts;
};

function gather(rows: readonly DeliveryRow[], keyOf: (row: DeliveryRow) => string): [string, DeliveryRow[]][] {
  const found = new Map<string, DeliveryRow[]>();
  for (const row of rows) {
    const known = found.get(keyOf(row));
    if (known) known.push(row);
    else found.set(keyOf(row), [row]);
  }
  return [...found];
}

/** A row for each release: on which channels it is, and where not yet. Of equal need the newest comes first. */
export function byRelease(rows: readonly DeliveryRow[]): OfRelease[] {
  return gather(rows, ({ site, releaseId }) => `${site}/${releaseId}`)
    .map(([key, its]) => {
      const { site, releaseId, title } = its[0]!;
      const sorted = its.toSorted((a, b) => a.channelName.localeCompare(b.channelName, 'zh'));
      return { key, site, releaseId, title, rows: sorted, counts: countsOf(its) };
    })
    .sort((a, b) => weight(b) - weight(a));
}

/** A row for each channel. */
export function byChannel(rows: readonly DeliveryRow[]): OfChannel[] {
  return gather(rows, ({ channelId }) => channelId)
    .map(([channelId, its]) => {
      const { channelName: name, channelKind: kind, site } = its[0]!;
      return { channelId, name, kind, site, rows: its, counts: countsOf(its) };
    })
    .sort((a, b) => weight(b) - weight(a) || a.name.localeCompare(b.name, 'zh'));
}
