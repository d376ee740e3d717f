import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReleaseCompliance } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { releaseCompliance } from '../api/compliance.ts';
import { useSiteName } from '../api/site-names.ts';
import { Pending } from '../parts/states.tsx';
import { minute, span } from '../time.ts';
import { useWords } from '../words/index.ts';
import { SubmissionFiguresTable } from './submission-figures.tsx';
import { useComplianceWords, type ComplianceWord } from './words.ts';

type Period = { from: string; to: string };

/** How the house kept its word where it speaks itself: policies with their interpretations, rebuttals, submissions, reach. */
export function ReleaseTab({ period }: { period: Period }): ReactElement {
  const t = useWords();
  const own = useComplianceWords();
  const answer = useQuery(releaseCompliance(period));
  const { data } = answer;
  return (
    <>
      <Pending of={answer} />
      {data && (
        <>
          <p className="hint as-of">
            {t('app.asOf', { time: minute(data.serverTime) })}
            {data.truncated && ` · ${own('truncated', { n: 20_000 })}`}
          </p>
          <Policies rows={data.policies} />
          <Rumors rows={data.rumors} times={data.rebuttal} />
          <SubmissionFiguresTable period={period} />
          <Reach rows={data.channels} />
        </>
      )}
    </>
  );
}

const percent = (some: number, of: number) => `${Math.floor((some / of) * 1_000) / 10}%`;

function Policies({ rows }: { rows: ReleaseCompliance['policies'] }): ReactElement {
  const own = useComplianceWords();
  const siteName = useSiteName();
  const counted = (outcome: string) => rows.filter((row) => row.outcome === outcome);
  const said = { together: 'syncSynced', waived: 'syncWaived', late: 'syncLate' } as const;
  return (
    <section data-testid="sync">
      <h2>{own('sync')}</h2>
      {rows.length === 0 ? (
        <p className="hint">{own('syncNone')}</p>
      ) : (
        <>
          <p>
            <strong className="rate">{percent(counted('together').length, rows.length)}</strong> {own('syncRate')} ·{' '}
            {(['together', 'waived', 'late'] as const)
              .map((outcome) => `${own(said[outcome])} ${counted(outcome).length}`)
              .join(' · ')}
          </p>
          <Listed
            heads={['site', 'colTitle', 'colWhen', 'colHow']}
            rows={rows.map(({ site, linkedId, title, at, outcome, waived }) => ({
              key: `${site}/${linkedId}`,
              cells: [
                siteName(site),
                <Link key="title" to="/linked/$site/$linkedId" params={{ site, linkedId }}>
                  {title}
                </Link>,
                minute(at),
                waived ? `${own('syncWaived')}：${waived.byName}，${waived.reason}` : own(said[outcome]),
              ],
            }))}
          />
        </>
      )}
    </section>
  );
}

function Rumors(props: { rows: ReleaseCompliance['rumors']; times: ReleaseCompliance['rebuttal'] }): ReactElement {
  const { rows, times } = props;
  const own = useComplianceWords();
  const siteName = useSiteName();
  const said = {
    in_time: 'rumorsInTime',
    late: 'rumorsLate',
    overdue: 'rumorsOverdue',
    open: 'rumorsOpen',
    closed: 'rumorsClosed',
  } as const;
  const time = (seconds: number | null) => (seconds === null ? '—' : span(seconds * 1_000));
  return (
    <section data-testid="rebuttals">
      <h2>{own('rebuttal')}</h2>
      {rows.length === 0 ? (
        <p className="hint">{own('none')}</p>
      ) : (
        <>
          <p>
            {own('rumorsReported')} {rows.length} ·{' '}
            {(['in_time', 'late', 'overdue', 'open', 'closed'] as const)
              .map((outcome) => `${own(said[outcome])} ${rows.filter((row) => row.outcome === outcome).length}`)
              .join(' · ')}{' '}
            · {own('median')} {time(times.medianSeconds)} · {own('p95')} {time(times.p95Seconds)}
          </p>
          <Listed
            heads={['site', 'colTitle', 'colWhen', 'colTook', 'colHow']}
            rows={rows.map(({ site, rumorCaseId, claim, reportedAt, rebuttedAt, outcome }) => ({
              key: `${site}/${rumorCaseId}`,
              cells: [
                siteName(site),
                <Link key="claim" to="/rumors/$site/$rumorCaseId" params={{ site, rumorCaseId }}>
                  {claim}
                </Link>,
                minute(reportedAt),
                rebuttedAt ? span(Date.parse(rebuttedAt) - Date.parse(reportedAt)) : '—',
                own(said[outcome]),
              ],
            }))}
          />
        </>
      )}
    </section>
  );
}

function Listed(props: {
  heads: ComplianceWord[];
  rows: { key: string; cells: (string | ReactElement)[] }[];
}): ReactElement {
  const own = useComplianceWords();
  return (
    <div
      className="behind-scroll"
      tabIndex={0}
      role="region"
      aria-label={props.heads.map((head) => own(head)).join('、')}
    >
      <table className="table">
        <thead>
          <tr>
            {props.heads.map((head) => (
              <th key={head} scope="col">
                {own(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map(({ key, cells }) => (
            <tr key={key}>
              {cells.map((cell, i) => (
                <td key={props.heads[i]} className={i === 1 ? 'cell-title' : 'cell-wide'}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const places = ['confirmed', 'pending', 'failed', 'unknown', 'waiting'] as const;
/** Which board of deliveries shows what a figure counts. */
const boards = {
  confirmed: 'confirmed',
  pending: 'open',
  failed: 'failed',
  unknown: 'unknown',
  waiting: 'open',
} as const;

function Reach({ rows }: { rows: ReleaseCompliance['channels'] }): ReactElement {
  const own = useComplianceWords();
  const siteName = useSiteName();
  const said = {
    confirmed: 'reachConfirmed',
    pending: 'reachPending',
    failed: 'reachFailed',
    unknown: 'reachUnknown',
    waiting: 'reachWaiting',
  } as const;
  return (
    <section data-testid="reach">
      <h2>{own('reach')}</h2>
      {rows.length === 0 ? (
        <p className="hint">{own('none')}</p>
      ) : (
        <div className="table-scroll">
          <table className="table table-figures">
            <thead>
              <tr>
                <th scope="col">{own('channel')}</th>
                <th scope="col" className="cell-named">
                  {own('site')}
                </th>
                <th scope="col">{own('reachRate')}</th>
                <th scope="col">{own('reachSent')}</th>
                {places.map((place) => (
                  <th key={place} scope="col">
                    {own(said[place])}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.channelId}>
                  <th scope="row">
                    <Link to="/deliveries" search={{ channel: row.channelId }}>
                      {row.channelName}
                    </Link>
                  </th>
                  <th scope="row">{siteName(row.site)}</th>
                  <td>{percent(row.confirmed, row.asked)}</td>
                  <td>
                    <Link to="/deliveries" search={{ channel: row.channelId }} className="figure">
                      {row.asked}
                    </Link>
                  </td>
                  {places.map((place) => (
                    <td key={place}>
                      <Link
                        to="/deliveries"
                        search={{ channel: row.channelId, show: boards[place] }}
                        className={row[place] === 0 ? 'figure figure-none' : 'figure'}
                      >
                        {row[place]}
                      </Link>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
