import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { CorrectionRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import * as views from '../api/corrections.ts';
import { useSiteName } from '../api/site-names.ts';
import { useShortcuts } from '../keys.ts';
import { Countdown } from '../parts/countdown.tsx';
import { useRowKeys } from '../parts/row-keys.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { span } from '../time.ts';
import { useWords } from '../words/index.ts';

export function CorrectionTag({ row }: { row: CorrectionRow }): ReactElement {
  const t = useWords();
  return <span className={`tag tag-correction-${row.state}`}>{t(`correction.state.${row.state}`)}</span>;
}

/** How much time is left, or how long it took; and whether that limit may still move. */
export function CorrectionClock({ row }: { row: CorrectionRow }): ReactElement | null {
  const t = useWords();
  const { state, receivedAt, dueAt, answeredAt, unknownYears } = row;
  if (state === 'spam') return null;
  if (answeredAt === null)
    return (
      <>
        <Countdown startsAt={receivedAt} dueAt={dueAt} />
        {unknownYears.length > 0 && (
          <span className="tag tag-near" title={t('corrections.provisional', { years: unknownYears.join('、') })}>
            {t('corrections.provisionalShort')}
          </span>
        )}
      </>
    );
  const took = span(Date.parse(answeredAt) - Date.parse(receivedAt));
  return answeredAt < dueAt ? (
    <span className="hint">{t('corrections.took', { span: took })}</span>
  ) : (
    <span className="tag tag-late">{t('corrections.tookLate', { span: took })}</span>
  );
}

const isDone = ({ state }: CorrectionRow) => state === 'answered' || state === 'spam';
const fits = ({ correctionId, page, text }: CorrectionRow, wanted: string) =>
  [correctionId, page.title, page.url ?? '', text].some((each) => each.toLowerCase().includes(wanted.toLowerCase()));

/** What netizens reported: what waits for an answer first, by the time that is left. */
export function CorrectionsPage(): ReactElement {
  const t = useWords();
  const navigate = useNavigate({ from: '/corrections' });
  const { show = 'open', q = '' } = useSearch({ from: '/corrections' });
  const list = useQuery(views.corrections());
  const nameOf = useSiteName();
  const all = list.data?.rows ?? [];
  const [open, done] = [all.filter((row) => !isDone(row)), all.filter(isDone)];
  const rows = (show === 'open' ? open : done).filter((row) => q === '' || fits(row, q));
  const go = (row: CorrectionRow | undefined) =>
    row &&
    void navigate({
      to: '/corrections/$site/$correctionId',
      params: { site: row.site, correctionId: row.correctionId },
    });
  const chosen = useRowKeys(rows.length, (at) => go(rows[at]));
  useShortcuts([
    {
      keys: ['/'],
      says: 'corrections.filter',
      group: 'keys.list',
      run: () => document.querySelector<HTMLInputElement>('#corrections-filter')?.focus(),
    },
  ]);
  return (
    <div className="page">
      <div className="page-bar no-print">
        {(['open', 'done'] as const).map((each) => (
          <Link
            key={each}
            from="/corrections"
            to="/corrections"
            search={{ show: each, ...(q && { q }) }}
            className={each === show ? 'chip chip-here' : 'chip'}
            aria-current={each === show ? 'page' : undefined}
          >
            {each === 'open'
              ? t('corrections.showOpen', { n: open.length })
              : t('corrections.showDone', { n: done.length })}
          </Link>
        ))}
        <label className="inline-field">
          <span>{t('corrections.filter')}</span>
          <input
            id="corrections-filter"
            type="search"
            value={q}
            onChange={({ target }) =>
              void navigate({ search: { show, ...(target.value && { q: target.value }) }, replace: true })
            }
          />
        </label>
        <span className="top-space" />
        <a className="button" href="/api/corrections.csv" download>
          {t('corrections.csv')}
        </a>
        <button type="button" className="button" onClick={() => window.print()}>
          {t('correction.print')}
        </button>
      </div>
      <Pending of={list} />
      {list.data && rows.length === 0 && (
        <Empty title={q ? t('corrections.filterNone') : t('corrections.empty')}>{t('corrections.emptyHint')}</Empty>
      )}
      {rows.length > 0 && (
        <table className="table" data-testid="correction-list">
          <thead>
            <tr>
              <th>{t('corrections.colState')}</th>
              <th>{t('corrections.colPage')}</th>
              <th>{t('corrections.colText')}</th>
              <th>{t('corrections.colClock')}</th>
              <th>{t('corrections.colSite')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              <tr
                key={`${row.site}/${row.correctionId}`}
                aria-selected={at === chosen}
                data-state={row.state}
                onClick={() => go(row)}
              >
                <td>
                  <CorrectionTag row={row} />
                </td>
                <td className="cell-title">
                  <Link
                    to="/corrections/$site/$correctionId"
                    params={{ site: row.site, correctionId: row.correctionId }}
                  >
                    {row.page.title || row.page.url || t('correction.noPage')}
                  </Link>
                </td>
                <td className="cell-wide">{row.text.length > 60 ? `${row.text.slice(0, 60)}…` : row.text}</td>
                <td className="cell-time">
                  <CorrectionClock row={row} />
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
