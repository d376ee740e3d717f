import { nameOfAlarm } from '@tongsheng/contracts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Me } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { alarms, dutyNow } from '../api/duty.ts';
import { hasRole } from '../session.ts';
import { useWords } from '../words/index.ts';
import { byUrgency, concerns, isWaiting, watchers } from './alarms.ts';

/** Alarms that wait for this very person, on whatever page. */
export function useMyAlarms(me: Me) {
  const sees = hasRole(me, ...watchers);
  const { data } = useQuery({ ...alarms('open'), enabled: sees });
  const { data: now } = useQuery(dutyNow());
  const onDutyFor = (now?.sites ?? [])
    .filter(({ people }) => people.some(({ personId }) => personId === me.personId))
    .map(({ site }) => site);
  return (data?.rows ?? []).filter((row) => isWaiting(row) && concerns(row, me, onDutyFor)).sort(byUrgency);
}

export function AlarmBar({ me }: { me: Me }): ReactElement | null {
  const t = useWords();
  const mine = useMyAlarms(me);
  const [first] = mine;
  if (!first) return null;
  return (
    <p className="banner alarm-bar" role="alert" data-testid="alarm-bar">
      <strong>{t('alarm.bar', { n: mine.length })}</strong>
      <span className="alarm-bar-what">{nameOfAlarm(first.about)}</span>
      <Link to="/duty" className="button button-small">
        {t('alarm.barOpen')} <kbd>G W</kbd>
      </Link>
    </p>
  );
}

/** Who answers now, in the top bar of every page. */
export function OnDuty(): ReactElement | null {
  const t = useWords();
  const { data } = useQuery(dutyNow());
  if (!data || data.sites.length === 0) return null;
  const names = [...new Set(data.sites.flatMap(({ people }) => people.map(({ name }) => name)))];
  const hole = data.sites.some(({ people }) => people.length === 0);
  return (
    <span className={hole ? 'on-duty on-duty-hole' : 'on-duty'} data-testid="on-duty">
      {t('duty.onDuty')} {names.length > 0 && <strong>{names.join('、')}</strong>}{' '}
      {hole && <strong>{t('duty.nobody')}</strong>}
    </span>
  );
}
