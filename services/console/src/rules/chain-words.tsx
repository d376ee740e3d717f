import type { Act } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useChainWords } from '../reposts/chain-words.ts';
import { useWords } from '../words/index.ts';

/** What a chain means for a repost, act by act. */
export function ChainInWords({ acts }: { acts: readonly Act[] }): ReactElement {
  const t = useWords();
  const { steps, roles } = useChainWords();
  return (
    <ol className="chain-words">
      {acts.map((act, i) => (
        <li key={String(i)}>{t('chains.act', { roles: roles(act) || '—', steps: steps(act) || '—' })}</li>
      ))}
    </ol>
  );
}
