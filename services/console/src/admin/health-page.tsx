import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { watchedNeighbours } from '../api/neighbours.ts';
import { health } from '../api/views.ts';
import { hasRole, useMe } from '../session.ts';
import { Pending } from '../parts/states.tsx';
import { BalancePanel } from './balance-panel.tsx';
import { LinksPanel } from './links-panel.tsx';
import { minute, precise } from '../time.ts';
import { useWords } from '../words/index.ts';

/** What guarantee holds, and how far each view is. */
export function HealthPage(): ReactElement {
  const t = useWords();
  const me = useMe();
  const answer = useQuery(health());
  const linked = useQuery(watchedNeighbours());
  const { data } = answer;
  if (!data) return <Pending of={answer} />;
  const isCut = linked.data?.neighbours.some(({ link }) => !link?.connected) ?? false;
  return (
    <div className="page" data-testid="health">
      <p className={data.ok && !isCut ? 'banner banner-good' : 'banner'}>
        {t(!data.ok ? 'health.notOk' : isCut ? 'health.linkCut' : 'health.ok')}
      </p>
      <dl className="facts">
        <div>
          <dt>{t('health.durability')}</dt>
          <dd>
            {t(data.durability.startsWith('survives power') ? 'durability.power' : 'durability.crash')}
            <br />
            <small className="hint">{data.durability}</small>
          </dd>
        </div>
        <div>
          <dt>{t('health.position')}</dt>
          <dd>{data.journalPosition}</dd>
        </div>
        <div>
          <dt>{t('evidence.checkpoint')}</dt>
          <dd data-testid="checkpoint">
            {data.checkpoint ? (
              <>
                {t('evidence.covers', { size: data.checkpoint.size, time: minute(data.checkpoint.signedAt) })}
                <br />
                <small className="hint">
                  {t('evidence.key')} <code>{data.checkpoint.keyId}</code>
                </small>
              </>
            ) : (
              t('evidence.unsigned')
            )}
          </dd>
        </div>
        <div>
          <dt>{t('evidence.streams')}</dt>
          <dd>
            {data.streams.length === 0
              ? t('evidence.streamsWell')
              : data.streams.map((said) => <p key={said}>{said}</p>)}
          </dd>
        </div>
        <div>
          <dt>{t('health.memory')}</dt>
          <dd data-testid="memory">
            {data.memory.length === 0 ? t('health.memoryWell') : data.memory.map((said) => <p key={said}>{said}</p>)}
          </dd>
        </div>
        <div>
          <dt>{t('health.deadLetters')}</dt>
          <dd>
            <Link to="/dead-letters">{data.deadLetters}</Link>
          </dd>
        </div>
      </dl>
      <LinksPanel />
      {hasRole(me, 'manager', 'admin', 'duty', 'auditor') && <BalancePanel />}
      <table className="table balance-table">
        <thead>
          <tr>
            <th>{t('health.projection')}</th>
            <th className="cell-number">{t('health.at')}</th>
            <th className="cell-number">{t('health.behind')}</th>
            <th className="cell-number">{t('health.parked')}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {data.projections.map(({ name, position, behind, parked, rebuilding }) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="cell-number">{position}</td>
              <td className="cell-number">{behind}</td>
              <td className="cell-number">{parked}</td>
              <td>
                {rebuilding === null ? (
                  <span className="tag tag-good">{t('health.current')}</span>
                ) : (
                  <span className="tag tag-near">
                    {t('health.rebuilding', { percent: Math.floor(rebuilding * 100) })}
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="hint">{t('app.asOf', { time: precise(data.serverTime) })}</p>
    </div>
  );
}
