import { useQuery } from '@tanstack/react-query';
import type { SubmissionFigures } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { useWords, type Word } from '../words/index.ts';

const figures: [keyof SubmissionFigures, Word][] = [
  ['offered', 'compliance.subOffered'],
  ['answered', 'compliance.subAnswered'],
  ['inTime', 'compliance.subInTime'],
  ['agreed', 'compliance.subAgreed'],
  ['adopted', 'compliance.subAdopted'],
  ['declined', 'compliance.subDeclined'],
  ['overdue', 'compliance.subOverdue'],
];

/** What was offered upward in a period, what it was answered, and what of it was adopted. */
export function SubmissionFiguresTable({ period }: { period: { from: string; to: string } }): ReactElement | null {
  const t = useWords();
  const siteName = useSiteName();
  const { data } = useQuery(views.submissionCounts(period));
  if (!data || data.rows.length === 0) return null;
  return (
    <section data-testid="submission-figures">
      <h2>{t('compliance.submissions')}</h2>
      <table className="table table-figures">
        <thead>
          <tr>
            <td />
            <td />
            {figures.map(([name, word]) => (
              <th key={name} scope="col">
                {t(word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.flatMap((row) =>
            (['out', 'in'] as const)
              .filter((way) => row[way].offered > 0)
              .map((way) => (
                <tr key={`${row.site} ${way}`} data-testid={`submissions-${row.site}-${way}`}>
                  <th scope="row">{siteName(row.site)}</th>
                  <th scope="row">{t(way === 'out' ? 'compliance.subOut' : 'compliance.subIn')}</th>
                  {figures.map(([name]) => (
                    <td key={name}>{row[way][name]}</td>
                  ))}
                </tr>
              )),
          )}
        </tbody>
      </table>
      <p className="hint">
        {t('compliance.submissionsHint')}{' '}
        <a className="no-print" href={`/api/submissions.csv?${new URLSearchParams(period)}`} download>
          {t('compliance.subCsv')}
        </a>
      </p>
    </section>
  );
}
