import type { RepostDetail, RepostRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { Losses } from '../items/losses.tsx';
import { precise } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';

/** What its source took back, with the proof of both looks, and how far taking it down is. */
export function WithdrawnSection({ row, detail }: { row: RepostRow; detail: RepostDetail }): ReactElement {
  const t = useWords();
  const { retract, retractVoided, removal, state, withdrawn, url, goingOut } = row;
  const { sourceId, itemId } = detail.original;
  const reason = retract && wordFor(`absence.${retract.reason}`);
  const others = row.obligations.filter((each) => !row.gone.some((gone) => gone.itemId === each.itemId));
  const steps = [
    { says: 'retract.step.decided' as const, at: removal?.at ?? null },
    { says: 'retract.step.told' as const, at: state === 'removed' || withdrawn ? true : null },
    { says: 'retract.step.proven' as const, at: withdrawn?.at ?? null },
  ];
  return (
    <section
      className={withdrawn ? 'withdrawn withdrawn-done' : 'withdrawn'}
      aria-label={t('retract.title')}
      data-testid="withdrawn"
    >
      <div>
        {retract && (
          <p>
            <strong>{t('retract.text', { time: precise(retract.startsAt), reason: reason ? t(reason) : '' })}</strong>{' '}
            {state === 'queued' && t(others.length > 0 ? 'retract.orOther' : 'retract.ask')}
          </p>
        )}
        {!retract && row.gone.length > 0 && state === 'queued' && others.length > 0 && (
          <p>{t('retract.someGone', { n: row.gone.length, others: others.length })}</p>
        )}
        {url && !withdrawn && (
          <p>
            {t('retract.isOut')}{' '}
            <a href={url} target="_blank" rel="noreferrer noopener">
              {url}
            </a>
          </p>
        )}
        {retractVoided && (
          <p data-testid="retract-voided">
            {t(`retract.voided.${retractVoided.because}`, {
              name: retractVoided.byName ?? '',
              time: precise(retractVoided.at),
            })}
          </p>
        )}
        {(removal || withdrawn) && (
          <ol className="acts" aria-label={t('retract.progress')} data-testid="removal">
            {steps.map(({ says, at }, i) => {
              const isNext = at === null && steps.slice(0, i).every((before) => before.at !== null);
              return (
                <li key={says} className={at ? 'acts-done' : isNext ? 'acts-next' : 'acts-later'}>
                  <strong>
                    {at ? '✓' : isNext ? '●' : '○'} {t(says)}
                  </strong>
                  {typeof at === 'string' && <time dateTime={at}>{precise(at)}</time>}
                  {isNext && goingOut.attempts > 0 && <span>{t('retract.attempt', { n: goingOut.attempts })}</span>}
                </li>
              );
            })}
          </ol>
        )}
        {withdrawn && (
          <p data-testid="absence">
            {withdrawn.status === null
              ? t('retract.neverOut', { time: precise(withdrawn.at) })
              : t('retract.proof', { status: withdrawn.status, url: url ?? '' })}{' '}
            {withdrawn.snapshot && <code className="hash">{withdrawn.snapshot}</code>}
          </p>
        )}
      </div>
      <Losses timeline={detail.timeline} path={`/api/items/${sourceId}/${itemId}`} />
    </section>
  );
}
