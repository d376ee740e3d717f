import './compliance.css';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import type { ComplianceBuilding, ComplianceView } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { compliance, isBuilding } from '../api/compliance.ts';
import { Empty, Pending } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';
import { askedBy, figureBy, isDimension, isOutcome, outcomes, periodOf, type Search } from './asked.ts';
import { CorrectionFiguresTable } from './correction-figures.tsx';
import { Breakdown, Change, Choice } from './breakdown.tsx';
import { Figure, percentOf, Rate, useRate } from './figure.tsx';
import { FigureTable } from './figure-table.tsx';
import { Filters, Period } from './filters.tsx';
import { HeatMap } from './heat-map.tsx';
import { useNamed, type Named } from './names.ts';
import { beginOf, endOf } from './period.ts';
import { ReleaseTab } from './release-tab.tsx';
import { StagesTable } from './stages-table.tsx';
import { TasksBehind } from './tasks-behind.tsx';
import { Trend } from './trend.tsx';
import { useComplianceWords } from './words.ts';

/** Every figure of a period; each opens the tasks behind it. */
export function CompliancePage(): ReactElement {
  const own = useComplianceWords();
  const search = useSearch({ from: '/compliance' });
  const { from, to } = periodOf(search);
  const isReleases = search.show === 'releases';
  return (
    <div className="page compliance">
      <nav className="page-bar no-print" aria-label={own('tabs')}>
        <Choice here={!isReleases} search={{ show: undefined }}>
          {own('tabReposts')}
        </Choice>
        <Choice here={isReleases} search={{ show: 'releases' }}>
          {own('tabReleases')}
        </Choice>
      </nav>
      {isReleases ? (
        <>
          <Period />
          <ReleaseTab period={{ from: beginOf(from), to: endOf(to) }} />
        </>
      ) : (
        <RepostTab />
      )}
    </div>
  );
}

function RepostTab(): ReactElement {
  const t = useWords();
  const own = useComplianceWords();
  const search = useSearch({ from: '/compliance' });
  const answer = useQuery(compliance(askedBy(search)));
  const data = answer.data && !isBuilding(answer.data) ? answer.data : undefined;
  const named = useNamed(data);
  const open = figureBy(search);
  const { from, to } = periodOf(search);
  const days = { from: beginOf(from), to: endOf(to) };
  return (
    <>
      <Filters data={data} named={named} />
      <Pending of={answer} />
      {answer.data && isBuilding(answer.data) && <Building of={answer.data.building} />}
      {data && (
        <>
          <p className="hint as-of" data-testid="as-of" data-position={data.position}>
            {t('app.asOf', { time: minute(data.asOf) })} · {t('compliance.position', { n: data.position })}
            {answer.isFetching && ` · ${t('app.refreshing')}`}
          </p>
          {search.asOf && <p className="past-note">{own('asOfPast', { time: minute(search.asOf) })}</p>}
          <Tiles data={data} />
          {open && <TasksBehind asked={open} title={titleOf(search, named, t, own)} />}
          {data.total.due === 0 && <Empty title={own('nothing')} />}
          <Presets data={data} limit={search.limit} />
          <Trend data={data} />
          <HeatMap data={data} named={named} />
          <Breakdown data={data} named={named} />
          <section>
            <h2>{t('compliance.after')}</h2>
            <FigureTable
              head={own('duty')}
              due={t('compliance.afterDue')}
              rows={(
                [
                  ['update', data.updates],
                  ['retract', data.retracts],
                ] as const
              ).map(([duty, figures]) => ({
                key: duty,
                name: t(`compliance.duty.${duty}`),
                figures,
                where: { duty },
              }))}
            />
          </section>
          <CorrectionFiguresTable />
          <StagesTable stages={data.stages} />
          <PackLink period={days} site={search.site} />
          <p className="hint">
            {own('definition', { zone: data.zone === 'Asia/Shanghai' ? t('app.beijing') : data.zone })}{' '}
            {own('timesHint')}
          </p>
        </>
      )}
    </>
  );
}

