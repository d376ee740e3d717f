import { nameOfAlarm } from '@tongsheng/contracts';
import { Link } from '@tanstack/react-router';
import type { AlarmRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { alarmKey } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { useLive } from '../api/live.ts';
import { Countdown } from '../parts/countdown.tsx';
import { minute, precise, short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { whatOf } from './alarm-words.ts';
import { isWaiting } from './alarms.ts';
import { EndDrill } from './drill-dialog.tsx';
import { OpenIncident } from './open-incident.tsx';
import { StepCountdown } from './step-countdown.tsx';
import { useWhom } from './whom.ts';

/** One alarm: what it is about, who was told when and by what, who is next, and the one thing to do. */
export function AlarmCard(props: { row: AlarmRow; chosen: boolean; busy: boolean; onTake: () => void }): ReactElement {
  const { row, chosen, busy, onTake } = props;
  const { about, state, site, told, gaps, acknowledged } = row;
  const t = useWords();
  const siteName = useSiteName();
  const whom = useWhom();
  const isLive = useLive((live) => live.state !== 'offline');
  const waits = isWaiting(row);
  return (
    <article
      className={`alarm alarm-${state}${about.kind === 'drill' ? ' alarm-drill' : ''}`}
      data-testid="alarm"
      data-state={state}
      aria-current={chosen || undefined}
      aria-labelledby={`alarm-${row.alarmId}`}
    >
      <header className="alarm-head">
        {about.kind === 'drill' && <strong className="drill-mark">{t('drill.mark')}</strong>}
        <span className={`alarm-state alarm-state-${state}`}>{t(`alarm.state.${state}`)}</span>
        <span>{whatOf(about, t)}</span>
        {'startsAt' in about && 'dueAt' in about && <Countdown startsAt={about.startsAt} dueAt={about.dueAt} />}
        <span className="hint" title={minute(row.raisedAt)}>
          {t('alarm.raised', { time: short(row.raisedAt) })}
        </span>
      </header>
      <h3 className="alarm-title" id={`alarm-${row.alarmId}`}>
        {nameOfAlarm(about)}
      </h3>
      <p className="hint">
        {about.kind === 'task' &&
          `${site === null ? t('roster.allSites') : siteName(site)} · ${about.sourceName} · ${t('task.due', { time: short(about.dueAt) })}`}
        {about.kind === 'calendar' && t('alarm.calendarHint', { time: short(about.since) })}
        {(about.kind === 'rumor' ||
          about.kind === 'submission' ||
          about.kind === 'report' ||
          about.kind === 'correction' ||
          about.kind === 'inspection') &&
          `${site === null ? '' : siteName(site)} · ${t('task.due', { time: short(about.dueAt) })}`}
        {about.kind === 'assignment' &&
          `${site === null ? '' : siteName(site)} · ${about.channelName} · ${t('assisted.due', { time: short(about.dueAt) })}`}
        {about.kind === 'incident' &&
          `${site === null ? '' : siteName(site)} · ${t('alarm.reportBy', { time: short(about.dueAt) })}`}
        {about.kind === 'handover' &&
          `${site === null ? t('roster.allSites') : siteName(site)} · ${t('duty.until', { time: short(about.endedAt) })} · ${about.nextName ?? t('duty.nobody')}`}
        {about.kind === 'drill' &&
          `${site === null ? '' : siteName(site)} · ${t('alarm.drillOf', { on: t(`ladder.on.${about.on}`), name: about.byName })}`}
        {about.kind === 'source' &&
          `${about.detector ?? ''} ${about.code} · ${t('duty.since', { time: short(about.failingSince) })}`}
        {about.kind === 'delivery' &&
          `${site === null ? '' : siteName(site)} · ${about.channelName} · ${about.detail} · ${short(about.lostAt)}`}
        {about.kind === 'page' && `${site === null ? '' : siteName(site)} · ${about.url} · ${short(about.driftedAt)}`}
        {about.kind === 'recall' &&
          `${site === null ? '' : siteName(site)} · ${about.target ?? ''} ${about.detail} · ${short(about.since)}`}
        {about.kind === 'linked' &&
          `${site === null ? '' : siteName(site)} · ${t('linked.colT0')} ${short(about.t0)} · ${about.missing.join('、') || t(`linked.stoppedBecause.${about.because}`)}${about.count > about.missing.length ? ` … (${about.count})` : ''}`}
        {about.kind === 'stoppage' &&
          `${site === null ? '' : siteName(site)} · ${about.detail} · ${t('duty.since', { time: short(about.since) })}`}
        {about.kind === 'balance' && `${about.titles.join('、')} · ${t('duty.since', { time: short(about.since) })}`}
        {about.kind === 'credential' &&
          `${site === null ? '' : siteName(site)} · ${about.detail} · ${t('duty.since', { time: short(about.failedAt) })}`}
      </p>
      {gaps.map(({ step, whom: missing }) => (
        <p key={step} className="alarm-gap">
          {t('alarm.gap', { whom: whom(missing) })}
        </p>
      ))}
      {state === 'unanswered' && (
        <p className="alarm-gap" role="status">
          {t('alarm.ended')}
        </p>
      )}
      {row.answerBy && <StepCountdown until={row.answerBy} then={nextWords(row, t, whom)} />}
      {acknowledged && <p>{t('duty.takenBy', { name: acknowledged.byName, time: short(acknowledged.at) })}</p>}
      {told.length > 0 && (
        <table className="table table-dense alarm-told" data-testid="told">
          <caption>{t('alarm.told')}</caption>
          <thead>
            <tr>
              <th>{t('alarm.who')}</th>
              <th>{t('alarm.when')}</th>
              <th>{t('alarm.how')}</th>
            </tr>
          </thead>
          <tbody>
            {peopleTold(told).map(({ first, all }) => (
              <tr key={`${first.step}/${first.personId}`}>
                <td>{first.name}</td>
                <td className="cell-time">{precise(first.at)}</td>
                <td className="told">
                  {all.map(({ by, outcome, detail }) => (
                    <span key={by} className={`told-${outcome}`} title={detail || undefined}>
                      {t(`alarm.by.${by}`)} {t(`alarm.outcome.${outcome}`)}
                      {outcome === 'failed' && `（${detail}）`}
                    </span>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <footer className="alarm-actions">
        {about.kind === 'task' && site !== null ? (
          <Link to="/reposts/$site/$taskId" params={{ site, taskId: about.taskId }} className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'review_debt' && site !== null ? (
          <Link to="/releases/$site/$releaseId" params={{ site, releaseId: about.releaseId }} className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'rumor' && site !== null ? (
          <Link to="/rumors/$site/$rumorCaseId" params={{ site, rumorCaseId: about.rumorCaseId }} className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'correction' && site !== null ? (
          <Link
            to="/corrections/$site/$correctionId"
            params={{ site, correctionId: about.correctionId }}
            className="button"
          >
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'inspection' && site !== null ? (
          <Link
            to="/inspections/$site/$inspectionId"
            params={{ site, inspectionId: about.inspectionId }}
            className="button"
          >
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'report' && site !== null ? (
          <Link to="/reports/$site/$reportId" params={{ site, reportId: about.reportId }} className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'calendar' ? (
          <Link to="/admin/calendar" className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'recall' && site !== null ? (
          <Link
            to="/releases/recalls/$site/$releaseId/$round"
            params={{ site, releaseId: about.releaseId, round: String(about.round) }}
            className="button"
          >
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'submission' ? (
          <Link
            to="/submissions/$site/$submissionId"
            params={{ site: about.from, submissionId: about.submissionId }}
            className="button"
          >
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'assignment' ? (
          <Link to="/deliveries/assisted" className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'linked' && site !== null ? (
          <Link to="/linked/$site/$linkedId" params={{ site, linkedId: about.linkedId }} className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'credential' || about.kind === 'stoppage' ? (
          <Link to="/channels/$channelId" params={{ channelId: about.channelId }} className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'source' ? (
          <Link to="/sources/$sourceId" params={{ sourceId: about.sourceId }} className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'incident' && site !== null ? (
          <Link to="/incidents/$site/$incidentId" params={{ site, incidentId: about.incidentId }} className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'balance' ? (
          <Link to="/health" className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        ) : about.kind === 'handover' ? null : about.kind === 'drill' ? (
          <EndDrill row={row} />
        ) : (
          <Link to="/deliveries" className="button">
            {t('duty.handle')} {chosen && <kbd>O</kbd>}
          </Link>
        )}
        <OpenIncident row={row} />
        {waits && (
          <button
            type="button"
            className="button button-primary alarm-take"
            aria-disabled={!isLive || busy}
            title={isLive ? undefined : t('duty.offline')}
            onClick={() => isLive && !busy && onTake()}
            data-testid="take"
            data-key={alarmKey(row)}
          >
            {busy ? t('state.sending') : t('duty.take')} {chosen && <kbd>Enter</kbd>}
          </button>
        )}
      </footer>
    </article>
  );
}

function nextWords(
  { steps, step }: AlarmRow,
  t: ReturnType<typeof useWords>,
  whom: ReturnType<typeof useWhom>,
): string {
  const next = step === null ? undefined : steps[step + 1];
  return next ? t('alarm.next', { whom: whom(next.whom) }) : t('alarm.nextLast');
}

/** One line for each person and step, with all the means they were told by. */
function peopleTold(told: AlarmRow['told']): { first: AlarmRow['told'][number]; all: AlarmRow['told'] }[] {
  const firsts = told.filter(
    (each, i) => told.findIndex(({ step, personId }) => step === each.step && personId === each.personId) === i,
  );
  return firsts.map((first) => ({
    first,
    all: told.filter(({ step, personId }) => step === first.step && personId === first.personId),
  }));
}
