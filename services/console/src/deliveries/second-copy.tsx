import type { DeliveryOutlook } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';

/** Says plainly whether it could be seen twice. */
export function SecondCopy({ of }: { of: DeliveryOutlook['secondCopy'] }): ReactElement {
  const t = useWords();
  return (
    <span className={of === 'possible' ? 'copy-risk' : 'copy-none'} data-testid="second-copy" data-copy={of}>
      {t(`secondCopy.${of}`)}
    </span>
  );
}
