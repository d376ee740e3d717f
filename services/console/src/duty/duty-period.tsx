import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { beginOf, endOf, isDay } from '../compliance/period.ts';
import { day, serverNow } from '../time.ts';
import { useWords } from '../words/index.ts';

type Path = '/duty/book' | '/duty/figures';

/** The days that are looked at, as the address has them; until somebody chooses, the last few. */
export function usePeriod(
  path: Path,
  days: number,
): { from: string; to: string; period: { from: string; to: string } } {
  const search: { from?: string; to?: string } = useSearch({ from: path });
  const to = isDay(search.to) ? search.to : day(serverNow());
  const from = isDay(search.from) ? search.from : day(serverNow() - (days - 1) * 86_400_000);
  return { from, to, period: { from: beginOf(from), to: endOf(to) } };
}

export function PeriodFields({ path, from, to }: { path: Path; from: string; to: string }): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const go = (days: { from?: string; to?: string }) =>
    void navigate({ to: path, search: { from, to, ...days }, replace: true });
  return (
    <>
      <label className="roster-site">
        {t('book.from')}{' '}
        <input type="date" value={from} max={to} onChange={({ target }) => go({ from: target.value })} />
      </label>
      <label className="roster-site">
        {t('book.to')} <input type="date" value={to} min={from} onChange={({ target }) => go({ to: target.value })} />
      </label>
    </>
  );
}
