import { Link } from '@tanstack/react-router';
import type { Figures } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import { countOf, type Outcome } from './asked.ts';

export type Where = { of?: string; part?: string; duty?: 'update' | 'retract' };

/** A count that opens the tasks behind it. */
export function Figure(props: { figures: Figures; outcome: Outcome; where?: Where; name?: string }): ReactElement {
  const { figures, outcome, where = {}, name = '' } = props;
  const count = figures[countOf[outcome]];
  const { of, part, duty } = where;
  return (
    <Link
      from="/compliance"
      to="/compliance"
      search={({ of: _of, part: _part, duty: _duty, page: _page, ...search }) => ({
        ...search,
        outcome,
        ...(of && { of }),
        ...(part && { part }),
        ...(duty && { duty }),
      })}
      className={`figure figure-${outcome}${count === 0 ? ' figure-none' : ''}`}
      data-testid={`figure-${outcome}${name && `-${name}`}`}
    >
      {count}
    </Link>
  );
}

export const settledOf = ({ onTime, late, overdue }: Figures): number => onTime + late + overdue;

/** Of what has been decided or has run out, in percent, never rounded up; null: nothing has. */
export function percentOf(figures: Figures): number | null {
  const settled = settledOf(figures);
  return settled === 0 ? null : Math.floor((figures.onTime / settled) * 1_000) / 10;
}

export function useRate(): (figures: Figures) => string {
  const t = useWords();
  return (figures) => {
    const percent = percentOf(figures);
    return percent === null ? t('compliance.rateNone') : `${percent}%`;
  };
}

/** The rate with what it is made of; nothing due is not 100 %. */
export function Rate({ figures }: { figures: Figures }): ReactElement {
  const rate = useRate()(figures);
  const settled = settledOf(figures);
  if (settled === 0) return <strong className="rate rate-none">{rate}</strong>;
  return (
    <strong className="rate">
      {rate}
      <small>
        {figures.onTime}/{settled}
      </small>
    </strong>
  );
}
