import { complianceEn } from '../words/compliance-en.ts';
import { complianceZh } from '../words/compliance-zh.ts';
import { useLanguage } from '../words/index.ts';

export type ComplianceWord = keyof typeof complianceZh;

/** What only this page says; the words that others say too come from the catalogue of all. */
export function useComplianceWords(): (word: ComplianceWord, values?: Record<string, string | number>) => string {
  const language = useLanguage((state) => state.language);
  const words = language === 'en' ? complianceEn : complianceZh;
  return (word, values = {}) => words[word].replace(/\{(\w+)\}/g, (slot, name: string) => String(values[name] ?? slot));
}
