import type { DeliveryRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { precise } from '../time.ts';
import { useWords } from '../words/index.ts';

const looks = {
  accepted: 'confirmed',
  deferred: 'rejected_retryable',
  refused: 'rejected_permanent',
  unknown: 'unknown',
} as const;

/** Of a mail to several: who has it, who may get it yet, and whom somebody has to reach in another way. */
export function Recipients({ row: { recipients, nextAttemptAt } }: { row: DeliveryRow }): ReactElement | null {
  const t = useWords();
  if (recipients.length === 0) return null;
  const has = (outcome: DeliveryRow['recipients'][number]['outcome']) =>
    recipients.some((each) => each.outcome === outcome);
  return (
    <section aria-labelledby="recipients" data-testid="recipients">
      <h3 id="recipients">{t('recipients.title')}</h3>
      <ul className="plain-list">
        {recipients.map(({ address, outcome, status, detail }) => (
          <li key={address} data-outcome={outcome}>
            <span className={`tag tag-outcome-${looks[outcome]}`}>{t(`recipient.${outcome}`)}</span> {address}{' '}
            <span className="hint">{detail || status}</span>
          </li>
        ))}
      </ul>
      {has('deferred') && nextAttemptAt !== null && (
        <p className="hint">{t('recipients.again', { time: precise(nextAttemptAt) })}</p>
      )}
      {has('refused') && <p className="hint">{t('recipients.by_hand')}</p>}
    </section>
  );
}

/** The same in one line of the board; null where all have it, or nothing is said of each. */
export function useRecipientsLine(): (row: DeliveryRow) => string | null {
  const t = useWords();
  return ({ recipients }) => {
    const others = recipients.filter(({ outcome }) => outcome !== 'accepted');
    if (others.length === 0) return null;
    const rest = others.map(({ address, outcome }) => `${address} ${t(`recipient.${outcome}`)}`).join('；');
    return t('recipients.some', { accepted: recipients.length - others.length, all: recipients.length, rest });
  };
}
