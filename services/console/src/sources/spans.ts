import { useWords } from '../words/index.ts';

/** A length of time in words, in its largest unit: `3 天`. */
export function useSpan(): (seconds: number) => string {
  const t = useWords();
  return (seconds) => {
    if (seconds < 90) return t('span.seconds', { n: Math.round(seconds) });
    if (seconds < 90 * 60) return t('span.minutes', { n: Math.round(seconds / 60) });
    if (seconds < 48 * 3_600) return t('span.hours', { n: Math.round(seconds / 3_600) });
    return t('span.days', { n: Math.round(seconds / 86_400) });
  };
}
