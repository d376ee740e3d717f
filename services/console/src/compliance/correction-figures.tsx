import { useQuery } from '@tanstack/react-query';
import type { CorrectionFigures } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { correctionFigures } from '../api/corrections.ts';
import { useSiteName } from '../api/site-names.ts';
import { useWords, type Word } from '../words/index.ts';

const figures: [keyof CorrectionFigures['total'], Word][] = [
  ['received', 'compliance.corReceived'],
  ['inTime', 'compliance.corInTime'],
  ['late', 'compliance.corLate'],
  ['open', 'compliance.corOpen'],
  ['overdue', 'compliance.corOverdue'],
];

/** How many netizens reported something, and how many were answered in time: by site, and by the month in which it came. */
export function CorrectionFiguresTable(): ReactElement | null {
  const t = useWords();
  const siteName = useSiteName();
  const { data } = useQuery(correctionFigures());
  if (!data || data.total.received === 0) return null;
  const rows = [
    ...data.sites.map(({ site, ...counts }) => ({ name: siteName(site), key: site, counts })),
    { name: t('compliance.corTotal'), key: 'total', counts: data.total },
    ...data.months
      .filter(({ received }) => received > 0)
      .map(({ month, ...counts }) => ({ name: month, key: month, counts })),
  ];
  return (
    <section data-testid="correction-figures">
      <h2>{t('compliance.corrections')}</h2>
      <table className="table table-figures">
        <thead>
          <tr>
            <td />
            {figures.map(([name, word]) => (
              <th key={name} scope="col">
                {t(word)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, key, counts }) => (
            <tr key={key} data-testid={`corrections-${key}`}>
              <th scope="row">{name}</th>
              {figures.map(([each]) => (
                <td key={each}>{counts[each]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className="hint">
        {t('compliance.correctionsHint')}{' '}
        <a className="no-print" href="/api/corrections.csv" download>
          {t('corrections.csv')}
        </a>
      </p>
    </section>
  );
}
