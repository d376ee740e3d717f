import { Link } from '@tanstack/react-router';
import type { ComplianceView, Figures } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import { units } from './asked.ts';
import { Choice } from './breakdown.tsx';
import { FigureTable } from './figure-table.tsx';
import { useRate } from './figure.tsx';
import { useComplianceWords } from './words.ts';

const layers = ['on_time', 'late', 'overdue', 'open', 'exempted'] as const;
const sizes = ({ onTime, late, overdue, open, exempted }: Figures): Record<(typeof layers)[number], number> => ({
  on_time: onTime,
  late,
  overdue,
  open: open - overdue,
  exempted,
});

/** What was due in each part of the period and what became of it, as bars and as numbers. */
export function Trend({ data: { trend, unit } }: { data: ComplianceView }): ReactElement {
  const t = useWords();
  const own = useComplianceWords();
  const rate = useRate();
  const most = Math.max(1, ...trend.map(({ due }) => due));
  const height = (count: number) => `${(count / most) * 100}%`;
  return (
    <section>
      <h2>{own('trend')}</h2>
      <div className="page-bar no-print">
        {own('unit')}
        {units.map((each) => (
          <Choice key={each} here={each === unit} search={{ unit: each }}>
            {own(`unit.${each}`)}
          </Choice>
        ))}
        <span className="top-space" />
        {layers.map((layer) => (
          <span key={layer} className="trend-key">
            <i className={`trend-${layer}`} /> {t(`compliance.${layer}`)}
          </span>
        ))}
      </div>
      <ol className="trend" data-testid="trend">
        {trend.map(({ part, ...figures }) => {
          const parts = sizes(figures);
          const { due, onTime, late, overdue } = figures;
          const says = own('trendBar', { part, rate: rate(figures), due, onTime, late, overdue });
          return (
            <li key={part}>
              <Link
                from="/compliance"
                to="/compliance"
                search={({ of: _of, duty: _duty, page: _page, ...search }) => ({ ...search, outcome: 'due', part })}
                aria-label={says}
                title={says}
              >
                {[...layers].reverse().map((layer) => (
                  <i key={layer} className={`trend-${layer}`} style={{ height: height(parts[layer]) }} />
                ))}
              </Link>
              <small aria-hidden="true">{unit === 'day' ? part.slice(8) : part.slice(unit === 'month' ? 2 : 0)}</small>
            </li>
          );
        })}
      </ol>
      <details>
        <summary>{own('trendNumbers')}</summary>
        <FigureTable
          head={own('part')}
          rows={trend
            .filter(({ due }) => due > 0)
            .map(({ part, ...figures }) => ({ key: part, name: part, figures, where: { part } }))}
        />
      </details>
    </section>
  );
}
