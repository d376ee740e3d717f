import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { AlarmRow, DutyNow } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { alarmKey, alarms, dutyNow } from '../api/duty.ts';
import { useLive } from '../api/live.ts';
import { useSiteName } from '../api/site-names.ts';
import { queueFigures, sources } from '../api/views.ts';
import { askedIn } from '../reposts/asked.ts';
import { useShortcuts } from '../keys.ts';
import { Countdown } from '../parts/countdown.tsx';
import { Empty, Pending } from '../parts/states.tsx';
import { needsCare } from '../sources/health.ts';
import { minute, serverNow, short, timeOfDay } from '../time.ts';
import { useWords } from '../words/index.ts';
import { AlarmCard } from './alarm-card.tsx';
import { byUrgency, isWaiting } from './alarms.ts';
import { ForecastLine } from './forecast-line.tsx';
import { BeginDrill } from './drill-dialog.tsx';
import { HandoverBox } from './handover-box.tsx';
import { DutyTabs } from './tabs.tsx';
import { useTakeAlarm } from './take-alarm.ts';

const soonMs = 2 * 3_600_000;

/** What the person on duty looks at: alarms first, then what will become one. */
export function DutyPage(): ReactElement {
  const t = useWords();
  const navigate = useNavigate();
  const list = useQuery(alarms('open'));
  const now = useQuery(dutyNow());
  const [at, setAt] = useState(0);
  const { taking, take } = useTakeAlarm();
  const isLive = useLive((live) => live.state !== 'offline');
  const open = (list.data?.rows ?? []).filter(({ state }) => state !== 'closed');
  const waiting = open.filter(isWaiting).sort(byUrgency);
  const taken = open.filter((row) => !isWaiting(row)).sort(byUrgency);
  const chosen = waiting[Math.min(at, waiting.length - 1)];
  const go = (step: number) => setAt(Math.max(0, Math.min(at + step, waiting.length - 1)));
  const handle = ({ about, site }: AlarmRow) => {
    switch (about.kind) {
      case 'source':
        return void navigate({ to: '/sources/$sourceId', params: { sourceId: about.sourceId } });
      case 'task':
      case 'page':
        if (site !== null) void navigate({ to: '/reposts/$site/$taskId', params: { site, taskId: about.taskId } });
        return;
      case 'review_debt':
        if (site === null) return;
        return void navigate({ to: '/releases/$site/$releaseId', params: { site, releaseId: about.releaseId } });
      case 'rumor':
        if (site === null) return;
        return void navigate({ to: '/rumors/$site/$rumorCaseId', params: { site, rumorCaseId: about.rumorCaseId } });
      case 'correction':
        if (site === null) return;
        return void navigate({
          to: '/corrections/$site/$correctionId',
          params: { site, correctionId: about.correctionId },
        });
      case 'report':
        if (site === null) return;
        return void navigate({ to: '/reports/$site/$reportId', params: { site, reportId: about.reportId } });
      case 'calendar':
        return void navigate({ to: '/admin/calendar' });
      case 'inspection':
        if (site === null) return;
        return void navigate({
          to: '/inspections/$site/$inspectionId',
          params: { site, inspectionId: about.inspectionId },
        });
      case 'recall':
        if (site === null) return;
        return void navigate({
          to: '/releases/recalls/$site/$releaseId/$round',
          params: { site, releaseId: about.releaseId, round: String(about.round) },
        });
      case 'submission': {
        const { from, submissionId } = about;
        return void navigate({ to: '/submissions/$site/$submissionId', params: { site: from, submissionId } });
      }
      case 'assignment':
        return void navigate({ to: '/deliveries/assisted' });
      case 'linked':
        if (site === null) return;
        return void navigate({ to: '/linked/$site/$linkedId', params: { site, linkedId: about.linkedId } });
      case 'delivery': {
        const { deliveryId } = about;
        if (site !== null) void navigate({ to: '/deliveries/$site/$deliveryId', params: { site, deliveryId } });
        return;
      }
      case 'incident':
        if (site === null) return;
        return void navigate({ to: '/incidents/$site/$incidentId', params: { site, incidentId: about.incidentId } });
      case 'balance':
        return void navigate({ to: '/health' });
      case 'drill':
      case 'handover':
        return;
      case 'credential':
      case 'stoppage':
        return void navigate({ to: '/channels/$channelId', params: { channelId: about.channelId } });
    }
  };
  useShortcuts([
    {
      keys: ['Enter'],
      says: 'duty.take',
      group: 'keys.decision',
      run: () => chosen && isLive && void take(chosen),
    },
    { keys: ['o'], says: 'duty.handle', group: 'keys.decision', run: () => chosen && handle(chosen) },
    { keys: ['j', 'ArrowDown'], says: 'keys.down', group: 'keys.list', run: () => go(1), repeats: true },
    { keys: ['k', 'ArrowUp'], says: 'keys.up', group: 'keys.list', run: () => go(-1), repeats: true },
  ]);
  return (
    <div className="page duty" data-testid="duty-page">
      <div className="page-bar">
        <DutyTabs here="/duty" />
        <ForecastLine />
        <BeginDrill />
      </div>
      {now.data && !now.data.hasLadder && (
        <p className="banner banner-refused">
          {t('duty.noLadder')} <Link to="/duty/ladder">{t('duty.setLadder')}</Link>
        </p>
      )}
      {now.data && <Holes now={now.data} />}
      <div className="duty-columns">
        <div className="duty-alarms">
          <Pending of={list} />
          {list.data && open.length === 0 && <AllWell />}
          {waiting.length > 0 && (
            <section aria-labelledby="duty-open">
              <h2 className="duty-heading" id="duty-open">
                {t('duty.open')} <span className="badge">{waiting.length}</span>
              </h2>
              {waiting.map((row) => (
                <AlarmCard
                  key={alarmKey(row)}
                  row={row}
                  chosen={row === chosen}
                  busy={taking === alarmKey(row)}
                  onTake={() => void take(row)}
                />
              ))}
            </section>
          )}
          {taken.length > 0 && (
            <section aria-labelledby="duty-taken">
              <h2 className="duty-heading" id="duty-taken">
                {t('duty.taken')} <span className="badge">{taken.length}</span>
              </h2>
              {taken.map((row) => (
                <AlarmCard key={alarmKey(row)} row={row} chosen={false} busy={false} onTake={() => undefined} />
              ))}
            </section>
          )}
        </div>
        <div className="duty-side">
          <HandoverBox />
          <People now={now.data} />
          <DueSoon />
          <RedSources />
        </div>
      </div>
    </div>
  );
}

