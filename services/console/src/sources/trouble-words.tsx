import type { ReactElement } from 'react';
import { useWords, wordFor } from '../words/index.ts';

/** What is wrong, in words, and what was found, for who has to mend it. */
export function TroubleWords({ code, detail }: { code: string; detail: string }): ReactElement {
  const t = useWords();
  const word = wordFor(`trouble.${code}`);
  return (
    <>
      {word && <strong>{t(word)}</strong>} <code>{code}</code> <span className="hint">{detail}</span>
    </>
  );
}

/** What to do about it. */
export function ToDo({ code }: { code: string }): ReactElement | null {
  const t = useWords();
  const word = wordFor(`todo.${code}`);
  return word && <p className="todo">{t('sources.todo', { what: t(word) })}</p>;
}
