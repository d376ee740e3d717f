import type { DeliveryRow } from '@tongsheng/contracts';

/** A task that people hand over, as it is typed while it is brought back; `visibleAt` in Beijing time. */
export type ReportDraft = { url: string; visibleAt: string; note: string; screenshot: File | null };

export const isByHand = ({ state, assignment }: DeliveryRow): boolean => state === 'pending' && assignment !== null;

/** What waits for a person, the soonest due first. */
export const tasksOf = (rows: readonly DeliveryRow[]): DeliveryRow[] =>
  rows.filter(isByHand).toSorted((one, other) => (one.assignment!.dueAt < other.assignment!.dueAt ? -1 : 1));

/** What people brought back, the newest first. */
export const doneOf = (rows: readonly DeliveryRow[]): DeliveryRow[] =>
  rows
    .filter(({ reported }) => reported !== null)
    .toSorted((one, other) => (one.reported!.at < other.reported!.at ? 1 : -1))
    .slice(0, 50);

/** As the field of a form has this moment. */
export const localNow = (now: number): string => new Date(now + 8 * 3_600_000).toISOString().slice(0, 16);

/** What is missing or wrong of it, in the order of the form. */
export function problemsOf(
  { url, visibleAt, screenshot }: ReportDraft,
  now: number,
): ('url' | 'time' | 'screenshot')[] {
  const isAddress = URL.canParse(url.trim()) && /^https?:/i.test(url.trim());
  const isMoment = visibleAt !== '' && Date.parse(`${visibleAt}:00+08:00`) <= now + 60_000;
  return [
    ...(isAddress ? [] : (['url'] as const)),
    ...(isMoment ? [] : (['time'] as const)),
    ...(screenshot ? [] : (['screenshot'] as const)),
  ];
}

/** What is said of it. */
export const reportOf = ({ site, deliveryId }: DeliveryRow, draft: ReportDraft, screenshot: string) => ({
  type: 'delivery.report',
  site,
  deliveryId,
  url: draft.url.trim(),
  visibleAt: new Date(`${draft.visibleAt}:00+08:00`).toISOString(),
  screenshot,
  note: draft.note.trim(),
});
