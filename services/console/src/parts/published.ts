import type { Publication } from '@tongsheng/contracts';
import { day, minute, timeOfDay } from '../time.ts';
import { useWords } from '../words/index.ts';

/** What a source said about its date, as exact as it said it: never a midnight that nobody said. */
export function usePublished(): (publication: Publication) => string {
  const t = useWords();
  return ({ at, precision, text }) => {
    if (at === null || precision === 'none') return text ? t('items.asWritten', { text }) : t('items.undated');
    if (precision === 'day') return t('items.dayOnly', { day: day(at) });
    return precision === 'minute' ? minute(at) : `${day(at)} ${timeOfDay(at)}`;
  };
}
