import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { RecallRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';
import { doneOf, owesLook, RecallTag } from './recall-words.tsx';

const waits = (row: RecallRow): number =>
  row.targets.some(({ failed }) => failed) || owesLook(row)
    ? 0
    : row.state === 'proposed'
      ? 1
      : row.state === 'running'
        ? 2
        : 3;

/** Corrections and withdrawals: what waits for somebody first, then the newest. */
export function RecallsPage(): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const list = useQuery(views.recalls());
  const nameOf = useSiteName();
  const rows = (list.data?.rows ?? []).toSorted(
    (a, b) => waits(a) - waits(b) || (a.updatedAt < b.updatedAt ? 1 : a.updatedAt > b.updatedAt ? -1 : 0),
  );
  const paramsOf = ({ site, releaseId, round }: RecallRow) => ({ site, releaseId, round: String(round) });
  const open = (row: RecallRow | undefined) =>
    row && void navigate({ to: '/releases/recalls/$site/$releaseId/$round', params: paramsOf(row) });
  const chosen = useRowKeys(rows.length, (at) => open(rows[at]));
  return (
    <div className="page">
      <div className="page-bar">
        <p className="crumbs">
          <Link to="/releases">{t('releases.title')}</Link> › {t('recalls.title')}
        </p>
        <span className="top-space" />
        <a className="button" href={views.recallsCsvPath} download data-testid="recalls-csv">
          {t('recalls.csv')}
        </a>
      </div>
      <Pending of={list} />
      {list.data && rows.length === 0 && <Empty title={t('recalls.empty')}>{t('recalls.emptyHint')}</Empty>}
      {rows.length > 0 && (
        <table className="table" data-testid="recall-list">
          <thead>
            <tr>
              <th>{t('recalls.colState')}</th>
              <th>{t('recalls.colKind')}</th>
              <th>{t('recalls.colTitle')}</th>
              <th className="cell-number">{t('recalls.colDone')}</th>
              <th>{t('recalls.colDecided')}</th>
              <th>{t('recalls.colSite')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr
                key={`${row.site}/${row.releaseId}/${row.round}`}
                aria-selected={at === chosen}
                data-state={row.state}
                onClick={() => open(row)}
              >
                <td>
                  <RecallTag row={row} />
                </td>
                <td>
                  <span className={`tag tag-recall-${row.kind}`}>{t(`recall.kind.${row.kind}`)}</span>
                </td>
                <td className="cell-title">
                  <Link to="/releases/recalls/$site/$releaseId/$round" params={paramsOf(row)}>
                    {row.title}
                  </Link>
                </td>
                <td className="cell-number">
                  {doneOf(row)}/{row.targets.length}
                </td>
                <td className="cell-time">{row.decided ? `${minute(row.decided.at)} ${row.decided.byName}` : '—'}</td>
                <td>{nameOf(row.site)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
