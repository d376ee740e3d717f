import { Link } from '@tanstack/react-router';
import type { RepostRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { hasRole, useMe } from '../session.ts';
import { precise } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';

/** What has gone otherwise than it was decided: an approval that fell, a publication or a removal that failed, a page that drifted. */
export function TaskNews({ row, onRetry }: { row: RepostRow; onRetry: () => void }): ReactElement {
  const t = useWords();
  const me = useMe();
  const { update, voided, goingOut, drift, verificationTrouble } = row;
  const { trouble } = goingOut;
  const troubleWord = trouble && wordFor(`publication.trouble.${trouble.code}`);
  const retry = hasRole(me, 'editor', 'admin') && (
    <button type="button" className="button button-small" onClick={onRetry}>
      {t('out.retry')}
    </button>
  );
  return (
    <>
      {row.state === 'queued' && update && (
        <p className="banner" data-testid="update">
          {t('update.text', { time: precise(update.startsAt), version: update.fromVersion })}{' '}
          <Link to="/items/$sourceId/$itemId" params={{ sourceId: row.sourceId, itemId: row.itemId }}>
            {t('update.compare')}
          </Link>
        </p>
      )}
      {row.state === 'queued' && row.returned && (
        <p className="banner" data-testid="returned">
          {t('return.text', {
            name: row.returned.byName,
            time: precise(row.returned.at),
            reason: row.returned.reason,
          })}
        </p>
      )}
      {row.state === 'queued' && voided && (
        <p className="banner" data-testid="voided">
          {t(`voided.${voided.because}`, { name: voided.byName ?? '', time: precise(voided.at) })}
        </p>
      )}
      {(row.state === 'approved' || row.state === 'retracting') && trouble && (
        <p className="banner banner-refused" role="alert" data-testid="publication-trouble">
          {t(row.state === 'approved' ? 'out.trouble' : 'retract.trouble', {
            n: goingOut.attempts,
            code: troubleWord ? t(troubleWord) : trouble.code,
          })}{' '}
          {trouble.nextAttemptAt ? t('out.again', { time: precise(trouble.nextAttemptAt) }) : t('out.stopped')} {retry}
          <small className="said">{trouble.detail}</small>
        </p>
      )}
      {drift ? (
        <p className="banner banner-refused" role="alert" data-testid="drift">
          {t('drift.text', { time: precise(drift.at), reason: drift.reason })}
        </p>
      ) : (
        verificationTrouble && (
          <p className="banner" data-testid="verification-trouble">
            {t(row.state === 'removed' ? 'retract.seenAgain' : 'task.verifyTrouble', { reason: verificationTrouble })}{' '}
            {row.state === 'removed' && retry}
          </p>
        )
      )}
    </>
  );
}
