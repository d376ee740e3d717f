import type { DeliveryRow } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';

/** What is known of a delivery, in a word, a sign and a colour. */
export function DeliveryTag({ row }: { row: DeliveryRow }): ReactElement {
  const t = useWords();
  return (
    <span className={`tag tag-delivery-${row.state}`} data-testid="delivery-state" data-state={row.state}>
      {t(`delivery.${row.state}`)}
    </span>
  );
}
