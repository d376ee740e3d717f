import { useWords } from '../words/index.ts';
import { minutesOf } from './limit.ts';

/** A limit in words: `12 小时`, or `12 时` where there is little room. */
export function useLimit(): (limit: string, narrow?: boolean) => string {
  const t = useWords();
  return (limit, narrow = false) => {
    const minutes = minutesOf(limit);
    if (minutes % 60 !== 0) return t('rules.minutes', { n: minutes });
    return t(narrow ? 'rules.hoursShort' : 'rules.hours', { n: minutes / 60 });
  };
}
