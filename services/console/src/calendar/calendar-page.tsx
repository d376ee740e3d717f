import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { CalendarConflict, CalendarEntry, CalendarQuota, CalendarView } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { post } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import type { Day } from '../duty/month.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { day as dayOf, serverNow, short, timeOfDay } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';
import { calendarViews, dateAfter, shownDays, type CalendarShape } from './span.ts';

const shapeKeys = { month: 'm', week: 'w', day: 'd', list: 'l' } as const satisfies Record<CalendarShape, string>;
const clock = (instant: string) => timeOfDay(instant).slice(0, 5);

/** What goes out when: by month, week, day or as a list; what does not fit is said, and no view leaves anything out. */
export function CalendarPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const search = useSearch({ from: '/releases/calendar' });
  const today = dayOf(serverNow());
  // Where a table would be too narrow the list says the same.
  const shape: CalendarShape = search.view ?? (window.innerWidth < 1_100 ? 'list' : 'month');
  const date = search.date ?? today;
  const weeks = shownDays(shape, date);
  const days = weeks.flat();
  const answer = useQuery({
    ...views.calendar(days[0]!.from, days.at(-1)!.to),
    placeholderData: (before) => before,
  });
  const { data } = answer;
  const entries = (data?.entries ?? []).filter(({ site }) => search.site === undefined || site === search.site);
  const sites = [...new Set((data?.entries ?? []).map(({ site }) => site))];
  const go = (next: { view?: CalendarShape; date?: string }) =>
    void navigate({ to: '/releases/calendar', search: { ...search, view: shape, date, ...next } });
  const open = (entry: CalendarEntry | undefined) => entry && void navigate({ to: addressOf(entry) });
  const chosen = useRowKeys(entries.length, (at) => open(entries[at]));
  useShortcuts([
    { keys: ['['], says: 'calendar.before', group: 'keys.list', run: () => go({ date: dateAfter(shape, date, -1) }) },
    { keys: [']'], says: 'calendar.after', group: 'keys.list', run: () => go({ date: dateAfter(shape, date, 1) }) },
    { keys: ['t'], says: 'calendar.today', group: 'keys.list', run: () => go({ date: today }) },
    ...calendarViews.map((view) => ({
      keys: [shapeKeys[view]],
      says: `calendar.${view}` as Word,
      group: 'keys.list' as const,
      run: () => go({ view }),
    })),
  ]);
  const [link, setLink] = useState<string | null>(null);
  const subscribe = async () => {
    try {
      const { path } = await post<{ path: string }>('/api/calendar/link', {});
      setLink(`${location.origin}${path}`);
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  const shared = { entries, chosen: entries[chosen]?.id, data, siteName, today };
  return (
    <div className="page calendar" data-testid="calendar-page" data-view={shape}>
      <div className="page-bar">
        <div className="chips no-print" role="group" aria-label={t('calendar.views')}>
          {calendarViews.map((view) => (
            <button
              key={view}
              type="button"
              className={view === shape ? 'chip chip-here' : 'chip'}
              aria-pressed={view === shape}
              onClick={() => go({ view })}
              data-testid={`view-${view}`}
            >
              {t(`calendar.${view}`)} <kbd>{shapeKeys[view].toUpperCase()}</kbd>
            </button>
          ))}
        </div>
        <span className="top-space" />
        {sites.length > 1 && (
          <label className="inline-field no-print">
            <span>{t('roster.site')}</span>
            <select
              value={search.site ?? ''}
              onChange={({ target }) => {
                const { site: _site, ...rest } = search;
                void navigate({
                  to: '/releases/calendar',
                  search: target.value === '' ? rest : { ...rest, site: target.value },
                });
              }}
            >
              <option value="">{t('calendar.allSites')}</option>
              {sites.map((site) => (
                <option key={site} value={site}>
                  {siteName(site)}
                </option>
              ))}
            </select>
          </label>
        )}
        <a className="button no-print" href="/api/calendar.ics" download>
          {t('calendar.file')}
        </a>
        <button type="button" className="button no-print" onClick={() => void subscribe()} data-testid="subscribe">
          {t('calendar.subscribe')}
        </button>
        <button type="button" className="button no-print" onClick={() => window.print()}>
          {t('compliance.print')}
        </button>
        {hasRole(me, 'comms') && (
          <Link to="/linked/new" className="button button-primary no-print">
            {t('calendar.new')}
          </Link>
        )}
      </div>
      <div className="roster-head">
        <button
          type="button"
          className="button button-small no-print"
          onClick={() => go({ date: dateAfter(shape, date, -1) })}
        >
          {t('calendar.before')} <kbd>[</kbd>
        </button>
        <h2 className="duty-heading">{heading(shape, days, date)}</h2>
        <button
          type="button"
          className="button button-small no-print"
          onClick={() => go({ date: dateAfter(shape, date, 1) })}
        >
          {t('calendar.after')} <kbd>]</kbd>
        </button>
        <button type="button" className="link no-print" onClick={() => go({ date: today })}>
          {t('calendar.today')} <kbd>T</kbd>
        </button>
        {data && (
          <p className="hint" role="status">
            {t('calendar.count', { n: entries.length })}
          </p>
        )}
      </div>
      <Pending of={answer} />
      {data && <Conflicts data={data} />}
      {data && (shape === 'list' ? <AsList {...shared} data={data} /> : <Grid {...shared} data={data} weeks={weeks} />)}
      {data && data.restDays.length > 0 && <p className="hint">{t('calendar.restHint')}</p>}
      {link !== null && (
        <Dialog title={t('calendar.subscribe')} onClose={() => setLink(null)}>
          <p>{t('calendar.subscribeHint')}</p>
          <label className="field">
            <span>{t('calendar.address')}</span>
            <input readOnly value={link} onFocus={({ target }) => target.select()} data-testid="calendar-link" />
          </label>
          <div className="dialog-actions">
            <button
              type="button"
              className="button button-primary"
              onClick={() =>
                void navigator.clipboard.writeText(link).then(() => announce('done', t('calendar.copied')))
              }
            >
              {t('calendar.copy')}
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function heading(shape: CalendarShape, days: readonly Day[], date: string): string {
  if (shape === 'day') return date;
  return shape === 'week' ? `${days[0]!.date} – ${days.at(-1)!.date}` : date.slice(0, 7);
}

/** Where something can be done about an entry. */
function addressOf(entry: CalendarEntry): string {
  switch (entry.kind) {
    case 'linked':
      return `/linked/${entry.site}/${entry.linkedId}`;
    case 'slot':
    case 'due':
      return `/submissions/${entry.site}/${entry.submissionId}`;
    case 'release':
    case 'postponed':
      return `/releases/${entry.site}/${entry.releaseId}`;
  }
}

/** What does not fit, in words, each with what it is about. */
function Conflicts({ data }: { data: CalendarView }): ReactElement | null {
  const t = useWords();
  if (data.conflicts.length === 0) return null;
  return (
    <section className="calendar-conflicts" aria-label={t('calendar.conflicts')} data-testid="conflicts">
      <h3>{t('calendar.conflictCount', { n: data.conflicts.length })}</h3>
      <ul>
        {data.conflicts.map((conflict) => (
          <li key={`${conflict.kind} ${conflict.entries.join(' ')} ${conflict.channelName ?? ''}`}>
            <strong>{short(conflict.at)}</strong> {conflictWords(conflict, t)}
            {conflict.entries.map((id) => {
              const entry = data.entries.find((each) => each.id === id);
              return (
                entry && (
                  <Link key={id} to={addressOf(entry)} className="calendar-about">
                    {entry.title}
                  </Link>
                )
              );
            })}
          </li>
        ))}
      </ul>
    </section>
  );
}

const conflictWords = ({ kind, channelName, limit }: CalendarConflict, t: ReturnType<typeof useWords>): string =>
  t(`calendar.conflict.${kind}`, { channel: channelName ?? '', limit: limit ?? '' });

type Showing = {
  entries: readonly CalendarEntry[];
  chosen: string | undefined;
  data: CalendarView;
  siteName: (site: string) => string;
  today: string;
};

/** Days as a table: a column for each weekday, every entry with its time. */
function Grid({ weeks, data, today, ...shared }: Showing & { weeks: Day[][] }): ReactElement {
  const t = useWords();
  const rest = new Map(data.restDays.map(({ day, name }) => [day, name]));
  const isOne = weeks.length === 1 && weeks[0]!.length === 1;
  return (
    <table className="roster-grid calendar-grid" data-testid="calendar">
      <thead>
        <tr>
          {isOne ? (
            <th scope="col">{weeks[0]![0]!.date}</th>
          ) : (
            ([1, 2, 3, 4, 5, 6, 7] as const).map((each) => (
              <th key={each} scope="col">
                {t(`roster.weekday.${each}`)}
              </th>
            ))
          )}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]!.date}>
            {week.map((each) => (
              <td
                key={each.date}
                className={`roster-day${each.inMonth ? '' : ' roster-other'}${each.date === today ? ' roster-today' : ''}`}
                aria-current={each.date === today ? 'date' : undefined}
                data-testid={`day-${each.date}`}
              >
                <div className="roster-date">
                  <time dateTime={each.date}>{Number(each.date.slice(8))}</time>
                  {rest.has(each.date) && <span className="calendar-rest">{rest.get(each.date)}</span>}
                </div>
                {data.quotas
                  .filter(({ day }) => day === each.date)
                  .map((quota) => (
                    <Quota key={quota.channelId} quota={quota} />
                  ))}
                {shared.entries
                  .filter(({ at }) => at >= each.from && at < each.to)
                  .map((entry) => (
                    <Tile key={entry.id} entry={entry} data={data} {...shared} />
                  ))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Quota({ quota: { channelName, used, limit, titles } }: { quota: CalendarQuota }): ReactElement {
  const t = useWords();
  return (
    <p className={used >= limit ? 'calendar-quota calendar-full' : 'calendar-quota'} title={titles.join('；')}>
      {t('calendar.quota', { channel: channelName, used, limit })}
    </p>
  );
}

function Tile({
  entry,
  chosen,
  data,
  siteName,
}: {
  entry: CalendarEntry;
  chosen: string | undefined;
  data: CalendarView;
  siteName: (site: string) => string;
}): ReactElement {
  const t = useWords();
  const clashes = data.conflicts.filter(({ entries }) => entries.includes(entry.id));
  return (
    <Link
      to={addressOf(entry)}
      className={`calendar-tile calendar-${entry.kind}${clashes.length > 0 ? ' calendar-clash' : ''}`}
      aria-current={entry.id === chosen ? 'true' : undefined}
      title={clashes.map((each) => conflictWords(each, t)).join('；') || undefined}
      data-testid="calendar-tile"
      data-kind={entry.kind}
    >
      <time dateTime={entry.at}>{clock(entry.at)}</time> <Kind entry={entry} /> <strong>{entry.title}</strong>
      <small>
        {detailOf(entry, t, siteName)}
        {clashes.length > 0 && ` · ${t('calendar.clash')}`}
      </small>
    </Link>
  );
}

function Kind({ entry }: { entry: CalendarEntry }): ReactElement {
  const t = useWords();
  return (
    <span className="calendar-kind">
      {entry.kind === 'linked'
        ? t(`linked.state.${entry.state}`)
        : entry.kind === 'slot' && !entry.isAgreed
          ? t('calendar.kind.proposed')
          : t(`calendar.kind.${entry.kind}`)}
    </span>
  );
}

function detailOf(entry: CalendarEntry, t: ReturnType<typeof useWords>, siteName: (site: string) => string): string {
  switch (entry.kind) {
    case 'linked':
      return [
        entry.sites.map(siteName).join('、'),
        t('calendar.parts', { parts: entry.parts.length, channels: entry.channels.length }),
      ].join(' · ');
    case 'slot':
    case 'due':
      return `${siteName(entry.site)} → ${entry.with}`;
    case 'release':
      return siteName(entry.site);
    case 'postponed':
      return entry.channelName;
  }
}

/** The same, one under another: the view that reads best aloud. */
function AsList({ entries, chosen, data, siteName }: Showing): ReactElement {
  const t = useWords();
  if (entries.length === 0) return <Empty title={t('calendar.empty')}>{t('calendar.emptyHint')}</Empty>;
  return (
    <table className="table" data-testid="calendar">
      <thead>
        <tr>
          <th>{t('calendar.colAt')}</th>
          <th>{t('calendar.colKind')}</th>
          <th>{t('calendar.colTitle')}</th>
          <th>{t('calendar.colDetail')}</th>
          <th>{t('calendar.conflicts')}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.id} aria-selected={entry.id === chosen} data-testid="calendar-tile" data-kind={entry.kind}>
            <td className="cell-time">
              {dayOf(entry.at)} {clock(entry.at)}
            </td>
            <td>
              <Kind entry={entry} />
            </td>
            <td className="cell-title">
              <Link to={addressOf(entry)}>{entry.title}</Link>
            </td>
            <td>{detailOf(entry, t, siteName)}</td>
            <td className="cell-wide">
              {data.conflicts
                .filter((each) => each.entries.includes(entry.id))
                .map((each) => conflictWords(each, t))
                .join('；') || '—'}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
