import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { dutyBook } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';
import { PeriodFields, usePeriod } from './duty-period.tsx';
import { DutyTabs } from './tabs.tsx';

/** The duty book of a period, as the log has it: to read, to print, to take along. */
export function BookPage(): ReactElement {
  const t = useWords();
  const siteName = useSiteName();
  const { from, to, period } = usePeriod('/duty/book', 1);
  const list = useQuery(dutyBook(period));
  const rows = list.data?.rows ?? [];
  return (
    <div className="page" data-testid="book-page">
      <div className="page-bar no-print">
        <DutyTabs here="/duty/book" />
        <span className="top-space" />
        <PeriodFields path="/duty/book" from={from} to={to} />
        <a className="button" href={`/api/duty/book.csv?${new URLSearchParams(period)}`} download>
          {t('book.csv')}
        </a>
        <button type="button" className="button" onClick={() => window.print()}>
          {t('roster.print')}
        </button>
      </div>
      <h2 className="duty-heading">{t('book.title', { from, to })}</h2>
      <Pending of={list} />
      {list.data && rows.length === 0 && <Empty title={t('book.empty')} />}
      {rows.length > 0 && (
        <table className="table" data-testid="book">
          <thead>
            <tr>
              <th>{t('alarm.when')}</th>
              <th>{t('book.what')}</th>
              <th>{t('book.about')}</th>
              <th>{t('alarm.who')}</th>
              <th>{t('roster.site')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ at, what, title, detail, who, site }, i) => (
              <tr key={`${at} ${what} ${i}`} className={what.startsWith('drill') ? 'book-drill' : undefined}>
                <td className="cell-time">{minute(at)}</td>
                <td>{t(`book.what.${what}`)}</td>
                <td className="cell-wide">
                  {title}
                  {detail && <div className="hint text-lines">{detail}</div>}
                </td>
                <td>{who}</td>
                <td>{site === null ? t('roster.allSites') : siteName(site)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows.length > 0 && <p className="print-only">{t('book.signatures')}</p>}
    </div>
  );
}
