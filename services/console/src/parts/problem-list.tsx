import type { ReactElement, Ref } from 'react';
import { useWords, type Word } from '../words/index.ts';

/** Something that must be mended before it can be saved, and the field to do it in. */
export type FieldProblem = { field: string; word: Word; values?: Record<string, string> };

/** Everything that is missing, at once; each leads to its field. */
export function ProblemList({
  problems,
  ref,
}: {
  problems: FieldProblem[];
  ref?: Ref<HTMLDivElement>;
}): ReactElement | null {
  const t = useWords();
  if (problems.length === 0) return null;
  return (
    <div ref={ref} className="problems" role="alert" tabIndex={-1} data-testid="problems">
      <strong>{t('editor.problems', { n: problems.length })}</strong>
      <ul>
        {problems.map(({ field, word, values }) => (
          <li key={`${field} ${word}`}>
            <button type="button" className="link" onClick={() => document.getElementById(`field-${field}`)?.focus()}>
              {t(word, values)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
