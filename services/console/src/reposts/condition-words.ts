import { useQuery } from '@tanstack/react-query';
import type { QueueFilter, QueueView } from '@tongsheng/contracts';
import { useSiteName } from '../api/site-names.ts';
import { queueChoices } from '../api/views.ts';
import { useWords, wordFor } from '../words/index.ts';
import { conditionNames, type Condition } from './asked.ts';

/** What a filter can choose from. Of what is closed nobody counts; what is open has its sources and columns as well. */
export const useChoices = (view: QueueView) => useQuery(queueChoices(view === 'closed' ? 'open' : view)).data;

/** A condition's value in words. */
export function useConditionWords(view: QueueView): (name: Condition, value: string) => string {
  const t = useWords();
  const siteName = useSiteName();
  const choices = useChoices(view);
  const words = { kind: 'rules.kind', priority: 'rules.priority', clock: 'clock' } as const;
  return (name, value) => {
    if (name === 'site') return siteName(value);
    if (name === 'source') return choices?.sources.find((each) => each.value === value)?.name ?? value;
    if (name === 'column' || name === 'q') return value;
    const word = wordFor(`${name in words ? words[name as keyof typeof words] : `queue.${name}`}.${value}`);
    return word ? t(word) : value;
  };
}

/** The conditions that are set, each with its value in words. */
export function useActive(view: QueueView, filter: QueueFilter): { name: Condition; says: string }[] {
  const t = useWords();
  const inWords = useConditionWords(view);
  return conditionNames.flatMap((name) => {
    const value = filter[name];
    return value === undefined ? [] : [{ name, says: `${t(`queue.by.${name}`)}：${inWords(name, value)}` }];
  });
}
