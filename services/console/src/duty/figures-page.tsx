import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { dutyFigures } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { Pending } from '../parts/states.tsx';
import { minute, span } from '../time.ts';
import { useWords, type Word } from '../words/index.ts';
import { PeriodFields, usePeriod } from './duty-period.tsx';
import { DutyTabs } from './tabs.tsx';

type Times = { n: number; medianMs: number | null; p90Ms: number | null };

/** How long it takes until somebody comes, and until it is over. Drills stand by themselves and count in nothing else. */
export function FiguresPage(): ReactElement {
  const t = useWords();
  const siteName = useSiteName();
  const { from, to, period } = usePeriod('/duty/figures', 30);
  const answer = useQuery(dutyFigures(period));
  const { data } = answer;
  const head = (first: Word) => (
    <thead>
      <tr>
        <th>{t(first)}</th>
        <th className="cell-number">{t('figures.n')}</th>
        <th className="cell-number">{t('figures.median')}</th>
        <th className="cell-number">{t('figures.p90')}</th>
      </tr>
    </thead>
  );
  const row = (name: string, times: Times) => (
    <tr key={name}>
      <td>{name}</td>
      <td className="cell-number">{times.n}</td>
      <td className="cell-number">{times.medianMs === null ? '—' : span(times.medianMs)}</td>
      <td className="cell-number">{times.p90Ms === null ? '—' : span(times.p90Ms)}</td>
    </tr>
  );
  return (
    <div className="page" data-testid="figures-page">
      <div className="page-bar no-print">
        <DutyTabs here="/duty/figures" />
        <span className="top-space" />
        <PeriodFields path="/duty/figures" from={from} to={to} />
        <a className="button" href={`/api/duty/figures.csv?${new URLSearchParams(period)}`} download>
          {t('book.csv')}
        </a>
        <button type="button" className="button" onClick={() => window.print()}>
          {t('roster.print')}
        </button>
      </div>
      <Pending of={answer} />
      {data && (
        <>
          <h2 className="duty-heading">{t('figures.title', { from, to })}</h2>
          <p data-testid="figures-sum">
            {t('figures.sum', {
              raised: data.alarms.raised,
              unanswered: data.alarms.unanswered,
              alone: data.alarms.endedAlone,
              opened: data.incidents.opened,
              late: data.incidents.reportedLate,
              unreported: data.incidents.unreported,
              overdue: data.handovers.overdue,
            })}
          </p>
          <table className="table" data-testid="figures">
            {head('figures.from')}
            <tbody>
              {row(t('figures.taken'), data.alarms.taken)}
              {row(t('figures.closed'), data.alarms.closed)}
              {row(t('figures.reported'), data.incidents.reported)}
              {row(t('figures.incidentClosed'), data.incidents.closed)}
            </tbody>
          </table>
          <h2 className="duty-heading">{t('figures.byPerson')}</h2>
          <table className="table">
            {head('alarm.who')}
            <tbody>{data.byPerson.map(({ name, ...times }) => row(name, times))}</tbody>
          </table>
          <h2 className="duty-heading">{t('figures.byKind')}</h2>
          <table className="table">
            {head('book.about')}
            <tbody>
              {data.byKind.map(({ kind, raised, ...times }) =>
                row(`${t(`figures.kind.${kind as 'task'}`)} (${t('figures.raised', { n: raised })})`, times),
              )}
            </tbody>
          </table>
          <h2 className="duty-heading">{t('figures.drills')}</h2>
          {data.drills.length === 0 && <p className="hint">{t('figures.noDrills')}</p>}
          {data.drills.length > 0 && (
            <table className="table" data-testid="drills">
              <thead>
                <tr>
                  <th>{t('alarm.when')}</th>
                  <th>{t('drill.scenario')}</th>
                  <th>{t('drill.on')}</th>
                  <th>{t('roster.site')}</th>
                  <th>{t('figures.begunBy')}</th>
                  <th className="cell-number">{t('figures.called')}</th>
                  <th>{t('figures.takenBy')}</th>
                  <th className="cell-number">{t('figures.took')}</th>
                </tr>
              </thead>
              <tbody>
                {data.drills.map((each) => (
                  <tr key={each.drillId}>
                    <td className="cell-time">{minute(each.at)}</td>
                    <td>{each.scenario}</td>
                    <td>{t(`ladder.on.${each.on}`)}</td>
                    <td>{each.site === null ? t('roster.allSites') : siteName(each.site)}</td>
                    <td>{each.byName}</td>
                    <td className="cell-number">{each.called}</td>
                    <td>{each.takenBy ?? t('figures.nobody')}</td>
                    <td className="cell-number">{each.tookMs === null ? '—' : span(each.tookMs)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
    </div>
  );
}
