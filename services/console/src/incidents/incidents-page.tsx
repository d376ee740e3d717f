import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { IncidentRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { incidents } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { useShortcuts } from '../keys.ts';
import { Countdown } from '../parts/countdown.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { short, span } from '../time.ts';
import { useWords } from '../words/index.ts';

export function IncidentTags({ row }: { row: IncidentRow }): ReactElement {
  const t = useWords();
  return (
    <>
      <span className={`tag tag-incident-${row.state}`}>{t(`incident.state.${row.state}`)}</span>{' '}
      <span className={`tag tag-severity-${row.severity}`}>{t(`severity.${row.severity}`)}</span>
    </>
  );
}

/** How much time is left for the first report, or how long it took. */
export function ReportClock({ row }: { row: IncidentRow }): ReactElement | null {
  const t = useWords();
  const { state, openedAt, dueAt, reportedAt } = row;
  if (reportedAt === null) return state === 'open' ? <Countdown startsAt={openedAt} dueAt={dueAt} /> : null;
  const took = span(Math.max(0, Date.parse(reportedAt) - Date.parse(openedAt)));
  return reportedAt > dueAt ? (
    <span className="tag tag-late">{t('incidents.reportedLate', { span: took })}</span>
  ) : (
    <span className="hint">{t('incidents.reported', { span: took })}</span>
  );
}

/** What is wrong now, and what was: what is still to be reported first. */
export function IncidentsPage(): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const list = useQuery(incidents());
  const nameOf = useSiteName();
  const rows = list.data?.rows ?? [];
  const open = (row: IncidentRow | undefined) =>
    row &&
    void navigate({ to: '/incidents/$site/$incidentId', params: { site: row.site, incidentId: row.incidentId } });
  const chosen = useRowKeys(rows.length, (at) => open(rows[at]));
  useShortcuts([
    { keys: ['c'], says: 'incidents.new', group: 'keys.list', run: () => void navigate({ to: '/incidents/new' }) },
  ]);
  return (
    <div className="page" data-testid="incidents-page">
      <div className="page-bar">
        <span className="top-space" />
        <Link to="/incidents/new" className="button button-primary" data-testid="new-incident">
          {t('incidents.new')} <kbd>C</kbd>
        </Link>
      </div>
      <Pending of={list} />
      {list.data && rows.length === 0 && <Empty title={t('incidents.empty')}>{t('incidents.emptyHint')}</Empty>}
      {rows.length > 0 && (
        <table className="table" data-testid="incident-list">
          <thead>
            <tr>
              <th>{t('incidents.colState')}</th>
              <th>{t('incidents.colKind')}</th>
              <th>{t('incidents.colTitle')}</th>
              <th>{t('incidents.colClock')}</th>
              <th>{t('incidents.colOpened')}</th>
              <th>{t('incidents.colSite')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr
                key={`${row.site}/${row.incidentId}`}
                aria-selected={at === chosen}
                data-state={row.state}
                onClick={() => open(row)}
              >
                <td>
                  <IncidentTags row={row} />
                </td>
                <td>{t(`incident.kind.${row.kind}`)}</td>
                <td className="cell-title">
                  <Link to="/incidents/$site/$incidentId" params={{ site: row.site, incidentId: row.incidentId }}>
                    {row.title}
                  </Link>
                </td>
                <td className="cell-time">
                  <ReportClock row={row} />
                </td>
                <td>
                  {row.openedByName} <span className="hint">{short(row.openedAt)}</span>
                </td>
                <td>{nameOf(row.site)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
