import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { holes, type Shift, type ShiftRow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { newId } from '../api/client.ts';
import { shifts } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { sites } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { day, serverNow, short, timeOfDay } from '../time.ts';
import { useWords } from '../words/index.ts';
import { fromField, monthAfter, monthOf, weeksOf, type Day } from './month.ts';
import { ShiftDialog } from './shift-dialog.tsx';
import { DutyTabs } from './tabs.tsx';

/** Who answers when: a month at a glance, with every hole in red. */
export function RosterPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const search = useSearch({ from: '/duty/roster' });
  const month = search.month ?? monthOf(serverNow());
  const weeks = weeksOf(month);
  const { data: known } = useQuery(sites());
  const site = search.site ?? known?.rows[0]?.siteId ?? '*';
  const period = { from: weeks[0]![0]!.from, to: weeks.at(-1)!.at(-1)!.to };
  const list = useQuery(shifts(period.from, period.to));
  const rows = (list.data?.rows ?? []).filter((each) => each.site === '*' || each.site === site);
  const [editing, setEditing] = useState<{ shift: Shift; isNew: boolean } | null>(null);
  const mayEdit = hasRole(me, 'duty', 'manager', 'admin');
  const goTo = (step: number) =>
    void navigate({ to: '/duty/roster', search: { ...search, month: monthAfter(month, step) } });
  const add = (date: string) =>
    setEditing({
      isNew: true,
      shift: {
        shiftId: newId(),
        site: me.sites.includes('*') ? '*' : site,
        personId: '',
        substituteId: null,
        from: fromField(`${date}T08:30`)!,
        to: fromField(`${date}T20:30`)!,
        cancelled: false,
      },
    });
  const today = day(serverNow());
  useShortcuts([
    { keys: ['['], says: 'roster.before', group: 'keys.list', run: () => goTo(-1) },
    { keys: [']'], says: 'roster.after', group: 'keys.list', run: () => goTo(1) },
    ...(mayEdit
      ? [{ keys: ['c'], says: 'roster.add' as const, group: 'keys.list' as const, run: () => add(today) }]
      : []),
  ]);
  const days = weeks.flat().filter(({ inMonth }) => inMonth);
  const open = list.data ? holesAhead(rows, site, { from: days[0]!.from, to: days.at(-1)!.to }) : [];
  const [year, of] = month.split('-').map(Number);
  return (
    <div className="page roster" data-testid="roster-page">
      <div className="page-bar">
        <DutyTabs here="/duty/roster" />
        <span className="top-space" />
        <label className="roster-site">
          {t('roster.site')}{' '}
          <select
            value={site}
            onChange={({ target }) => void navigate({ to: '/duty/roster', search: { ...search, site: target.value } })}
          >
            {known?.rows.map(({ siteId, name }) => (
              <option key={siteId} value={siteId}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" className="button" onClick={() => window.print()}>
          {t('roster.print')}
        </button>
        {mayEdit && (
          <Link to="/duty/import" className="button" data-testid="import-roster">
            {t('roster.import')}
          </Link>
        )}
        {mayEdit && (
          <button type="button" className="button button-primary" onClick={() => add(today)} data-testid="add-shift">
            {t('roster.add')} <kbd>C</kbd>
          </button>
        )}
      </div>
      <div className="roster-head">
        <button type="button" className="button button-small" onClick={() => goTo(-1)}>
          {t('roster.before')} <kbd>[</kbd>
        </button>
        <h2 className="duty-heading">{t('roster.month', { year: year ?? '', month: of ?? '' })}</h2>
        <button type="button" className="button button-small" onClick={() => goTo(1)}>
          {t('roster.after')} <kbd>]</kbd>
        </button>
        <Link to="/duty/roster" search={search.site ? { site: search.site } : {}} className="roster-now">
          {t('roster.now')}
        </Link>
        {list.data && (
          <p className={open.length > 0 ? 'alarm-gap' : 'hint'} role="status" data-testid="roster-holes">
            {open.length > 0 ? t('roster.holes', { n: open.length }) : t('roster.full')}
          </p>
        )}
      </div>
      <Pending of={list} />
      {list.data && (
        <table className="roster-grid" data-testid="roster">
          <thead>
            <tr>
              {([1, 2, 3, 4, 5, 6, 7] as const).map((each) => (
                <th key={each} scope="col">
                  {t(`roster.weekday.${each}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.map((week) => (
              <tr key={week[0]!.date}>
                {week.map((each) => (
                  <DayCell
                    key={each.date}
                    day={each}
                    site={site}
                    rows={rows}
                    isToday={each.date === today}
                    onAdd={mayEdit ? () => add(each.date) : null}
                    onEdit={mayEdit ? (row) => setEditing({ shift: shiftOf(row), isNew: false }) : null}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {editing && <ShiftDialog {...editing} onClose={() => setEditing(null)} />}
    </div>
  );
}

/** What is past can't be filled any more. */
function holesAhead(rows: ShiftRow[], site: string, { from, to }: { from: string; to: string }) {
  const now = new Date(serverNow()).toISOString();
  return holes(rows, site, { from: from > now ? from : now, to });
}

function shiftOf({ name: _name, substituteName: _substitute, ...shift }: ShiftRow): Shift {
  return shift;
}

function DayCell(props: {
  day: Day;
  site: string;
  rows: ShiftRow[];
  isToday: boolean;
  onAdd: (() => void) | null;
  onEdit: ((row: ShiftRow) => void) | null;
}): ReactElement {
  const { day: on, site, rows, isToday, onAdd, onEdit } = props;
  const t = useWords();
  const siteName = useSiteName();
  const begun = rows.filter(({ from, to }) => from < on.to && to > on.from);
  const gaps = holesAhead(begun, site, on);
  const clock = (instant: string, end = false) => (end && instant === on.to ? '24:00' : timeOfDay(instant).slice(0, 5));
  // A night shift stands where it begins; the morning after it says only that it runs on.
  const starting = begun.filter(({ from }) => from >= on.from);
  return (
    <td
      className={`roster-day${on.inMonth ? '' : ' roster-other'}${isToday ? ' roster-today' : ''}`}
      data-testid={`day-${on.date}`}
      aria-current={isToday ? 'date' : undefined}
    >
      <div className="roster-date">
        <time dateTime={on.date}>{Number(on.date.slice(8))}</time>
        {onAdd && (
          <button
            type="button"
            className="roster-add"
            onClick={onAdd}
            aria-label={t('roster.addOn', { day: on.date })}
            title={t('roster.addOn', { day: on.date })}
          >
            +
          </button>
        )}
      </div>
      {starting.map((row) => {
        const words = (
          <>
            <span className="roster-time">
              {clock(row.from)}–{row.to > on.to && t('roster.nextDay')}
              {clock(row.to)}
            </span>{' '}
            <strong>{row.name}</strong>
            {row.substituteName && <small> {t('duty.substitute', { name: row.substituteName })}</small>}
            {row.site !== '*' && <small> {siteName(row.site)}</small>}
          </>
        );
        return onEdit ? (
          <button
            key={row.shiftId}
            type="button"
            className="roster-shift"
            onClick={() => onEdit(row)}
            title={t('roster.shift', { name: row.name, from: short(row.from), to: short(row.to) })}
          >
            {words}
          </button>
        ) : (
          <div key={row.shiftId} className="roster-shift">
            {words}
          </div>
        );
      })}
      {on.inMonth &&
        gaps.map(({ from, to }) => (
          <div key={from} className="roster-hole" data-testid="hole">
            {clock(from)}–{clock(to, true)} {t('roster.hole')}
          </div>
        ))}
    </td>
  );
}
