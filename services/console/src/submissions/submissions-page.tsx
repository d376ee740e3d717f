import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { SubmissionRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { Countdown } from '../parts/countdown.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute, short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { useShortcuts } from '../keys.ts';

export function SubmissionTag({ row }: { row: SubmissionRow }): ReactElement {
  const t = useWords();
  return <span className={`tag tag-submission-${row.state}`}>{t(`submission.state.${row.state}`)}</span>;
}

/** The moment that is wanted, or agreed. */
export function Slot({ slot }: { slot: string | null }): ReactElement {
  const t = useWords();
  return slot === null ? (
    <span className="hint">{t('submission.noSlot')}</span>
  ) : (
    <time dateTime={slot}>{minute(slot)}</time>
  );
}

/** How long is left to answer, and whose answer it is; once settled, what became of it. */
export function SubmissionClock({ row, isOurs }: { row: SubmissionRow; isOurs: boolean }): ReactElement | null {
  const t = useWords();
  if (row.owes !== null)
    return (
      <>
        <Countdown startsAt={row.startsAt} dueAt={row.dueAt} />{' '}
        <span className="hint">{t(isOurs ? 'submission.owes.us' : 'submission.owes.them')}</span>
      </>
    );
  if (row.adoptedAt !== null)
    return <span className="hint">{t('submission.adoptedAt', { time: short(row.adoptedAt) })}</span>;
  return null;
}

export const OfferedPage = (): ReactElement => <List way="out" />;
export const ReceivedPage = (): ReactElement => <List way="in" />;

/** What was offered, or is to be answered: what waits for this side first, by the time that is left; then the newest. */
function List({ way }: { way: 'out' | 'in' }): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const siteName = useSiteName();
  const list = useQuery(views.submissions(way));
  const side = way === 'out' ? 'offering' : 'receiving';
  const rows = inOrder(list.data?.rows ?? [], side);
  const open = (row: SubmissionRow | undefined) =>
    row &&
    void navigate({
      to: '/submissions/$site/$submissionId',
      params: { site: row.site, submissionId: row.submissionId },
    });
  const chosen = useRowKeys(rows.length, (at) => open(rows[at]));
  const other = way === 'out' ? '/submissions/in' : '/submissions/out';
  useShortcuts([
    {
      keys: ['x'],
      says: way === 'out' ? 'submissions.in' : 'submissions.out',
      group: 'keys.list',
      run: () => void navigate({ to: other }),
    },
  ]);
  return (
    <div className="page">
      <div className="page-bar">
        <div className="tabs" role="group" aria-label={t('nav.submissions')}>
          {(['in', 'out'] as const).map((each) => (
            <Link
              key={each}
              to={each === 'in' ? '/submissions/in' : '/submissions/out'}
              className={each === way ? 'tab tab-here' : 'tab'}
              aria-current={each === way ? 'page' : undefined}
            >
              {t(`submissions.${each}`)}
            </Link>
          ))}
        </div>
        <span className="top-space" />
        <button type="button" className="button no-print" onClick={() => window.print()}>
          {t('compliance.print')}
        </button>
        {hasRole(me, 'comms') && (
          <Link
            to="/releases"
            search={{ show: 'all' }}
            className="button button-primary no-print"
            title={t('offer.fromHint')}
          >
            {t('submissions.offer')}
          </Link>
        )}
      </div>
      <Pending of={list} />
      {list.data && rows.length === 0 && (
        <Empty title={t(way === 'out' ? 'submissions.emptyOut' : 'submissions.emptyIn')}>
          {t(way === 'out' ? 'submissions.emptyOutHint' : 'submissions.emptyInHint')}
        </Empty>
      )}
      {rows.length > 0 && (
        <table className="table" data-testid="submission-list">
          <thead>
            <tr>
              <th>{t('submissions.colState')}</th>
              <th>{t('submissions.colTitle')}</th>
              <th>{t(way === 'out' ? 'submissions.colTo' : 'submissions.colFrom')}</th>
              <th>{t('submissions.colSlot')}</th>
              <th>{t('submissions.colClock')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr
                key={`${row.site}/${row.submissionId}`}
                aria-selected={at === chosen}
                data-state={row.state}
                onClick={() => open(row)}
              >
                <td>
                  <SubmissionTag row={row} />
                </td>
                <td className="cell-title">
                  <Link
                    to="/submissions/$site/$submissionId"
                    params={{ site: row.site, submissionId: row.submissionId }}
                  >
                    {row.title}
                  </Link>
                  {row.told?.outcome === 'failed' && (
                    <span className="tag tag-late"> {t('submission.outcome.failed')}</span>
                  )}
                </td>
                <td>{way === 'out' ? row.to.name : siteName(row.site)}</td>
                <td className="cell-time">
                  <Slot slot={row.slot} />
                </td>
                <td className="cell-time">
                  <SubmissionClock row={row} isOurs={row.owes === side} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function inOrder(rows: readonly SubmissionRow[], side: SubmissionRow['owes']): SubmissionRow[] {
  const ours = rows.filter(({ owes }) => owes === side).sort((one, other) => (one.dueAt < other.dueAt ? -1 : 1));
  return [...ours, ...rows.filter(({ owes }) => owes !== side)];
}
