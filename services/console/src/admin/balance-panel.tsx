import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { accountKind, type AccountKind, type BalanceRow, type Uneven } from '@tongsheng/contracts';
import { useEffect, useState, type ReactElement } from 'react';
import { balance } from '../api/views.ts';
import { Pending } from '../parts/states.tsx';
import { minute, precise } from '../time.ts';
import { useWords } from '../words/index.ts';

const columns = ['takenIn', 'delivered', 'refused', 'waiting', 'parked', 'difference'] as const;

/** Whether all that was taken in is where it must be, by source, site and channel; what is not, and the way there. */
export function BalancePanel(): ReactElement {
  const t = useWords();
  const answer = useQuery(balance());
  const { data } = answer;
  return (
    <section data-testid="balance">
      <h2>{t('balance.title')}</h2>
      <p className="hint">{t('balance.about')}</p>
      <Pending of={answer} />
      {data && (
        <>
          <Verdict rows={data.rows} isRead={data.isRead} />
          {accountKind.options.map((kind) => {
            const rows = data.rows.filter((row) => row.kind === kind);
            return rows.length > 0 && <Accounts key={kind} kind={kind} rows={rows} />;
          })}
          <p className="hint">
            {t(data.checkedAt === null ? 'balance.unchecked' : 'balance.checked', {
              seconds: data.everySeconds,
              time: data.checkedAt === null ? '' : precise(data.checkedAt),
              position: data.position,
            })}
          </p>
        </>
      )}
    </section>
  );
}

const isUneven = ({ difference, unevenCount }: BalanceRow) => difference !== 0 || unevenCount > 0;

function Verdict({ rows, isRead }: { rows: readonly BalanceRow[]; isRead: boolean }): ReactElement {
  const t = useWords();
  const uneven = rows.filter(isUneven).length;
  if (!isRead) return <p className="banner">{t('balance.reading')}</p>;
  if (rows.length === 0) return <p className="hint">{t('balance.empty')}</p>;
  return uneven === 0 ? (
    <p className="banner banner-good">{t('balance.even', { count: rows.length })}</p>
  ) : (
    <p className="banner banner-refused" role="alert">
      {t('balance.uneven', { count: uneven })} · <Link to="/dead-letters">{t('balance.mend')}</Link>
    </p>
  );
}

/** The accounts of a kind, under their sum; opened by itself when one of them is uneven. */
function Accounts({ kind, rows }: { kind: AccountKind; rows: readonly BalanceRow[] }): ReactElement {
  const t = useWords();
  const worst = rows.some(isUneven);
  const [open, setOpen] = useState(worst);
  useEffect(() => {
    if (worst) setOpen(true);
  }, [worst]);
  const sorted = [...rows].sort((a, b) => Number(isUneven(b)) - Number(isUneven(a)) || a.name.localeCompare(b.name));
  const sum = (column: (typeof columns)[number]) => rows.reduce((total, row) => total + row[column], 0);
  return (
    <table className="table balance-table" data-testid={`balance-${kind}`}>
      <thead>
        <tr>
          <th>
            <button type="button" className="link" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? '▾' : '▸'} {t(`balance.kind.${kind}`)} ({rows.length})
            </button>
          </th>
          {columns.map((column) => (
            <th key={column} className="cell-number">
              {t(`balance.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {open && sorted.map((row) => <Figures key={row.id} row={row} />)}
        <tr className="balance-sum">
          <th scope="row">Σ</th>
          {columns.map((column) => (
            <td key={column} className="cell-number">
              {sum(column)}
            </td>
          ))}
        </tr>
      </tbody>
    </table>
  );
}

function Figures({ row }: { row: BalanceRow }): ReactElement {
  const t = useWords();
  const { name, uneven, unevenCount } = row;
  return (
    <tr>
      <td className="cell-wide">
        {name}
        {uneven.length > 0 && (
          <ul className="balance-uneven">
            {uneven.map((each) => (
              <Behind key={`${each.of}/${each.site}/${each.id}`} kind={row.kind} uneven={each} />
            ))}
            {unevenCount > uneven.length && <li>{t('balance.more', { count: unevenCount - uneven.length })}</li>}
          </ul>
        )}
      </td>
      {columns.map((column) => (
        <td key={column} className="cell-number">
          {column === 'difference' && row.difference !== 0 ? (
            <span className="tag tag-overdue">{row.difference}</span>
          ) : (
            row[column]
          )}
        </td>
      ))}
    </tr>
  );
}

/** What is missing, or there twice, and where it leads. */
function Behind({ kind, uneven }: { kind: AccountKind; uneven: Uneven }): ReactElement {
  const t = useWords();
  const { of, site, id, sourceId, title, wanted, there, holders, since } = uneven;
  return (
    <li>
      {of === 'release' ? (
        <Link to="/releases/$site/$releaseId" params={{ site, releaseId: id }}>
          {title}
        </Link>
      ) : sourceId === null ? (
        title
      ) : (
        <Link to="/items/$sourceId/$itemId" params={{ sourceId, itemId: id }}>
          {title}
        </Link>
      )}{' '}
      <strong>{t(there < wanted ? 'balance.missing' : 'balance.doubled', { wanted, there })}</strong>{' '}
      {t('balance.since', { time: minute(since) })}
      {kind !== 'source' &&
        holders.map((holder, i) => (
          <span key={holder.id}>
            {' · '}
            {kind === 'site' ? (
              <Link to="/reposts/$site/$taskId" params={{ site: holder.site, taskId: holder.id }}>
                {t('balance.holder', { n: i + 1 })}
              </Link>
            ) : (
              <Link to="/deliveries/$site/$deliveryId" params={{ site: holder.site, deliveryId: holder.id }}>
                {t('balance.holder', { n: i + 1 })}
              </Link>
            )}
          </span>
        ))}
    </li>
  );
}
