import { useQuery } from '@tanstack/react-query';
import { selfCheckIdOf, type SelfCheck } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { decide } from '../api/client.ts';
import * as views from '../api/inspections.ts';
import { announce } from '../parts/announcer.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { serverNow, short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { Findings } from './inspection-words.tsx';

/** How far each of our own sites is from what would fail it by itself. */
export function SelfChecks(): ReactElement {
  const t = useWords();
  const list = useQuery(views.selfChecks());
  return (
    <section className="self-checks" data-testid="self-checks">
      <h2>{t('selfcheck.title')}</h2>
      <p className="hint">{t('selfcheck.hint')}</p>
      <Pending of={list} />
      {list.data?.rows.map((row) => (
        <Site key={row.site} row={row} onBegun={() => void list.refetch()} />
      ))}
    </section>
  );
}

function Site({ row, onBegun }: { row: SelfCheck; onBegun: () => void }): ReactElement {
  const t = useWords();
  const me = useMe();
  const { site, name, check, states, findings, progress } = row;
  const begin = async () => {
    try {
      await decide({ type: 'site_check.begin', site, checkId: selfCheckIdOf(new Date(serverNow()).toISOString()) });
      onBegun();
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
  };
  return (
    <details className="self-check" data-testid={`self-${site}`}>
      <summary>
        <strong>{name}</strong>{' '}
        {check === null ? (
          <span className="hint">{t('selfcheck.none')}</span>
        ) : (
          states.map((each) => (
            <span key={each.code} className={`tag tag-veto-${each.state}`} data-code={each.code}>
              {t(`selfcheck.${each.code}`)}{' '}
              {each.state !== 'breached' && each.days !== null
                ? each.days === 0
                  ? t('selfcheck.today')
                  : t('selfcheck.days', { n: each.days })
                : t(`selfcheck.state.${each.state}`)}
              {each.n !== null && each.limit !== null && ` ${t('selfcheck.of', { n: each.n, limit: each.limit })}`}
            </span>
          ))
        )}
      </summary>
      {check && (
        <>
          <p className="hint">
            {t('selfcheck.since', { time: short(check.begunAt) })} · {Math.round(progress * 100)}% ·{' '}
            {t('inspection.colProbes')} {check.probes.counted}/{check.probes.planned}
          </p>
          <Findings findings={findings} evidenceOf={(hash) => views.evidencePath(site, check.checkId, hash)} />
        </>
      )}
      {hasRole(me, 'manager') && check === null && (
        <button type="button" className="button" onClick={() => void begin()} data-testid={`begin-${site}`}>
          {t('selfcheck.begin')}
        </button>
      )}
    </details>
  );
}
