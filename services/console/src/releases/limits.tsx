import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import type { Measured } from './problems.ts';

/** How long a text is of what a channel takes: in words where it is too long. */
export function Length({ of, name }: { of: Measured | null; name?: string }): ReactElement | null {
  const t = useWords();
  if (!of) return null;
  const { count, max, unit, isOver } = of;
  return (
    <span className={isOver ? 'length length-over' : 'length'}>
      {name && `${name} `}
      {count}/{max} {t(`editor.unit.${unit}`)}
      {isOver && ` +${count - max}`}
    </span>
  );
}
