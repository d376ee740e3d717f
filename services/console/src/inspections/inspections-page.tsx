import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { InspectionSummary } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import * as views from '../api/inspections.ts';
import { useSiteName } from '../api/site-names.ts';
import { Countdown } from '../parts/countdown.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';
import { useQuarter } from './inspection-words.tsx';
import { SelfChecks } from './self-checks.tsx';

/** Quarters and their inspections, the newest first; and how our own sites stand. */
export function InspectionsPage(): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const quarter = useQuarter();
  const siteName = useSiteName();
  const list = useQuery(views.inspections());
  const rows = list.data?.rows ?? [];
  const paramsOf = ({ site, inspectionId }: InspectionSummary) => ({ site, inspectionId });
  const open = (row: InspectionSummary | undefined) =>
    row && void navigate({ to: '/inspections/$site/$inspectionId', params: paramsOf(row) });
  const chosen = useRowKeys(rows.length, (at) => open(rows[at]));
  return (
    <div className="page">
      <Pending of={list} />
      {list.data && rows.length === 0 && <Empty title={t('inspections.empty')}>{t('inspections.emptyHint')}</Empty>}
      {rows.length > 0 && (
        <table className="table" data-testid="inspection-list">
          <thead>
            <tr>
              <th>{t('inspections.colQuarter')}</th>
              <th>{t('inspections.colState')}</th>
              <th className="cell-number">{t('inspections.colSites')}</th>
              <th className="cell-number">{t('inspections.colDone')}</th>
              <th className="cell-number">{t('inspections.colFailed')}</th>
              <th>{t('inspections.colDue')}</th>
              <th>{t('inspections.colPage')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr
                key={`${row.site}/${row.inspectionId}`}
                aria-selected={at === chosen}
                data-state={row.state}
                onClick={() => open(row)}
              >
                <td className="cell-title">
                  <Link to="/inspections/$site/$inspectionId" params={paramsOf(row)}>
                    {quarter(row.inspectionId)}
                  </Link>{' '}
                  <span className="hint">{siteName(row.site)}</span>
                </td>
                <td>
                  <span className={`tag tag-inspection-${row.state}`}>{t(`inspection.state.${row.state}`)}</span>
                </td>
                <td className="cell-number">{row.population || '—'}</td>
                <td className="cell-number">{row.inspected === 0 ? '—' : `${row.concluded}/${row.inspected}`}</td>
                <td className="cell-number">{row.concluded === 0 ? '—' : row.failed}</td>
                <td className="cell-time">
                  {row.missed ? (
                    <span className="tag tag-late">{t('inspections.missed')}</span>
                  ) : row.state === 'published' ? (
                    minute(row.dueAt)
                  ) : (
                    <Countdown startsAt={row.startsAt} dueAt={row.dueAt} />
                  )}
                </td>
                <td>
                  {row.url && (
                    <a href={row.url} target="_blank" rel="noreferrer noopener" onClick={(e) => e.stopPropagation()}>
                      {t('inspections.colPage')}
                    </a>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <SelfChecks />
    </div>
  );
}
