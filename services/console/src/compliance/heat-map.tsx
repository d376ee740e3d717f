import { Link } from '@tanstack/react-router';
import type { ComplianceView, HeatCell } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { ofRow } from './asked.ts';
import type { Named } from './names.ts';
import { useComplianceWords } from './words.ts';

/** So many rows are read at a glance, and drawn at once. */
const atFirst = 40;

const settledOf = ([onTime, late, overdue]: HeatCell) => onTime + late + overdue;
/** Missing and not due yet are no colour; a miss is never green. */
function shade(cell: HeatCell): string {
  const settled = settledOf(cell);
  if (settled === 0) return 'heat-none';
  const share = cell[0] / settled;
  return share === 1 ? 'heat-good' : share >= 0.9 ? 'heat-near' : 'heat-bad';
}

/** Sites by parts of the period; every cell says its numbers and opens what is behind them. */
export function HeatMap({ data, named }: { data: ComplianceView; named: Named }): ReactElement {
  const own = useComplianceWords();
  const [isWhole, setWhole] = useState(false);
  const rows = isWhole ? data.heat : data.heat.slice(0, atFirst);
  const parts = data.trend.map(({ part }) => part);
  return (
    <section>
      <h2>{own('heat')}</h2>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={own('heat')}>
        <table className="table heat" data-testid="heat">
          <thead>
            <tr>
              <th scope="col">{own('site')}</th>
              {parts.map((part) => (
                <th key={part} scope="col">
                  {data.unit === 'day' ? part.slice(5) : part}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ site, cells }) => (
              <tr key={site}>
                <th scope="row">{named('site', site)}</th>
                {cells.map((cell, i) => {
                  const part = parts[i]!;
                  if (cell === null) return <td key={part}>—</td>;
                  const [onTime, settled] = [cell[0], settledOf(cell)];
                  return (
                    <td key={part} className={shade(cell)}>
                      <Link
                        from="/compliance"
                        to="/compliance"
                        search={({ duty: _duty, page: _page, ...search }) => ({
                          ...search,
                          outcome: 'due',
                          of: ofRow('site', site),
                          part,
                        })}
                        aria-label={own('heatCell', { site: named('site', site), part, onTime, settled })}
                      >
                        {onTime}/{settled}
                      </Link>
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length < data.heat.length && (
        <button type="button" className="button button-small no-print" onClick={() => setWhole(true)}>
          {own('heatMore', { n: data.heat.length })}
        </button>
      )}
      <p className="hint">{own('heatHint')}</p>
    </section>
  );
}
