import type { Whom } from '@tongsheng/contracts';
import { useWords } from '../words/index.ts';

/** Whom a step means, in a word. */
export function useWhom(): (whom: Whom) => string {
  const t = useWords();
  return (whom) => (typeof whom === 'string' ? t(`whom.${whom}`) : (whom.name ?? whom.personId));
}
