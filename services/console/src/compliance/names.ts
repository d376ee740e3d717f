import type { ComplianceView } from '@tongsheng/contracts';
import { useSiteName } from '../api/site-names.ts';
import type { Dimension } from './asked.ts';
import { useComplianceWords, type ComplianceWord } from './words.ts';

export type Named = (dimension: Dimension, value: string) => string;

/** What there is of that which has a word of its own. */
export const worded = {
  level: ['national', 'province', 'city'],
  kind: ['policy', 'interpretation', 'notice', 'news'],
} as const;

/** What people call a site, a source, a person … that an id stands for. */
export function useNamed(data: ComplianceView | undefined): Named {
  const siteName = useSiteName();
  const own = useComplianceWords();
  return (dimension, value) => {
    if (dimension === 'site') return siteName(value);
    if (dimension === 'source') return data?.bySource.find(({ sourceId }) => sourceId === value)?.sourceName ?? value;
    if (dimension === 'person') return data?.byPerson.find(({ personId }) => personId === value)?.personName ?? value;
    if (dimension === 'column') return value;
    return worded[dimension].some((each) => each === value) ? own(`${dimension}.${value}` as ComplianceWord) : value;
  };
}
