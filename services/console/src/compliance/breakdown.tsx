import { Link, useSearch } from '@tanstack/react-router';
import type { ComplianceView, Figures } from '@tongsheng/contracts';
import type { ReactElement, ReactNode } from 'react';
import { dimensions, isDimension, ofRow, type Dimension } from './asked.ts';
import { FigureTable, type FigureRow } from './figure-table.tsx';
import { percentOf } from './figure.tsx';
import type { Named } from './names.ts';
import { useComplianceWords } from './words.ts';

/** The figures by one of all that they can be broken down by; by site it is the ranking. */
export function Breakdown({ data, named }: { data: ComplianceView; named: Named }): ReactElement {
  const own = useComplianceWords();
  const { by, rank } = useSearch({ from: '/compliance' });
  const dimension = isDimension(by) ? by : 'site';
  const rows = rowsOf(data, dimension);
  if (rank === 'rate') rows.sort((one, other) => (percentOf(one.figures) ?? 101) - (percentOf(other.figures) ?? 101));
  return (
    <section>
      <h2>{own('breakdown')}</h2>
      <div className="page-bar no-print">
        {dimensions.map((each) => (
          <Choice key={each} here={each === dimension} search={{ by: each }}>
            {own(each)}
          </Choice>
        ))}
        <span className="top-space" />
        {own('rank')}
        {(['due', 'rate'] as const).map((each) => (
          <Choice key={each} here={each === (rank === 'rate' ? 'rate' : 'due')} search={{ rank: each }}>
            {own(`rank.${each}`)}
          </Choice>
        ))}
      </div>
      <FigureTable
        head={own(dimension)}
        testId={`by-${dimension}`}
        rows={rows.map(({ value, figures, before }): FigureRow => ({
          key: value,
          figures,
          where: { of: ofRow(dimension, value) },
          name: (
            <Link
              from="/compliance"
              to="/compliance"
              search={(search) => ({ ...search, [dimension]: value })}
              title={own('show')}
            >
              {named(dimension, value)}
            </Link>
          ),
          ...(before !== undefined && { change: <Change rate={percentOf(figures)} before={before} /> }),
        }))}
      />
    </section>
  );
}

type Row = { value: string; figures: Figures; before?: number | null };

function rowsOf(data: ComplianceView, dimension: Dimension): Row[] {
  switch (dimension) {
    case 'site':
      return data.bySite.map((row) => ({
        value: row.site,
        figures: row,
        before: row.rateBefore === null ? null : Math.floor(row.rateBefore * 1_000) / 10,
      }));
    case 'level':
      return data.byLevel.map((row) => ({ value: row.level, figures: row }));
    case 'source':
      return data.bySource.map((row) => ({ value: row.sourceId, figures: row }));
    case 'column':
      return data.byColumn.map((row) => ({ value: row.column, figures: row }));
    case 'kind':
      return data.byKind.map((row) => ({ value: row.kind, figures: row }));
    case 'person':
      return data.byPerson.map((row) => ({ value: row.personId, figures: row }));
  }
}

/** By how many points a rate has moved; both in percent. */
export function Change({ rate, before }: { rate: number | null; before: number | null }): ReactElement {
  const own = useComplianceWords();
  if (rate === null || before === null) return <span className="change">—</span>;
  const points = Math.round((rate - before) * 10) / 10;
  if (points === 0) return <span className="change">{own('same')}</span>;
  return (
    <span className={points > 0 ? 'change change-up' : 'change change-down'}>
      {points > 0 ? `▲ +${points}` : `▼ ${points}`}
    </span>
  );
}

export function Choice(props: {
  here: boolean;
  search: Record<string, string | number | undefined>;
  children: ReactNode;
}): ReactElement {
  return (
    <Link
      from="/compliance"
      to="/compliance"
      search={(before) => ({ ...before, ...props.search })}
      replace
      className={props.here ? 'chip chip-here' : 'chip'}
      {...(props.here && { 'aria-current': 'true' as const })}
    >
      {props.children}
    </Link>
  );
}
