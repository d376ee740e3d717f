import type { ComplianceTask, Forecast } from '@tongsheng/contracts';
import type { ProjectionReader } from '@tongsheng/projections';
import { openOf, type Compliance } from './compliance.ts';
import { hourMs, type DecidedHour } from './pace.ts';

export type OpenTask = Pick<ComplianceTask, 'taskId' | 'site' | 'title' | 'sourceName' | 'dueAt'>;

/** Everything that the public does not have yet, whenever it is due; of what is owed for several sources the earliest limit. */
export async function openTasks(
  reader: Pick<ProjectionReader<'repost', Compliance>, 'list'>,
  sites: readonly string[],
): Promise<OpenTask[]> {
  const lists = await Promise.all(sites.map((site) => reader.list(openOf(site), { limit: 10_000 })));
  return lists.flat().flatMap(({ taskId, site, counted }) => {
    const open = counted.filter(({ outcome, duty }) => outcome === 'open' && duty === 'repost');
    const first = open.sort((one, other) => (one.dueAt < other.dueAt ? -1 : 1))[0];
    return first ? [{ taskId, site, title: first.title, sourceName: first.sourceName, dueAt: first.dueAt }] : [];
  });
}

const dayMs = 24 * hourMs;
/** The pace of so many days counts at most; below the least, hours of the day are not told apart. */
const days = { least: 7, most: 28 };
const hoursAhead = 24;

/** Where in the log the pace is to be read from. */
export const paceFrom = (at: string): number => Math.floor(Date.parse(at) / hourMs) * hourMs - days.most * dayMs;

type Pace = {
  basis: Forecast['basis'];
  days: number;
  /** Decisions of a site within an hour that begins at this instant. */
  at(site: string, hour: number): number;
};

/** What people decide in an hour, by the hours that are over. Beijing is whole hours from UTC: an hour of the day is one there, too. */
export function paceOf(past: readonly DecidedHour[], at: string): Pace {
  const end = Math.floor(Date.parse(at) / hourMs) * hourMs;
  const window = past.filter(({ hour }) => hour >= end - days.most * dayMs && hour < end);
  const first = Math.min(...window.map(({ hour }) => hour));
  if (window.length === 0) return { basis: 'none', days: 0, at: () => 0 };
  const known = (end - first) / dayMs;
  const sum = (hours: readonly DecidedHour[], site: string) =>
    hours.reduce((total, { bySite }) => total + (bySite[site] ?? 0), 0);
  if (known < days.least) {
    const length = (end - first) / hourMs;
    return { basis: 'even', days: known, at: (site) => sum(window, site) / length };
  }
  // Whole days, so that each hour of the day was there equally often.
  const whole = Math.min(days.most, Math.floor(known));
  const counted = window.filter(({ hour }) => hour >= end - whole * dayMs);
  const bySite = new Map<string, number[]>();
  return {
    basis: 'hourly',
    days: whole,
    at(site, hour) {
      let mean = bySite.get(site);
      if (!mean) {
        const ofDay = (each: number) => counted.filter((row) => (row.hour / hourMs) % 24 === each);
        mean = Array.from({ length: 24 }, (_, each) => sum(ofDay(each), site) / whole);
        bySite.set(site, mean);
      }
      return mean[(hour / hourMs) % 24] ?? 0;
    },
  };
}

/**
 * When each task will be decided if its site goes on at its pace, the most urgent first; what is overdue is still to be
 * done before the rest. `null`: not within the next day.
 */
export function expectedAt(open: readonly OpenTask[], pace: Pace, at: string): Map<OpenTask, number | null> {
  const now = Date.parse(at);
  const expected = new Map<OpenTask, number | null>();
  for (const site of new Set(open.map((task) => task.site))) {
    const queue = open
      .filter((task) => task.site === site)
      .sort((one, other) =>
        one.dueAt === other.dueAt ? (one.taskId < other.taskId ? -1 : 1) : one.dueAt < other.dueAt ? -1 : 1,
      );
    let done = 0;
    let next = 0;
    for (let from = now; from < now + hoursAhead * hourMs;) {
      const hour = Math.floor(from / hourMs) * hourMs;
      const to = Math.min(hour + hourMs, now + hoursAhead * hourMs);
      const perMs = pace.at(site, hour) / hourMs;
      const after = done + perMs * (to - from);
      // A hair of rounding must not move a task to the next hour.
      while (next < queue.length && perMs > 0 && next + 1 <= after + 1e-9) {
        expected.set(queue[next]!, Math.round(from + (next + 1 - done) / perMs));
        next++;
      }
      done = after;
      from = to;
    }
    for (const task of queue.slice(next)) expected.set(task, null);
  }
  return expected;
}

/** What of the open tasks will be late within a day, hour by hour, if people go on deciding as they have. */
export function forecast(open: readonly OpenTask[], past: readonly DecidedHour[], at: string): Forecast {
  const now = Date.parse(at);
  const end = now + hoursAhead * hourMs;
  const pace = paceOf(past, at);
  const expected = expectedAt(open, pace, at);
  const dueOf = ({ dueAt }: OpenTask) => Date.parse(dueAt);
  const ahead = open.filter((task) => dueOf(task) >= now && dueOf(task) < end);
  const late = ahead
    .filter((task) => pace.basis !== 'none' && (expected.get(task) ?? Infinity) > dueOf(task))
    .sort((one, other) => dueOf(one) - dueOf(other));
  const sites = [...new Set(open.map(({ site }) => site))];
  const first = late[0];
  const firstHour = Math.floor(now / hourMs) * hourMs;
  const iso = (ms: number) => new Date(ms).toISOString();
  const within = (tasks: readonly OpenTask[], hour: number) =>
    tasks.filter((task) => dueOf(task) >= hour && dueOf(task) < hour + hourMs).length;
  return {
    asOf: at,
    basis: pace.basis,
    days: pace.days,
    open: open.length,
    overdue: open.filter((task) => dueOf(task) < now).length,
    after: first ? iso(Math.floor(dueOf(first) / hourMs) * hourMs) : null,
    late: late.length,
    hours: Array.from({ length: hoursAhead + 1 }, (_, i) => firstHour + i * hourMs)
      .filter((hour) => hour < end)
      .map((hour) => ({
        from: iso(hour),
        decisions: sites.reduce((sum, site) => sum + pace.at(site, hour), 0),
        due: within(ahead, hour),
        late: within(late, hour),
      })),
    tasks: late.map((task) => {
      const { taskId, site, title, sourceName, dueAt } = task;
      const ms = expected.get(task) ?? null;
      return { taskId, site, title, sourceName, dueAt, expectedAt: ms === null ? null : iso(ms) };
    }),
  };
}
