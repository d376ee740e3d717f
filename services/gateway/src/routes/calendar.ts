import {
  CalendarView,
  instant,
  isSealed,
  Refusal,
  token,
  type CalendarEntry,
  type LinkedRow,
  type Role,
} from '@tongsheng/contracts';
import { NoKey, SecretBox } from '@tongsheng/runtime';
import { ICalCalendar, ICalEventStatus } from 'ical-generator';
import { z } from 'zod';
import { conflictsOf, daysOf, nearMs, quotasOf, restDay } from '../calendar.ts';
import { servesSite } from '../permissions.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Caller } from '../sessions.ts';
import type { ViewTools } from './views.ts';

type Reader = Pick<Caller, 'sites'>;

const readers: Role[] = ['comms', 'reviewer', 'confidentiality', 'signer', 'manager', 'duty', 'admin'];
const period = z.object({ from: instant, to: instant, atLeast: z.coerce.number().int().min(0).default(0) });
const most = 2_000;
/** What a subscribed calendar shows, in days before and after. */
const feed = { before: 30, after: 90 };
const dayMs = 24 * 3_600_000;
const owner = 'calendar-link';
const calendarType = 'text/calendar';

/** What goes out when, what does not fit, and what channels allow on each day. */
export function calendarRoutes({ models, clock, settings }: ViewTools): Route[] {
  const secrets = SecretBox.fromConfig(settings.values);
  const now = () => clock.now();
  const shift = (days: number) => new Date(Date.parse(now()) + days * dayMs).toISOString();

  /** Of all sites that somebody works for, also where another leads. */
  const linkedIn = async (reader: Reader, from: string, to: string): Promise<LinkedRow[]> => {
    const range = { min: Date.parse(from), max: Date.parse(to) - 1, limit: most };
    const rows = await models.linked.reader.list('all:*', range);
    return rows.filter(({ site, sites }) => [site, ...sites].some((each) => servesSite(reader, each)));
  };

  const entriesIn = async (reader: Reader, from: string, to: string): Promise<CalendarEntry[]> => {
    const range = { min: Date.parse(from), max: Date.parse(to) - 1, limit: most };
    const sets = (name: string) =>
      reader.sites.includes('*') ? [`${name}:*`] : reader.sites.map((site) => `${name}:${site}`);
    const distinct = <Row>(rows: Row[], keyOf: (row: Row) => string) => [
      ...new Map(rows.map((row) => [keyOf(row), row])).values(),
    ];
    const [linked, due, slots, open, releases, postponed] = await Promise.all([
      linkedIn(reader, from, to),
      Promise.all(sets('due').map((set) => models.submissions.reader.list(set, range))),
      Promise.all(sets('slot').map((set) => models.submissions.reader.list(set, range))),
      Promise.all(sets('due').map((set) => models.submissions.reader.list(set, { limit: most }))),
      Promise.all(sets('all').map((set) => models.releases.reader.list(set, range))),
      Promise.all(sets('postponed').map((set) => models.deliveries.reader.list(set, range))),
    ]);
    const together = new Set(linked.flatMap(({ parts }) => parts.map(({ site, releaseId }) => `${site}/${releaseId}`)));
    const nameOf = (channelId: string) => models.channels.get(channelId)?.channel.name ?? channelId;
    const within = (at: string | null): at is string => at !== null && at >= from && at < to;
    const submissionKey = (row: { site: string; submissionId: string }) => `${row.site}/${row.submissionId}`;
    return [
      ...linked
        .filter(({ state }) => state !== 'cancelled')
        .map((row) => ({
          kind: 'linked' as const,
          id: `linked/${row.site}/${row.linkedId}`,
          at: row.t0,
          site: row.site,
          title: row.title,
          linkedId: row.linkedId,
          sites: row.sites,
          state: row.state,
          parts: row.parts.map(({ site, releaseId }) => ({ site, releaseId })),
          channels: row.channels.map(({ channelId }) => ({ channelId, name: nameOf(channelId) })),
        })),
      ...distinct(due.flat(), submissionKey).map((row) => ({
        kind: 'due' as const,
        id: `due/${submissionKey(row)}`,
        at: row.dueAt,
        site: row.site,
        title: row.title,
        submissionId: row.submissionId,
        with: row.to.name,
      })),
      // What has become a linked release stands there as one.
      ...distinct([...slots.flat(), ...open.flat()], submissionKey)
        .filter(({ slot, linked: joined }) => within(slot) && joined === null)
        .map((row) => ({
          kind: 'slot' as const,
          id: `slot/${submissionKey(row)}`,
          at: row.slot!,
          site: row.site,
          title: row.title,
          submissionId: row.submissionId,
          isAgreed: row.owes === null,
          with: row.to.name,
        })),
      ...releases
        .flat()
        .filter(({ state, site, releaseId }) => state === 'published' && !together.has(`${site}/${releaseId}`))
        .map(({ site, releaseId, title, updatedAt: at }) => ({
          kind: 'release' as const,
          id: `release/${site}/${releaseId}`,
          at,
          site,
          title,
          releaseId,
        })),
      ...postponed.flat().map(({ deliveryId, site, releaseId, title, channelName, nextAttemptAt }) => ({
        kind: 'postponed' as const,
        id: `delivery/${deliveryId}`,
        at: nextAttemptAt!,
        site,
        title,
        releaseId,
        channelName,
      })),
    ].sort((one, other) => (one.at < other.at ? -1 : 1));
  };

  const fileOf = async (reader: Reader): Promise<string> => {
    const calendar = new ICalCalendar({ name: '同声发布日历', timezone: 'Asia/Shanghai', ttl: 900 });
    for (const entry of await entriesIn(reader, shift(-feed.before), shift(feed.after))) {
      const { id, at, title } = entry;
      calendar.createEvent({
        id,
        start: new Date(at),
        end: new Date(Date.parse(at) + (entry.kind === 'due' ? 0 : 15 * 60_000)),
        summary: `${words[entry.kind]} ${title}`,
        status: entry.kind === 'slot' && !entry.isAgreed ? ICalEventStatus.TENTATIVE : ICalEventStatus.CONFIRMED,
      });
    }
    return calendar.toString();
  };

  return [
    defineRoute({
      method: 'GET',
      path: '/api/calendar',
      says: 'What goes out, is due or waits in a period, what does not fit, and what is taken of channels’ quotas.',
      may: readers,
      query: period,
      answer: CalendarView,
      async handle({ query: { from, to, atLeast }, caller }) {
        if (Date.parse(to) - Date.parse(from) > 100 * dayMs)
          throw new Refusal('command_invalid', 'to: a calendar shows at most 100 days');
        await Promise.all([models.linked.runner.reach(atLeast), models.quotas.runner.reach(atLeast)]);
        const range = { min: Date.parse(from) - 31 * dayMs, max: Date.parse(to), limit: most };
        // Beyond its edges too: what is near or takes the day may lie there.
        const around = (at: string, ms: number) => new Date(Date.parse(at) + ms).toISOString();
        const [entries, wider, quotas] = await Promise.all([
          entriesIn(caller, from, to),
          entriesIn(caller, around(from, -nearMs), around(to, nearMs)),
          models.quotas.reader.list('all', range),
        ]);
        const channels = new Map(models.channels.all().map(({ channel }) => [channel.channelId, channel]));
        const shown = new Set(entries.map(({ id }) => id));
        const known = { channels, quotas, now: now() };
        const titles = await titlesOf(caller, quotas);
        const days = daysOf(from, to);
        return {
          entries,
          conflicts: conflictsOf(wider, known).filter((each) => each.entries.some((id) => shown.has(id))),
          quotas: quotasOf(quotas, channels, ({ site, releaseId }) => titles.get(`${site}/${releaseId}`)).filter(
            ({ day, site }) => days.includes(day) && servesSite(caller, site),
          ),
          restDays: days.flatMap((day) => {
            const name = restDay(day);
            return name === null ? [] : [{ day, name }];
          }),
          position: await models.linked.reader.position(),
          serverTime: now(),
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/calendar.ics',
      says: 'The same as an iCalendar file, from a month ago to three months ahead.',
      may: readers,
      answer: z.string(),
      mediaType: calendarType,
      async handle({ caller, reply }) {
        reply.type(`${calendarType}; charset=utf-8`);
        reply.header('content-disposition', 'attachment; filename="tongsheng.ics"');
        return fileOf(caller);
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/calendar/link',
      says: 'An address to subscribe this person’s calendar by; whoever has it reads it, so it is to be kept private.',
      may: readers,
      answer: z.object({ path: z.string() }),
      handle({ caller }) {
        const key = secrets.seal(caller.personId, owner, now());
        return { path: `/api/calendar/feed.ics?key=${encodeURIComponent(key)}` };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/calendar/feed.ics',
      says: 'The calendar behind such an address, for as long as the person works here.',
      may: 'public',
      query: z.object({ key: z.string().max(1_000) }),
      answer: z.string(),
      mediaType: calendarType,
      async handle({ query: { key }, reply }) {
        const person = models.people.get(personOf(secrets, key) ?? '');
        if (!person || person.disabled || !readers.some((role) => person.roles.includes(role)))
          throw new Refusal('sign_in_failed', 'the address is not valid, or no longer');
        reply.type(`${calendarType}; charset=utf-8`);
        return fileOf(person);
      },
    }),
  ];

  /** What holds slots, by its title, for those who work for its site. */
  async function titlesOf(caller: Caller, rows: Awaited<ReturnType<typeof models.quotas.reader.list>>) {
    const wanted = rows.flatMap(({ holders }) => holders.flatMap((each) => each.for ?? []));
    const titles = new Map<string, string>();
    for (const { site, releaseId } of wanted) {
      if (!servesSite(caller, site)) continue;
      const row = await models.releases.reader.get(`${site}/${releaseId}`);
      if (row) titles.set(`${site}/${releaseId}`, row.title);
    }
    return titles;
  }
}

const words: Record<CalendarEntry['kind'], string> = {
  linked: '联动发布',
  slot: '约定时刻',
  due: '报送答复到期',
  release: '已发布',
  postponed: '推迟投递',
};

function personOf(secrets: SecretBox, key: string): string | null {
  if (!isSealed(key)) return null;
  try {
    return token.parse(secrets.open(key, owner));
  } catch (error) {
    if (error instanceof NoKey) return null;
    throw error;
  }
}
