import { useQuery } from '@tanstack/react-query';
import { useSiteName } from '../api/site-names.ts';
import { rulebook } from '../api/views.ts';
import { useWords, wordFor } from '../words/index.ts';

/** What a source is called; its id until that is known. */
export function useSourceName(): (sourceId: string) => string {
  const { data } = useQuery(rulebook());
  return (sourceId) => data?.sources.find((each) => each.sourceId === sourceId)?.name ?? sourceId;
}

/** The value of a condition in words: sources and sites by name, levels and kinds by their word. */
export function useValueWords(): (field: string, value: string) => string {
  const t = useWords();
  const sourceName = useSourceName();
  const siteName = useSiteName();
  return (field, value) => {
    if (field === 'source' || field === 'sources') return sourceName(value);
    if (field === 'sites') return siteName(value);
    const prefix = field === 'level' ? 'source.level' : field.startsWith('kind') ? 'rules.kind' : null;
    const word = prefix && wordFor(`${prefix}.${value}`);
    return word ? t(word) : value;
  };
}
