import {
  limitsOf,
  type CalendarConflict,
  type CalendarEntry,
  type CalendarQuota,
  type Channel,
  type QuotaRow,
} from '@tongsheng/contracts';
import { DateTime } from 'luxon';

const zone = 'Asia/Shanghai';
const beijing = (instant: string) => DateTime.fromISO(instant, { zone });
/** Two linked releases on one site that are closer than this take each other's readers, in ms. */
export const nearMs = 30 * 60_000;

type Linked = Extract<CalendarEntry, { kind: 'linked' }>;
type Known = {
  channels: ReadonlyMap<string, Channel>;
  quotas: readonly QuotaRow[];
  /** Only what lies ahead can still be mended. */
  now: string;
};

/** What does not fit among what goes out, the earliest first. */
export function conflictsOf(entries: readonly CalendarEntry[], known: Known): CalendarConflict[] {
  const ahead = entries
    .filter((entry): entry is Linked => entry.kind === 'linked' && entry.state === 'planned' && entry.at > known.now)
    .sort((one, other) => (one.at < other.at ? -1 : 1));
  return [...near(ahead), ...ahead.flatMap((entry) => quotaOf(entry, known)), ...rateOf(ahead, known)].sort(
    (one, other) => (one.at < other.at ? -1 : 1),
  );
}

function near(linked: readonly Linked[]): CalendarConflict[] {
  return linked.flatMap((entry, i) =>
    linked
      .slice(i + 1)
      .filter(({ at }) => Date.parse(at) - Date.parse(entry.at) < nearMs)
      .filter(({ sites }) => sites.some((site) => entry.sites.includes(site)))
      .map((other) => ({
        kind: 'near' as const,
        entries: [entry.id, other.id],
        at: entry.at,
        channelName: null,
        limit: null,
      })),
  );
}

/** Channels whose slots of the day are not all its own, because others have them. */
function quotaOf(entry: Linked, { channels, quotas }: Known): CalendarConflict[] {
  return entry.channels.flatMap(({ channelId, name }) => {
    const channel = channels.get(channelId);
    const limits = channel ? limitsOf(channel).quotas : [];
    const isFull = limits.some(({ per, count }) => {
      const period = beijing(entry.at).toFormat(per === 'day' ? 'yyyyLLdd' : 'yyyyLL');
      const holders = quotas
        .filter((row) => row.period === period)
        .flatMap((row) => row.holders)
        .filter((each) => each.channelId === channelId);
      const own = holders.filter((each) => entry.parts.some((part) => isFor(each, part))).length;
      return holders.length - own + entry.parts.length > count;
    });
    if (!isFull) return [];
    const limit = Math.min(...limits.map(({ count }) => count));
    return [{ kind: 'quota' as const, entries: [entry.id], at: entry.at, channelName: name, limit }];
  });
}

const isFor = (holder: QuotaRow['holders'][number], part: { site: string; releaseId: string }) =>
  holder.for?.releaseId === part.releaseId && holder.for.site === part.site;

/** Parts that a channel would get at one moment, against what it takes at once. */
function rateOf(linked: readonly Linked[], { channels }: Known): CalendarConflict[] {
  const moments = Map.groupBy(linked, ({ at }) => at);
  return [...moments].flatMap(([at, together]) => {
    const asked = new Map<string, { name: string; parts: number; entries: string[] }>();
    for (const entry of together)
      for (const { channelId, name } of entry.channels) {
        const before = asked.get(channelId) ?? { name, parts: 0, entries: [] };
        const parts = before.parts + entry.parts.length;
        asked.set(channelId, { name, parts, entries: [...before.entries, entry.id] });
      }
    return [...asked].flatMap(([channelId, { name, parts, entries }]) => {
      const channel = channels.get(channelId);
      const rate = channel && limitsOf(channel).rate;
      if (!rate || parts <= rate.tokens) return [];
      return [{ kind: 'rate' as const, entries, at, channelName: name, limit: rate.tokens }];
    });
  });
}

/**
 * What of each channel's quota of a day is taken, for the days that any of it is.
 * @param titleOf what a release is called, for those who may know
 */
export function quotasOf(
  rows: readonly QuotaRow[],
  channels: ReadonlyMap<string, Channel>,
  titleOf: (of: { site: string; releaseId: string }) => string | undefined,
): CalendarQuota[] {
  return rows.flatMap(({ period, limit, holders }) => {
    const channel = holders[0] && channels.get(holders[0].channelId);
    if (!channel || period.length !== 8) return [];
    const { channelId, name: channelName, site } = channel;
    const day = `${period.slice(0, 4)}-${period.slice(4, 6)}-${period.slice(6)}`;
    const titles = holders.flatMap((each) => (each.for && titleOf(each.for)) ?? []);
    return [{ channelId, channelName, site, day, limit, used: holders.length, titles }];
  });
}

const lunar = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: zone, month: 'numeric', day: 'numeric' });

/** 全国年节及纪念日放假办法: by the sun and by the moon. */
const bySun: Record<string, string> = {
  '01-01': '元旦',
  '05-01': '劳动节',
  '05-02': '劳动节',
  '10-01': '国庆节',
  '10-02': '国庆节',
  '10-03': '国庆节',
};
const byMoon: Record<string, string> = {
  '1/1': '春节',
  '1/2': '春节',
  '1/3': '春节',
  '5/5': '端午节',
  '8/15': '中秋节',
};

/** Why a day is no working day as a rule; null when it is one. What is moved by the notice of the year is not known here. */
export function restDay(day: string): string | null {
  const at = DateTime.fromISO(day, { zone }).set({ hour: 12 });
  const moon = moonDay(at);
  const holiday =
    bySun[day.slice(5)] ??
    byMoon[moon] ??
    (moonDay(at.plus({ days: 1 })) === '1/1' ? '除夕' : undefined) ??
    (isTombSweeping(at) ? '清明节' : undefined);
  if (holiday) return holiday;
  return at.weekday > 5 ? (at.weekday === 6 ? '星期六' : '星期日') : null;
}

const moonDay = (at: DateTime): string => lunar.format(at.toJSDate()).replaceAll(/[^\d/]/g, '');

/** The sun's day of 清明, good from 1901 to 2099. */
function isTombSweeping(at: DateTime): boolean {
  const of = at.year % 100;
  return at.month === 4 && at.day === Math.floor(of * 0.2422 + 4.81) - Math.floor(of / 4);
}

/** Days of a span, as Beijing counts them. */
export function daysOf(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = beijing(from).startOf('day'); day.toUTC().toISO()! < to; day = day.plus({ days: 1 }))
    days.push(day.toFormat('yyyy-LL-dd'));
  return days;
}
