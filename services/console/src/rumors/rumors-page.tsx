import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { RumorRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { Countdown } from '../parts/countdown.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { span } from '../time.ts';
import { useWords } from '../words/index.ts';

export function RumorTag({ row }: { row: RumorRow }): ReactElement {
  const t = useWords();
  return <span className={`tag tag-rumor-${row.state}`}>{t(`rumor.state.${row.state}`)}</span>;
}

/** How much time is left, or how long it took. */
export function RumorClock({ row }: { row: RumorRow }): ReactElement | null {
  const t = useWords();
  if (row.state === 'reported' || row.state === 'to_rebut')
    return <Countdown startsAt={row.startsAt} dueAt={row.dueAt} />;
  if (row.rebuttedAt === null) return null;
  const took = span(Date.parse(row.rebuttedAt) - Date.parse(row.reportedAt));
  return row.rebuttedAt > row.dueAt ? (
    <span className="tag tag-late">{t('rumors.tookLate', { span: took })}</span>
  ) : (
    <span className="hint">{t('rumors.took', { span: took })}</span>
  );
}

/** What is being said about us: what waits for an answer first, by the time that is left. */
export function RumorsPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const list = useQuery(views.rumors());
  const nameOf = useSiteName();
  const reports = hasRole(me, 'comms', 'editor', 'duty');
  const rows = list.data?.rows ?? [];
  const open = (row: RumorRow | undefined) =>
    row &&
    void navigate({ to: '/rumors/$site/$rumorCaseId', params: { site: row.site, rumorCaseId: row.rumorCaseId } });
  const chosen = useRowKeys(rows.length, (at) => open(rows[at]));
  useShortcuts(
    reports
      ? [{ keys: ['c'], says: 'rumors.new', group: 'keys.list', run: () => void navigate({ to: '/rumors/new' }) }]
      : [],
  );
  return (
    <div className="page">
      <div className="page-bar">
        <span className="top-space" />
        {reports && (
          <Link to="/rumors/new" className="button button-primary" data-testid="new-rumor">
            {t('rumors.new')} <kbd>C</kbd>
          </Link>
        )}
      </div>
      <Pending of={list} />
      {list.data && rows.length === 0 && <Empty title={t('rumors.empty')}>{t('rumors.emptyHint')}</Empty>}
      {rows.length > 0 && (
        <table className="table" data-testid="rumor-list">
          <thead>
            <tr>
              <th>{t('rumors.colState')}</th>
              <th>{t('rumors.colClaim')}</th>
              <th>{t('rumors.colWhere')}</th>
              <th>{t('rumors.colClock')}</th>
              <th className="cell-number">{t('rumors.colClues')}</th>
              <th>{t('rumors.colSite')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr
                key={`${row.site}/${row.rumorCaseId}`}
                aria-selected={at === chosen}
                data-state={row.state}
                onClick={() => open(row)}
              >
                <td>
                  <RumorTag row={row} />
                </td>
                <td className="cell-title">
                  <Link to="/rumors/$site/$rumorCaseId" params={{ site: row.site, rumorCaseId: row.rumorCaseId }}>
                    {row.claim}
                  </Link>
                </td>
                <td>{row.seenWhere}</td>
                <td className="cell-time">
                  <RumorClock row={row} />
                </td>
                <td className="cell-number">{row.clues}</td>
                <td>{nameOf(row.site)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
