import { Link } from '@tanstack/react-router';
import type { BookChange, Simulation as Part } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { useSiteName } from '../api/site-names.ts';
import { useLimit } from '../parts/limit-words.ts';
import { Trouble } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';
import { countsOf } from './simulation-counts.ts';
import type { useSimulation } from './use-simulation.ts';

const spans = [7, 30, 90] as const;
const shownAtFirst = 20;

/** What a change would have done to recent items, before it is switched on. */
export function Simulation(props: {
  change: Partial<BookChange>;
  simulation: ReturnType<typeof useSimulation>;
  /** Whether all that is needed was filled in. */
  ready: () => boolean;
}): ReactElement {
  const { change, simulation, ready } = props;
  const { tried, error, run, stop } = simulation;
  const t = useWords();
  const me = useMe();
  const [days, setDays] = useState<number>(30);
  const running = tried?.state === 'running';
  const stale = tried !== null && tried.of !== JSON.stringify(change);
  const start = () => {
    if (ready()) void run(change, days);
  };
  if (!hasRole(me, 'admin', 'manager')) return <p className="hint">{t('try.forbidden')}</p>;
  return (
    <section className="try" aria-label={t('try.title')} data-testid="try" data-state={tried?.state ?? 'none'}>
      <h2>{t('try.title')}</h2>
      <p className="hint">{t('try.hint')}</p>
      <div className="try-bar">
        <div className="chips" role="group" aria-label={t('try.title')}>
          {spans.map((each) => (
            <button
              key={each}
              type="button"
              className={each === days ? 'chip chip-here' : 'chip'}
              aria-pressed={each === days}
              onClick={() => setDays(each)}
            >
              {t('try.days', { n: each })}
            </button>
          ))}
        </div>
        {running ? (
          <button type="button" className="button" onClick={stop} data-testid="try-stop">
            {t('try.stop')}
          </button>
        ) : (
          <button type="button" className="button button-primary" onClick={start} data-testid="try-run">
            {t(tried ? 'try.again' : 'try.run')}
          </button>
        )}
      </div>
      {error !== null && <Trouble error={error} onRetry={start} />}
      {tried && (
        <div aria-live="polite">
          {running && (
            <p>
              <progress max={tried.days} value={tried.daysDone} aria-label={t('try.running')} />{' '}
              {t('try.progress', { items: tried.items, days: tried.daysDone, total: tried.days })}
            </p>
          )}
          {tried.state === 'stopped' && <p className="banner">{t('try.stopped')}</p>}
          {stale && <p className="banner">{t('try.stale')}</p>}
          {!running && <Counts items={tried.items} changes={tried.changes} />}
          <Changes changes={tried.changes} />
        </div>
      )}
    </section>
  );
}

function Counts({ items, changes }: { items: number; changes: Part['changes'] }): ReactElement {
  const t = useWords();
  const { effects, gained, lost, limits } = countsOf(changes);
  return (
    <p className="try-counts" data-testid="try-counts">
      {t('try.done', { items })}
      {changes.length === 0 && <strong>{t('try.same')}</strong>}
      {gained > 0 && <strong className="tag tag-near">{t('try.gained', { n: gained })}</strong>}
      {lost > 0 && <strong className="tag tag-failed">{t('try.lost', { n: lost })}</strong>}
      {effects > 0 && <strong className="tag tag-press">{t('try.effects', { n: effects })}</strong>}
      {limits > 0 && <strong className="tag tag-press">{t('try.limits', { n: limits })}</strong>}
    </p>
  );
}

function Changes({ changes }: { changes: Part['changes'] }): ReactElement | null {
  const t = useWords();
  const siteName = useSiteName();
  const [shown, setShown] = useState(shownAtFirst);
  if (changes.length === 0) return null;
  const names = (sites: string[]) => sites.map(siteName).join('、');
  return (
    <>
      <table className="table table-dense" data-testid="try-changes">
        <thead>
          <tr>
            <th>{t('try.item')}</th>
            <th>{t('try.before')}</th>
            <th>{t('try.after')}</th>
            <th>{t('try.sites')}</th>
          </tr>
        </thead>
        <tbody>
          {changes.slice(0, shown).map(({ itemId, sourceId, title, firstSeenAt, before, after, gained, lost }) => (
            <tr key={itemId}>
              <td className="cell-title">
                <Link to="/items/$sourceId/$itemId" params={{ sourceId, itemId }} target="_blank">
                  {title}
                </Link>{' '}
                <small className="cell-time">{short(firstSeenAt)}</small>
              </td>
              <td className="cell-wide">
                <Outcome of={before} />
              </td>
              <td className="cell-wide">
                <Outcome of={after} />
              </td>
              <td className="cell-wide">
                {gained.length > 0 && <ins>{t('try.gainedSites', { sites: names(gained) })}</ins>}{' '}
                {lost.length > 0 && <del>{t('try.lostSites', { sites: names(lost) })}</del>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {changes.length > shown && (
        <p>
          <button type="button" className="link" onClick={() => setShown(shown + 100)}>
            {t('try.more', { n: Math.min(100, changes.length - shown) })}
          </button>
        </p>
      )}
    </>
  );
}

function Outcome({ of: { effect, rule, limit } }: { of: Part['changes'][number]['before'] }): ReactElement {
  const t = useWords();
  const limitWords = useLimit();
  return (
    <>
      <span className={`tag tag-effect-${effect}`}>{t(`rule.effect.${effect}`)}</span>{' '}
      {limit && <span className="outcome-limit">{limitWords(limit, true)}</span>}
      {rule && <small className="outcome-rule">{rule}</small>}
    </>
  );
}
