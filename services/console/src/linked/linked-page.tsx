import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { LinkedRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import { linkedReleases } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Its state in a word; one that waits for nothing but its moment is ready. */
export function LinkedTag({ row }: { row: LinkedRow }): ReactElement {
  const t = useWords();
  const state = row.state === 'planned' && row.sealedAt !== null ? 'ready' : row.state;
  return <span className={`tag tag-linked-${state}`}>{t(`linked.state.${state}`)}</span>;
}

/** What goes out together: what is still to come first, then what was, newest first. */
export function LinkedPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const list = useQuery(linkedReleases());
  const nameOf = useSiteName();
  const plans = hasRole(me, 'comms');
  const isWaiting = ({ state }: LinkedRow) => state === 'planned' || state === 'stopped';
  const all = list.data?.rows ?? [];
  const rows = [
    ...all.filter(isWaiting).sort((a, b) => (a.t0 < b.t0 ? -1 : 1)),
    ...all.filter((row) => !isWaiting(row)).sort((a, b) => (a.t0 < b.t0 ? 1 : -1)),
  ];
  const open = (row: LinkedRow | undefined) =>
    row && void navigate({ to: '/linked/$site/$linkedId', params: { site: row.site, linkedId: row.linkedId } });
  const chosen = useRowKeys(rows.length, (at) => open(rows[at]));
  useShortcuts(
    plans
      ? [{ keys: ['c'], says: 'linked.new', group: 'keys.list', run: () => void navigate({ to: '/linked/new' }) }]
      : [],
  );
  return (
    <div className="page">
      <div className="page-bar">
        <span className="top-space" />
        {plans && (
          <Link to="/linked/new" className="button button-primary" data-testid="new-linked">
            {t('linked.new')} <kbd>C</kbd>
          </Link>
        )}
      </div>
      <Pending of={list} />
      {list.data && rows.length === 0 && <Empty title={t('linked.empty')}>{t('linked.emptyHint')}</Empty>}
      {rows.length > 0 && (
        <table className="table" data-testid="linked-list">
          <thead>
            <tr>
              <th>{t('linked.colTitle')}</th>
              <th>{t('linked.colT0')}</th>
              <th>{t('linked.colParts')}</th>
              <th>{t('linked.colState')}</th>
              <th>{t('linked.colSite')}</th>
              <th>{t('linked.colBy')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr key={`${row.site}/${row.linkedId}`} aria-selected={at === chosen} onClick={() => open(row)}>
                <td className="cell-title">
                  <Link to="/linked/$site/$linkedId" params={{ site: row.site, linkedId: row.linkedId }}>
                    {row.title}
                  </Link>
                </td>
                <td className="cell-time">{minute(row.t0)}</td>
                <td>
                  {row.signed.length}/{row.parts.length}
                </td>
                <td>
                  <LinkedTag row={row} />
                </td>
                <td>{nameOf(row.site)}</td>
                <td>{row.plannedByName}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