function Holes({ now }: { now: DutyNow }): ReactElement | null {
  const t = useWords();
  const siteName = useSiteName();
  const empty = now.sites.filter(({ people }) => people.length === 0);
  if (empty.length === 0) return null;
  return (
    <p className="banner banner-refused" data-testid="duty-hole">
      {t('duty.hole', { site: empty.map(({ site }) => siteName(site)).join('、') })}
    </p>
  );
}

/** Nothing to do is only good news when what would say otherwise is known to work. */
function AllWell(): ReactElement {
  const t = useWords();
  const { data: known } = useQuery(sources());
  const { data: all } = useQuery(alarms('all'));
  const { state, lastBeat } = useLive();
  const read = known?.rows.filter(({ paused }) => !paused) ?? [];
  const good = read.filter((row) => !needsCare(row)).length;
  const last = all?.rows[0];
  return (
    <Empty title={t('duty.empty')}>
      {state === 'live' && <p>{t('duty.emptyLive', { time: timeOfDay(lastBeat) })}</p>}
      {known && <p>{t('duty.emptySources', { good, all: read.length })}</p>}
      {all && <p>{last ? t('duty.emptyLast', { time: minute(last.raisedAt) }) : t('duty.emptyNever')}</p>}
    </Empty>
  );
}

function People({ now }: { now: DutyNow | undefined }): ReactElement {
  const t = useWords();
  const siteName = useSiteName();
  return (
    <section className="duty-box" aria-labelledby="duty-people">
      <h2 className="duty-heading" id="duty-people">
        {t('duty.people')}
      </h2>
      <ul className="duty-list" data-testid="duty-people">
        {now?.sites.map(({ site, people }) => (
          <li key={site}>
            <small>{siteName(site)}</small>
            {people.length === 0 && <strong className="alarm-gap">{t('duty.nobody')}</strong>}
            {people.map(({ personId, name, phone, until, substitute }) => (
              <div key={personId}>
                <strong>{name}</strong> {phone && <a href={`tel:${phone.replace(/\s/g, '')}`}>{phone}</a>}{' '}
                <small>{t('duty.until', { time: short(until) })}</small>
                {substitute && (
                  <small className="duty-substitute">
                    {t('duty.substitute', { name: substitute.name })}{' '}
                    {substitute.phone && <a href={`tel:${substitute.phone.replace(/\s/g, '')}`}>{substitute.phone}</a>}
                  </small>
                )}
              </div>
            ))}
          </li>
        ))}
      </ul>
    </section>
  );
}

function DueSoon(): ReactElement {
  const t = useWords();
  const siteName = useSiteName();
  const { data } = useQuery(queueFigures(askedIn({}, 'open'), 500));
  const until = serverNow() + soonMs;
  const soon = (data?.rows ?? []).filter(({ dueAt }) => Date.parse(dueAt) <= until);
  return (
    <section className="duty-box" aria-labelledby="duty-soon">
      <h2 className="duty-heading" id="duty-soon">
        {t('duty.soon')} <span className="badge">{soon.length}</span>
      </h2>
      {soon.length === 0 && <p className="hint">{t('duty.soonNone')}</p>}
      <ul className="duty-list">
        {soon.slice(0, 20).map(({ taskId, site, title, startsAt, dueAt }) => (
          <li key={`${site}/${taskId}`}>
            <Countdown startsAt={startsAt} dueAt={dueAt} />
            <Link to="/reposts/$site/$taskId" params={{ site, taskId }}>
              {title}
            </Link>
            <small>{siteName(site)}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RedSources(): ReactElement {
  const t = useWords();
  const { data } = useQuery(sources());
  const read = data?.rows.filter(({ paused }) => !paused) ?? [];
  const red = read.filter(({ troubles }) => troubles.length > 0);
  return (
    <section className="duty-box" aria-labelledby="duty-red">
      <h2 className="duty-heading" id="duty-red">
        {t('duty.redSources')} <span className="badge">{red.length}</span>
      </h2>
      {data && red.length === 0 && <p className="hint">{t('duty.redNone', { n: read.length })}</p>}
      <ul className="duty-list">
        {red.map(({ sourceId, name, troubles: [trouble] }) => (
          <li key={sourceId}>
            <Link to="/sources/$sourceId" params={{ sourceId }}>
              {name}
            </Link>
            {trouble && <small>{t('duty.since', { time: short(trouble.since) })}</small>}
          </li>
        ))}
      </ul>
    </section>
  );
}
