import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Forecast } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { forecast } from '../api/duty.ts';
import { useSiteName } from '../api/site-names.ts';
import { Pending } from '../parts/states.tsx';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';

/** What will be late at the present pace, as one sentence that opens to the tasks behind it. */
export function ForecastLine(): ReactElement {
  const t = useWords();
  const siteName = useSiteName();
  const said = useQuery(forecast());
  const { data } = said;
  if (!data) return <Pending of={said} />;
  const { basis, days, open, overdue, tasks } = data;
  const why = `${t(`forecast.basis.${basis}`, { days, open })}${overdue > 0 ? t('forecast.overdue', { n: overdue }) : ''}`;
  if (tasks.length === 0) {
    return (
      <p className="forecast" data-testid="forecast">
        <strong>{t(basis === 'none' ? 'forecast.unknown' : 'forecast.none')}</strong> <small>{why}</small>
      </p>
    );
  }
  return (
    <details className="forecast forecast-late" data-testid="forecast">
      <summary>
        <strong>{sentence(data, t)}</strong> <small>{why}</small>
      </summary>
      <ul className="duty-list">
        {tasks.map(({ taskId, site, title, dueAt, expectedAt }) => (
          <li key={`${site}/${taskId}`}>
            <Link to="/reposts/$site/$taskId" params={{ site, taskId }}>
              {title}
            </Link>
            <small>
              {siteName(site)} · {t('task.due', { time: short(dueAt) })} ·{' '}
              {expectedAt ? t('forecast.expected', { time: short(expectedAt) }) : t('forecast.notWithinDay')}
            </small>
          </li>
        ))}
      </ul>
    </details>
  );
}

const sentence = ({ after, late }: Forecast, t: ReturnType<typeof useWords>) =>
  t('forecast.late', { time: after ? short(after) : '', n: late });
