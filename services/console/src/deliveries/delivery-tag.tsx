import type { DeliveryRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';

/** What is known of a delivery, in a word, a sign and a colour. */
export function DeliveryTag({ row }: { row: Pick<DeliveryRow, 'state'> }): ReactElement {
  const t = useWords();
  return (
    <span className={`tag tag-delivery-${row.state}`} data-testid="delivery-state" data-state={row.state}>
      {t(`delivery.${row.state}`)}
    </span>
  );
}

/** Said only of what is more than usual. */
export function UrgencyTag({ row: { urgency } }: { row: Pick<DeliveryRow, 'urgency'> }): ReactElement | null {
  const t = useWords();
  if (urgency === 'routine') return null;
  return (
    <span className={urgency === 'rebuttal' ? 'tag tag-rebuttal' : 'tag tag-near'}>{t(`urgency.${urgency}`)}</span>
  );
}

/** Said only where it changes or takes back what was there. */
export function IntentTag({ row: { intent } }: { row: Pick<DeliveryRow, 'intent'> }): ReactElement | null {
  const t = useWords();
  return intent === 'deliver' ? null : <span className="tag tag-retract">{t(`intent.${intent}`)}</span>;
}
