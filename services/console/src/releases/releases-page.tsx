import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ReleaseRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import { approvals } from '../api/reviews.ts';
import { releases } from '../api/views.ts';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { isMine } from './approvals-page.tsx';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { KeptDrafts } from './kept-drafts.tsx';

/** Releases: what waits for me, or all of them. */
export function ReleasesPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const { show } = useSearch({ from: '/releases' });
  const list = useQuery(releases());
  const { data } = list;
  const writes = hasRole(me, 'comms');
  const all = show === 'all' || !(writes || hasRole(me, 'reviewer', 'confidentiality', 'signer'));
  const sorted = [...(data?.rows ?? [])].sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  const turns = useQuery(approvals());
  const keyOf = ({ site, releaseId }: Pick<ReleaseRow, 'site' | 'releaseId'>) => `${site}/${releaseId}`;
  const mine = new Set((turns.data?.rows ?? []).filter((each) => isMine(each, me)).map(({ row }) => keyOf(row)));
  const stuck = new Set(
    (turns.data?.rows ?? []).filter(({ turn }) => turn.standstill !== null).map(({ row }) => keyOf(row)),
  );
  const owing = sorted.filter((row) => row.debt !== null && row.debt.end === null);
  const waiting = sorted.filter((row) =>
    row.state === 'draft' ? row.drafters.includes(me.personId) : mine.has(keyOf(row)),
  );
  const rows = all ? sorted : waiting;
  const nameOf = useSiteName();
  const open = (row: ReleaseRow | undefined) =>
    row && void navigate({ to: '/releases/$site/$releaseId', params: { site: row.site, releaseId: row.releaseId } });
  const chosen = useRowKeys(rows.length, (index) => open(rows[index]));
  return (
    <div className="page">
      <div className="page-bar">
        <div className="tabs" role="group">
          <Link to="/releases" className={all ? 'tab' : 'tab tab-here'}>
            {t('releases.mine')} {data && <span className="badge">{waiting.length}</span>}
          </Link>
          <Link to="/releases" search={{ show: 'all' }} className={all ? 'tab tab-here' : 'tab'}>
            {t('releases.all')}
          </Link>
        </div>
        <Link to="/releases/approvals" className="tab" data-testid="approvals-link">
          {t('approvals.title')} {mine.size > 0 && <span className="badge">{mine.size}</span>}
        </Link>
        {owing.length > 0 && (
          <Link to="/releases/approvals" search={{ show: 'all' }} className="tag tag-late" data-testid="debts">
            {t('signing.debts', { n: owing.length })}
          </Link>
        )}
        <span className="top-space" />
        <Link to="/releases/recalls" className="button" data-testid="recalls">
          {t('recalls.title')}
        </Link>
        <Link to="/releases/rules" className="link">
          {t('signing.rules')}
        </Link>
        {writes && (
          <>
            <Link to="/releases/new" search={{ kind: 'rebuttal' }} className="button" data-testid="new-rebuttal">
              {t('releases.newRebuttal')}
            </Link>
            <Link
              to="/releases/new"
              search={{ kind: 'press' }}
              className="button button-primary"
              data-testid="new-press"
            >
              {t('releases.newPress')}
            </Link>
          </>
        )}
      </div>
      {writes && <KeptDrafts />}
      <Pending of={list} />
      {data && rows.length === 0 && (
        <Empty title={t(all ? 'releases.emptyAll' : 'releases.empty')}>{t('releases.emptyHint')}</Empty>
      )}
      {rows.length > 0 && (
        <table className="table" data-testid="releases">
          <thead>
            <tr>
              <th>{t('releases.colTitle')}</th>
              <th>{t('releases.colKind')}</th>
              <th>{t('releases.colState')}</th>
              <th>{t('releases.colSite')}</th>
              <th>{t('releases.colBy')}</th>
              <th>{t('releases.colAt')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={`${row.site}/${row.releaseId}`} aria-selected={index === chosen} onClick={() => open(row)}>
                <td className="cell-title">
                  <Link to="/releases/$site/$releaseId" params={{ site: row.site, releaseId: row.releaseId }}>
                    {row.title}
                  </Link>
                </td>
                <td>
                  <span className={`tag tag-${row.kind}`}>{t(`kind.${row.kind}`)}</span>
                </td>
                <td>
                  <span className={`tag tag-release-${row.state}`}>{t(`release.state.${row.state}`)}</span>
                  {row.urgent && row.state !== 'published' && (
                    <span className="tag tag-urgent">{t('signing.urgent')}</span>
                  )}
                  {row.debt && row.debt.end === null && <span className="tag tag-late">{t('signing.debtTag')}</span>}
                  {stuck.has(keyOf(row)) && <span className="tag tag-failed">{t('signing.nobody')}</span>}
                </td>
                <td>{nameOf(row.site)}</td>
                <td>{row.draftedByName}</td>
                <td className="cell-time">{short(row.updatedAt)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}