/** Of the site that the figures are narrowed to, of the only one that a person works for, or of all. */
function PackLink({
  period,
  site,
}: {
  period: { from: string; to: string };
  site: string | undefined;
}): ReactElement | null {
  const t = useWords();
  const me = useMe();
  const only = site ?? (me.sites.length === 1 && me.sites[0] !== '*' ? me.sites[0] : undefined);
  if (!hasRole(me, 'manager', 'admin') || (only === undefined && !me.sites.includes('*'))) return null;
  const asked = new URLSearchParams({ ...period, ...(only !== undefined && { site: only }) });
  return (
    <p className="hint no-print">
      <a href={`/api/evidence.tar.gz?${asked}`} download title={t('evidence.packHint')} data-testid="evidence-pack">
        {t('evidence.packOfPeriod')}
      </a>
    </p>
  );
}

function Building({ of: { asOf, share, secondsLeft } }: { of: ComplianceBuilding['building'] }): ReactElement {
  const own = useComplianceWords();
  const says = own('building', { time: minute(asOf), percent: Math.floor(share * 100) });
  return (
    <div className="empty" role="status" data-testid="building">
      <p className="empty-title">{says}</p>
      <progress max={1} value={share} aria-label={says} />
      <p className="empty-text">
        {secondsLeft !== null && own('buildingLeft', { minutes: Math.max(1, Math.ceil(secondsLeft / 60)) })}{' '}
        {own('buildingHint')}
      </p>
    </div>
  );
}

function Tiles({ data: { total, before } }: { data: ComplianceView }): ReactElement {
  const t = useWords();
  const own = useComplianceWords();
  const rate = useRate();
  const then = percentOf(before.total);
  return (
    <div className="tiles">
      <div className="tile tile-rate">
        <span>{t('compliance.rate')}</span>
        <Rate figures={total} />
        <small className="tile-before" title={own('before', { from: before.from, to: before.to })} data-testid="before">
          {then === null ? own('beforeNone') : own('beforeRate', { rate: rate(before.total) })}{' '}
          {then !== null && <Change rate={percentOf(total)} before={then} />}
        </small>
      </div>
      {outcomes.map((outcome) => (
        <div key={outcome} className={`tile tile-${outcome}`}>
          <span>{t(`compliance.${outcome}`)}</span>
          <Figure figures={total} outcome={outcome} />
        </div>
      ))}
    </div>
  );
}

/** What the rate would be if everybody had eight, twelve or twenty-four hours. */
function Presets({ data, limit }: { data: ComplianceView; limit: 8 | 12 | 24 | undefined }): ReactElement {
  const own = useComplianceWords();
  return (
    <section data-testid="presets">
      <h2>{own('presets')}</h2>
      <FigureTable
        head={own('limit')}
        rows={data.presets.map(({ hours, ...figures }) => ({
          key: `limit-${hours}`,
          figures,
          where: { of: `limit:${hours}` },
          name: (
            <Choice here={limit === hours} search={{ limit: limit === hours ? undefined : hours }}>
              {own('underLimit', { hours })}
            </Choice>
          ),
        }))}
      />
      <p className="hint">{own('presetHint')}</p>
    </section>
  );
}

/** What figure is open, in words: what, whose, when. */
function titleOf(
  search: Search,
  named: Named,
  t: ReturnType<typeof useWords>,
  own: ReturnType<typeof useComplianceWords>,
): string {
  const { outcome, of = '', duty, part } = search;
  const [dimension = '', ...rest] = of.split(':');
  const value = rest.join(':');
  const { from, to } = periodOf(search);
  return [
    (duty === 'update' || duty === 'retract') && t(`compliance.duty.${duty}`),
    isOutcome(outcome) && t(`compliance.${outcome}`),
    isDimension(dimension) && named(dimension, value),
    dimension === 'limit' && own('underLimit', { hours: value }),
    part ?? `${from} – ${to}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
