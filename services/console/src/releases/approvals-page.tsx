import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Me, ReleaseRow, ReleaseTurn } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { approvals } from '../api/reviews.ts';
import { useSiteName } from '../api/site-names.ts';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { useMe } from '../session.ts';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { SeatNames } from './seats.tsx';

export type Waiting = { row: ReleaseRow; turn: ReleaseTurn };

/** Whether somebody can take the due step now. */
export const isMine = ({ turn }: Waiting, { personId }: Pick<Me, 'personId'>): boolean =>
  turn.seats.some((seat) => seat.personId === personId);

/** What hurries goes first, then the debts by their limit, then what has waited longest. */
export function byUrgency(one: Waiting, other: Waiting): number {
  const rank = ({ row, turn }: Waiting) => (turn.isDebt ? 1 : row.urgent ? 0 : 2);
  const since = ({ row, turn }: Waiting) => turn.dueAt ?? row.updatedAt;
  return rank(one) - rank(other) || (since(one) < since(other) ? -1 : 1);
}

/** What waits for a signature: mine, or everybody's. */
export function ApprovalsPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const { show } = useSearch({ from: '/releases/approvals' });
  const list = useQuery(approvals());
  const nameOf = useSiteName();
  const waiting = [...(list.data?.rows ?? [])].sort(byUrgency);
  const mine = waiting.filter((each) => isMine(each, me));
  const stuck = waiting.filter(({ turn }) => turn.standstill !== null);
  const rows = show === 'all' ? waiting : show === 'stuck' ? stuck : mine;
  const open = (each: Waiting | undefined) =>
    each &&
    void navigate({
      to: '/releases/$site/$releaseId',
      params: { site: each.row.site, releaseId: each.row.releaseId },
    });
  const chosen = useRowKeys(rows.length, (index) => open(rows[index]));
  const tabs = [
    { show: undefined, word: 'approvals.mine' as const, n: mine.length },
    { show: 'all' as const, word: 'approvals.all' as const, n: waiting.length },
    { show: 'stuck' as const, word: 'approvals.stuck' as const, n: stuck.length },
  ];
  return (
    <div className="page">
      <div className="page-bar">
        <div className="tabs" role="group">
          {tabs.map((tab) => (
            <Link
              key={tab.word}
              to="/releases/approvals"
              search={tab.show ? { show: tab.show } : {}}
              className={tab.show === show ? 'tab tab-here' : 'tab'}
            >
              {t(tab.word)} {list.data && <span className="badge">{tab.n}</span>}
            </Link>
          ))}
        </div>
        <span className="top-space" />
        <Link to="/releases" className="link">
          {t('releases.title')}
        </Link>
        <Link to="/releases/rules" className="link">
          {t('signing.rules')}
        </Link>
      </div>
      <Pending of={list} />
      {list.data && rows.length === 0 && <Empty title={t('approvals.empty')}>{t('approvals.emptyHint')}</Empty>}
      {rows.length > 0 && (
        <table className="table" data-testid="approvals">
          <thead>
            <tr>
              <th>{t('releases.colTitle')}</th>
              <th>{t('approvals.colStep')}</th>
              <th>{t('approvals.colWho')}</th>
              <th>{t('approvals.colDue')}</th>
              <th>{t('releases.colSite')}</th>
              <th>{t('releases.colBy')}</th>
              <th>{t('approvals.colSince')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((each, index) => (
              <ApprovalRow
                key={`${each.row.site}/${each.row.releaseId}`}
                each={each}
                isChosen={index === chosen}
                site={nameOf(each.row.site)}
                open={() => open(each)}
              />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

function ApprovalRow(props: { each: Waiting; isChosen: boolean; site: string; open: () => void }): ReactElement {
  const t = useWords();
  const { each, isChosen, site, open } = props;
  const { row, turn } = each;
  return (
    <tr aria-selected={isChosen} onClick={open}>
      <td className="cell-title">
        {row.urgent && <span className="tag tag-urgent">{t('signing.urgent')}</span>}{' '}
        <span className={`tag tag-${row.kind}`}>{t(`kind.${row.kind}`)}</span>{' '}
        <Link to="/releases/$site/$releaseId" params={{ site: row.site, releaseId: row.releaseId }}>
          {row.title}
        </Link>
      </td>
      <td>
        {turn.isDebt && <span className="tag tag-late">{t('signing.debtTag')}</span>} {t(`release.step.${turn.step}`)}
      </td>
      <td>
        <SeatNames seats={turn.seats} />
        {turn.standstill && turn.seats.length > 0 && (
          <small> {t('signing.stuck', { step: t(`release.step.${turn.standstill.step}`) })}</small>
        )}
      </td>
      <td className="cell-time">{turn.dueAt ? short(turn.dueAt) : '—'}</td>
      <td>{site}</td>
      <td>{row.draftedByName}</td>
      <td className="cell-time">{short(row.updatedAt)}</td>
    </tr>
  );
}
