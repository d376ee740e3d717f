import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { ComplianceView } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { neighbours } from '../api/neighbours.ts';
import { sites } from '../api/views.ts';
import { serverNow } from '../time.ts';
import { useWords } from '../words/index.ts';
import { dimensions, periodOf, type Dimension } from './asked.ts';
import { worded, type Named } from './names.ts';
import { isDay, presetDays, type Preset } from './period.ts';
import { useComplianceWords, type ComplianceWord } from './words.ts';

const all: Record<Dimension, ComplianceWord> = {
  site: 'allSites',
  level: 'allLevels',
  source: 'allSources',
  column: 'allColumns',
  kind: 'allKinds',
  person: 'allPeople',
};
const presets: Preset[] = ['today', 'week', 'month', 'quarter', 'year'];
const limits = [8, 12, 24] as const;

const narrowsNothing = { limit: undefined, ...Object.fromEntries(dimensions.map((each) => [each, undefined])) };

/** The period, what narrows it, and the moment; all of it is in the address. */
export function Filters({ data, named }: { data: ComplianceView | undefined; named: Named }): ReactElement {
  const own = useComplianceWords();
  const search = useSearch({ from: '/compliance' });
  const ours = useQuery(sites()).data?.rows ?? [];
  const others = useQuery(neighbours()).data?.neighbours ?? [];
  const chosen = others.find(({ name }) => name === search.neighbour);
  const known = (chosen?.sites ?? ours).map(({ siteId }) => siteId);
  const set = useSet();
  const values: Record<Dimension, readonly string[]> = {
    site: known,
    level: worded.level,
    source: data?.bySource.map(({ sourceId }) => sourceId) ?? [],
    column: data?.byColumn.map(({ column }) => column) ?? [],
    kind: worded.kind,
    person: data?.byPerson.map(({ personId }) => personId) ?? [],
  };
  const isNarrowed = search.limit !== undefined || dimensions.some((each) => search[each] !== undefined);
  return (
    <>
      <Period />
      <div className="page-bar no-print" role="group" aria-label={own('filters')}>
        {others.length > 0 && (
          <select
            aria-label={own('whose')}
            value={search.neighbour ?? ''}
            onChange={({ target }) => set({ ...narrowsNothing, neighbour: target.value || undefined })}
            data-testid="filter-neighbour"
          >
            <option value="">{own('ours')}</option>
            {others.map(({ name, sites: [first] }) => (
              <option key={name} value={name}>
                {first?.name ?? name}
              </option>
            ))}
          </select>
        )}
        {dimensions.map((each) => {
          const value = search[each];
          const offered = value === undefined || values[each].includes(value) ? values[each] : [value, ...values[each]];
          return (
            <select
              key={each}
              aria-label={own(each)}
              value={value ?? ''}
              onChange={({ target }) => set({ [each]: target.value || undefined })}
              data-testid={`filter-${each}`}
            >
              <option value="">{own(all[each])}</option>
              {offered.map((one) => (
                <option key={one} value={one}>
                  {named(each, one)}
                </option>
              ))}
            </select>
          );
        })}
        <select
          aria-label={own('limit')}
          value={search.limit ?? ''}
          onChange={({ target }) => set({ limit: target.value === '' ? undefined : Number(target.value) })}
          data-testid="filter-limit"
        >
          <option value="">{own('ownLimit')}</option>
          {limits.map((hours) => (
            <option key={hours} value={hours}>
              {own('underLimit', { hours })}
            </option>
          ))}
        </select>
        {isNarrowed && (
          <button type="button" className="button button-small" onClick={() => set(narrowsNothing)}>
            {own('clear')}
          </button>
        )}
        <span className="top-space" />
        {search.neighbour === undefined && <AsOf asOf={search.asOf} choose={(asOf) => set({ asOf })} />}
      </div>
    </>
  );
}

/** Changes what the address says; a page and a part of what was there before mean nothing any more. */
function useSet(): (changed: Record<string, string | number | undefined>) => void {
  const navigate = useNavigate({ from: '/compliance' });
  return (changed) =>
    void navigate({
      search: ({ page: _page, part: _part, ...before }) =>
        Object.fromEntries(Object.entries({ ...before, ...changed }).filter(([, value]) => value !== undefined)),
      replace: true,
    });
}

/** The days that are looked at. */
export function Period(): ReactElement {
  const t = useWords();
  const own = useComplianceWords();
  const { from, to } = periodOf(useSearch({ from: '/compliance' }));
  const set = useSet();
  return (
    <div className="page-bar no-print">
      <label className="inline-field">
        <span>{t('compliance.from')}</span>
        <input
          type="date"
          value={from}
          max={to}
          onChange={({ target }) => isDay(target.value) && set({ from: target.value, to })}
        />
      </label>
      <label className="inline-field">
        <span>{t('compliance.to')}</span>
        <input
          type="date"
          value={to}
          min={from}
          onChange={({ target }) => isDay(target.value) && set({ from, to: target.value })}
        />
      </label>
      {presets.map((each) => {
        const days = presetDays(each);
        const here = days.from === from && days.to === to;
        return (
          <button
            key={each}
            type="button"
            className={here ? 'chip chip-here' : 'chip'}
            aria-pressed={here}
            onClick={() => set({ ...days, unit: undefined })}
          >
            {each === 'year' ? own('year') : t(`compliance.${each}`)}
          </button>
        );
      })}
      <span className="top-space" />
      <button type="button" className="button" onClick={() => window.print()}>
        {t('compliance.print')}
      </button>
    </div>
  );
}

const hourMs = 3_600_000;
/** All times are Beijing time, which is eight hours ahead. */
const toField = (instant: string) => new Date(Date.parse(instant) + 8 * hourMs).toISOString().slice(0, 16);
const fromField = (text: string) => new Date(Date.parse(`${text}:00Z`) - 8 * hourMs).toISOString();

/** The moment whose figures are shown; none: now. */
function AsOf({
  asOf,
  choose,
}: {
  asOf: string | undefined;
  choose: (asOf: string | undefined) => void;
}): ReactElement {
  const own = useComplianceWords();
  const latest = toField(new Date(serverNow()).toISOString());
  return (
    <>
      <label className="inline-field">
        <span>{own('asOfMoment')}</span>
        <input
          key={asOf ?? ''}
          type="datetime-local"
          defaultValue={asOf ? toField(asOf) : ''}
          max={latest}
          // Only when it is left: on the way to a whole date every key would have another moment folded.
          onBlur={({ target }) => target.value !== '' && target.value <= latest && choose(fromField(target.value))}
          onKeyDown={({ key, currentTarget: { value } }) =>
            key === 'Enter' && value !== '' && value <= latest && choose(fromField(value))
          }
          data-testid="as-of-moment"
        />
      </label>
      {asOf && (
        <button type="button" className="button button-small" onClick={() => choose(undefined)}>
          {own('asOfNow')}
        </button>
      )}
    </>
  );
}
