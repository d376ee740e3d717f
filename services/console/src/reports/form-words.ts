import { reportForm, type ReportField, type ReportSection } from '@tongsheng/contracts';
import { useLanguage } from '../words/index.ts';
import { reportFormsEn } from '../words/report-forms-en.ts';

/** What a form and its entries are called on the screen; `official`: as the paper has it, where that is not the same. */
export type FormWords = {
  title(template: string): string;
  section(section: ReportSection): string;
  field(field: ReportField): { name: string; official: string | null };
};

/** The names of a form in the reader's language. What is printed, handed in and published is Chinese. */
export function useFormWords(): FormWords {
  const language = useLanguage((state) => state.language);
  const say = (key: string, official: string) => (language === 'en' ? (reportFormsEn[key] ?? official) : official);
  return {
    title(template) {
      const { kind, title } = reportForm(template);
      return say(kind, title);
    },
    section: ({ name }) => say(name, name),
    field({ id, name }) {
      const said = say(id, name);
      return { name: said, official: said === name ? null : name };
    },
  };
}
