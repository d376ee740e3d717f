import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { Figures } from '@tongsheng/contracts';
import type { ReactElement, ReactNode } from 'react';
import { useSiteName } from '../api/site-names.ts';
import * as views from '../api/views.ts';
import { Empty, Pending, Trouble } from '../parts/states.tsx';
import { minute, precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { SubmissionFiguresTable } from './submission-figures.tsx';
import { StagesTable } from './stages-table.tsx';
import { Waivers } from './waivers.tsx';
import { beginOf, endOf, isDay, presetDays, type Preset } from './period.ts';

const outcomes = ['due', 'on_time', 'late', 'overdue', 'open', 'exempted'] as const;
type Outcome = (typeof outcomes)[number];
const countOf: Record<Outcome, keyof Figures> = {
  due: 'due',
  on_time: 'onTime',
  late: 'late',
  overdue: 'overdue',
  open: 'open',
  exempted: 'exempted',
};

/** Every figure of a period; each opens the tasks behind it. */
export function CompliancePage(): ReactElement {
  const t = useWords();
  const navigate = useNavigate({ from: '/compliance' });
  const search = useSearch({ from: '/compliance' });
  const preset = presetDays('week');
  const from = isDay(search.from) ? search.from : preset.from;
  const to = isDay(search.to) ? search.to : preset.to;
  const period = { from: beginOf(from), to: endOf(to) };
  const answer = useQuery({ ...views.compliance(period), refetchInterval: 10_000 });
  const { data, isFetching } = answer;
  const siteName = useSiteName();
  const sourceName = (source: string) =>
    data?.bySource.find(({ sourceId }) => sourceId === source)?.sourceName ?? source;
  const choose = (days: { from: string; to: string }) =>
    void navigate({ search: (before) => ({ ...before, ...days }), replace: true });

  type Where = { site?: string; source?: string; duty?: 'update' | 'retract' };
  const figure = (figures: Figures, outcome: Outcome, where: Where = {}): ReactNode => {
    const count = figures[countOf[outcome]];
    return (
      <Link
        from="/compliance"
        to="/compliance"
        search={{ from, to, outcome, ...where }}
        className={`figure figure-${outcome}${count === 0 ? ' figure-none' : ''}`}
        data-testid={`figure-${outcome}${where.site ? `-${where.site}` : ''}${where.source ? `-${where.source}` : ''}${where.duty ? `-${where.duty}` : ''}`}
      >
        {count}
      </Link>
    );
  };

  return (
    <div className="page compliance">
      <div className="page-bar no-print">
        <label className="inline-field">
          <span>{t('compliance.from')}</span>
          <input
            type="date"
            value={from}
            max={to}
            onChange={({ target }) => isDay(target.value) && choose({ from: target.value, to })}
          />
        </label>
        <label className="inline-field">
          <span>{t('compliance.to')}</span>
          <input
            type="date"
            value={to}
            min={from}
            onChange={({ target }) => isDay(target.value) && choose({ from, to: target.value })}
          />
        </label>
        {(['today', 'week', 'month', 'quarter'] as Preset[]).map((each) => {
          const days = presetDays(each);
          const here = days.from === from && days.to === to;
          return (
            <button key={each} type="button" className={here ? 'chip chip-here' : 'chip'} onClick={() => choose(days)}>
              {t(`compliance.${each}`)}
            </button>
          );
        })}
        <span className="top-space" />
        <button type="button" className="button" onClick={() => window.print()}>
          {t('compliance.print')}
        </button>
      </div>
      <Pending of={answer} />
      {data && (
        <>
          <p className="hint as-of" data-testid="as-of">
            {t('app.asOf', { time: minute(data.asOf) })} · {t('compliance.position', { n: data.position })}
            {isFetching && ` · ${t('app.refreshing')}`}
          </p>
          <div className="tiles">
            <div className="tile tile-rate">
              <span>{t('compliance.rate')}</span>
              <Rate figures={data.total} />
            </div>
            {outcomes.map((outcome) => (
              <div key={outcome} className={`tile tile-${outcome}`}>
                <span>{t(`compliance.${outcome}`)}</span>
                {figure(data.total, outcome)}
              </div>
            ))}
          </div>
          {search.outcome && isOutcome(search.outcome) && (
            <Tasks
              figure={{
                ...period,
                outcome: search.outcome,
                asOf: data.asOf,
                ...(search.site && { sites: search.site }),
                ...(search.source && { sourceId: search.source }),
                ...(search.duty && { duty: search.duty }),
              }}
              title={[
                search.duty && t(`compliance.duty.${search.duty}`),
                t(`compliance.${search.outcome}`),
                search.site && siteName(search.site),
                search.source && sourceName(search.source),
              ]
                .filter(Boolean)
                .join(' · ')}
              siteName={siteName}
              closing={{ from, to }}
            />
          )}
          <div className="compliance-tables">
            <FigureTable
              title={t('compliance.bySite')}
              rows={data.bySite.map((row) => ({
                key: row.site,
                name: siteName(row.site),
                figures: row,
                cell: (outcome: Outcome) => figure(row, outcome, { site: row.site }),
              }))}
            />
            <FigureTable
              title={t('compliance.bySource')}
              rows={data.bySource.map((row) => ({
                key: row.sourceId,
                name: row.sourceName,
                figures: row,
                cell: (outcome: Outcome) => figure(row, outcome, { source: row.sourceId }),
              }))}
            />
          </div>
          <section>
            <h2>{t('compliance.cells')}</h2>
            <table className="table table-figures">
              <thead>
                <tr>
                  <td />
                  {data.bySource.map(({ sourceId, sourceName: name }) => (
                    <th key={sourceId} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {data.bySite.map(({ site }) => (
                  <tr key={site}>
                    <th scope="row">{siteName(site)}</th>
                    {data.bySource.map(({ sourceId }) => {
                      const cell = data.cells.find((each) => each.site === site && each.sourceId === sourceId);
                      if (!cell || cell.due === 0) return <td key={sourceId}>—</td>;
                      return (
                        <td key={sourceId} className={cell.overdue + cell.late > 0 ? 'cell-bad' : 'cell-good'}>
                          {figure(cell, 'on_time', { site, source: sourceId })} /{' '}
                          {figure(cell, 'due', { site, source: sourceId })}
                        </td>
                      );
                    })}
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          <FigureTable
            title={t('compliance.after')}
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
              cell: (outcome: Outcome) => figure(figures, outcome, { duty }),
            }))}
          />
          <SubmissionFiguresTable period={period} />
          <Waivers period={period} />
          <StagesTable stages={data.stages} />
          <p className="hint">{t('compliance.definition')}</p>
        </>
      )}
    </div>
  );
}

const isOutcome = (text: string): text is Outcome => outcomes.some((each) => each === text);

/** Of what has been decided or has run out; nothing due is not 100 %. */
function Rate({ figures }: { figures: Figures }): ReactElement {
  const t = useWords();
  const settled = figures.onTime + figures.late + figures.overdue;
  if (settled === 0) return <strong className="rate rate-none">{t('compliance.rateNone')}</strong>;
  const percent = Math.floor((figures.onTime / settled) * 1_000) / 10;
  return (
    <strong className="rate">
      {percent}%
      <small>
        {figures.onTime}/{settled}
      </small>
    </strong>
  );
}

function FigureTable(props: {
  title: string;
  /** What is owed, where it is not a repost. */
  due?: string;
  rows: { key: string; name: string; figures: Figures; cell: (outcome: Outcome) => ReactNode }[];
}): ReactElement {
  const t = useWords();
  return (
    <section>
      <h2>{props.title}</h2>
      <table className="table table-figures">
        <thead>
          <tr>
            <td />
            {outcomes.map((outcome) => (
              <th key={outcome} scope="col">
                {(outcome === 'due' && props.due) || t(`compliance.${outcome}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ key, name, cell }) => (
            <tr key={key}>
              <th scope="row">{name}</th>
              {outcomes.map((outcome) => (
                <td key={outcome}>{cell(outcome)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Tasks(props: {
  figure: views.Figure;
  title: string;
  siteName: (site: string) => string;
  closing: { from: string; to: string };
}): ReactElement {
  const t = useWords();
  const { data, error, refetch } = useQuery({
    ...views.complianceTasks(props.figure),
    placeholderData: (before) => before,
  });
  return (
    <section className="behind" data-testid="tasks-behind">
      <h2>
        {props.title} <span className="badge">{data?.tasks.length ?? '…'}</span>
        <span className="top-space" />
        <a
          className="button button-small no-print"
          href={`/api/compliance/tasks.csv${views.tasksPath(props.figure)}`}
          download
        >
          {t('compliance.csv')}
        </a>
        <Link from="/compliance" to="/compliance" search={props.closing} className="button button-small no-print">
          {t('app.close')}
        </Link>
      </h2>
      {error && !data && <Trouble error={error} onRetry={() => void refetch()} />}
      {data && data.tasks.length === 0 && <Empty title={t('compliance.emptyTasks')} />}
      {data && data.tasks.length > 0 && (
        <div className="behind-scroll">
          <table className="table">
            <thead>
              <tr>
                <th>{t('releases.colTitle')}</th>
                <th>{t('releases.colSite')}</th>
                <th>{t('sources.colName')}</th>
                <th>{t('compliance.colDue')}</th>
                <th>{t('compliance.colPublished')}</th>
                <th>{t('compliance.colOutcome')}</th>
              </tr>
            </thead>
            <tbody>
              {data.tasks.map((task) => (
                <tr key={`${task.site}/${task.taskId}`}>
                  <td className="cell-title">
                    <Link to="/reposts/$site/$taskId" params={{ site: task.site, taskId: task.taskId }}>
                      {task.title}
                    </Link>
                  </td>
                  <td>{props.siteName(task.site)}</td>
                  <td>{task.sourceName}</td>
                  <td className="cell-time">{precise(task.dueAt)}</td>
                  <td className="cell-time">{task.publishedAt ? precise(task.publishedAt) : '—'}</td>
                  <td>
                    <span className={`tag tag-${task.outcome}`}>{t(`compliance.outcome.${task.outcome}`)}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
