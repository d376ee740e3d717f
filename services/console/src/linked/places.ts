import type { DeliveryRow, LinkedRow } from '@tongsheng/contracts';

/** How many of the parts got so far at a place, and when the last of them did. */
export type Progress = { n: number; at: string | null };

/** A site or a channel of a linked release, and how far its parts are there: made ready, told to go, visible. */
export type Place = {
  kind: 'page' | 'channel';
  id: string;
  /** What it was called when something was made ready there; null while nothing was. */
  name: string | null;
  required: boolean;
  parts: number;
  prepared: Progress;
  committed: Progress;
  visible: Progress;
  /** What is not as it should be, part by part. */
  troubles: { releaseId: string; delivery: DeliveryRow }[];
  /** Was not ready at T0, and follows. */
  late: boolean;
};

const progress = (instants: readonly (string | null)[]): Progress => {
  const reached = instants.filter((at) => at !== null).sort();
  return { n: reached.length, at: reached.at(-1) ?? null };
};

/** Every place of a plan: what stands in the way first, then sites, then channels, in the plan's order. */
export function placesOf(row: LinkedRow, deliveries: readonly DeliveryRow[]): Place[] {
  const { parts, sites, channels, late } = row;
  const isLate = (id: string) => late.some((target) => target.endsWith(`/${id}`) && target.startsWith('channel/'));
  const pages = sites.map((id): Place => {
    const ready = row.pages.filter(({ target }) => target.endsWith(`/${id}`)).map(() => row.sealedAt);
    const all = parts.map(() => row.committedAt);
    const visible = progress(parts.map(() => row.openedAt));
    const counts = { prepared: progress(ready), committed: progress(all), visible };
    return { kind: 'page', id, name: null, required: true, parts: parts.length, ...counts, troubles: [], late: false };
  });
  const standing = deliveries.filter(({ state, embargo }) => state !== 'cancelled' && embargo === null);
  const pushed = channels.map(({ channelId: id, required }): Place => {
    const own = standing.filter(({ channelId }) => channelId === id);
    return {
      kind: 'channel',
      id,
      name: own[0]?.channelName ?? null,
      required,
      parts: parts.length,
      prepared: progress(own.map(({ preparedAt }) => preparedAt)),
      committed: progress(own.map(({ committedAt }) => committedAt)),
      visible: progress(own.map(({ confirmedAt }) => confirmedAt)),
      troubles: own.filter(isTrouble).map((delivery) => ({ releaseId: delivery.releaseId, delivery })),
      late: isLate(id),
    };
  });
  const all = [...pages, ...pushed];
  return [...all.filter(({ troubles }) => troubles.length > 0), ...all.filter(({ troubles }) => troubles.length === 0)];
}

/** It can't be made ready, or did not get through: people should look. */
const isTrouble = ({ state, ready, trouble, nextAttemptAt }: DeliveryRow): boolean =>
  state === 'preparing'
    ? ready === false && trouble !== null
    : ['failed', 'unknown', 'lost'].includes(state) || (nextAttemptAt !== null && trouble !== null);

/** Between the first that could be seen and the last, in ms; null until all can. */
export function skewOf(places: readonly Place[]): { first: string; last: string; ms: number } | null {
  if (places.length === 0 || places.some(({ visible, parts }) => visible.n < parts)) return null;
  const instants = places.flatMap(({ visible }) => visible.at ?? []).sort();
  const [first, last] = [instants[0], instants.at(-1)];
  return first === undefined || last === undefined ? null : { first, last, ms: Date.parse(last) - Date.parse(first) };
}

/** Early copies that say something else than what will go out: of another moment, or of what was signed anew since. */
export const isOutdated = (
  { contents, until }: LinkedRow['press'][number],
  row: Pick<LinkedRow, 't0' | 'contents'>,
): boolean =>
  until !== row.t0 || Object.entries(contents).some(([releaseId, hash]) => row.contents[releaseId] !== hash);

/** `王记者 <wang@paper.example>`, one a line; also with a comma or a space between. Null for what is none. */
export function contactOf(written: string): { name: string; email: string } | null {
  const [, name = '', email = ''] =
    /^(.*?)[\s,，;；<＜]*([^\s<>,，;；＜＞]+@[^\s<>,，;；＜＞]+\.[^\s<>,，;；＜＞]+)[>＞]?$/.exec(written.trim()) ?? [];
  return email === '' ? null : { name: name.trim() || email, email };
}
