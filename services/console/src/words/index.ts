import { create } from 'zustand';
import { zh, type FirstWords } from './zh.ts';
import type { RoomWords } from './rooms-zh.ts';

export type Language = 'zh' | 'en';
export type Words = FirstWords & RoomWords;
export type Word = keyof Words;
type Values = Record<string, string | number>;

/** What has come so far. `words.test.ts` proves that the first screen says nothing that comes with the rooms. */
const catalogues: Record<Language, Partial<Words>> = { zh, en: {} };
const kept = 'tongsheng.language';

/** English comes when somebody reads it. */
async function load(language: Language): Promise<void> {
  if (language === 'en')
    catalogues.en = { ...(await import('./en.ts')).en, ...(await import('./rooms-en.ts')).roomsEn };
}

/** Resolves when there are words for every room. */
export async function roomWordsReady(): Promise<void> {
  catalogues.zh = { ...zh, ...(await import('./rooms-zh.ts')).roomsZh };
}

/** The language of the screen; kept on this device, because it is about the reader, not the work. */
export const useLanguage = create<{ language: Language; use: (language: Language) => void }>((set) => ({
  language: localStorage.getItem(kept) === 'en' ? 'en' : 'zh',
  use(language) {
    localStorage.setItem(kept, language);
    void load(language).then(() => {
      document.documentElement.lang = langTag[language];
      set({ language });
    });
  },
}));

/** Resolves when there are words for the language of the screen; without them it is Chinese. */
export const wordsReady = (): Promise<void> =>
  load(useLanguage.getState().language).catch(() => useLanguage.setState({ language: 'zh' }));

export const langTag: Record<Language, string> = { zh: 'zh-CN', en: 'en' };

export const say = (language: Language, word: Word, values: Values = {}): string =>
  (catalogues[language][word] ?? catalogues.zh[word] ?? word).replace(/\{(\w+)\}/g, (slot, name: string) =>
    String(values[name] ?? slot),
  );

/** `t('queue.count', { n: 3 })` in the reader's language. */
export function useWords(): (word: Word, values?: Values) => string {
  const language = useLanguage((state) => state.language);
  return (word, values) => say(language, word, values);
}

/** A word that is made of what the server said, such as an event's type; null when there is none. */
export const wordFor = (name: string): Word | null => (name in catalogues.zh ? (name as Word) : null);

/** The kind of a channel in words; its own name where there is no word for it yet. */
export function useChannelKind(): (kind: string) => string {
  const t = useWords();
  return (kind) => {
    const word = wordFor(`channel.${kind}`);
    return word ? t(word) : kind;
  };
}
