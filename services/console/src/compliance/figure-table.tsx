import type { Figures } from '@tongsheng/contracts';
import type { ReactElement, ReactNode } from 'react';
import { span } from '../time.ts';
import { useWords } from '../words/index.ts';
import { outcomes } from './asked.ts';
import { Figure, useRate, type Where } from './figure.tsx';
import { useComplianceWords } from './words.ts';

export type FigureRow = {
  key: string;
  name: ReactNode;
  figures: Figures;
  where: Where;
  /** What marks its figures apart from those of other tables; its key where nothing is said. */
  mark?: string;
  change?: ReactNode;
};

/** Rows of figures: each opens the tasks behind it. */
export function FigureTable(props: { head: string; rows: FigureRow[]; due?: string; testId?: string }): ReactElement {
  const { head, rows, due, testId } = props;
  const t = useWords();
  const own = useComplianceWords();
  const rate = useRate();
  const hasChange = rows.some(({ change }) => change !== undefined);
  return (
    <div className="table-scroll">
      <table className="table table-figures" data-testid={testId}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">{t('compliance.rate')}</th>
            {hasChange && <th scope="col">{own('change')}</th>}
            {outcomes.map((outcome) => (
              <th key={outcome} scope="col">
                {(outcome === 'due' && due) || t(`compliance.${outcome}`)}
              </th>
            ))}
            <th scope="col">{own('median')}</th>
            <th scope="col">{own('p95')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, figures, where, mark = key, change }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              <td>{rate(figures)}</td>
              {hasChange && <td>{change}</td>}
              {outcomes.map((outcome) => (
                <td key={outcome}>
                  <Figure figures={figures} outcome={outcome} where={where} name={mark} />
                </td>
              ))}
              <td>{timeOf(figures.medianSeconds)}</td>
              <td>{timeOf(figures.p95Seconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const timeOf = (seconds: number | null) => (seconds === null ? '—' : span(seconds * 1_000));
