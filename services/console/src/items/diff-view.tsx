import { useMemo, useRef, useState, type ReactElement } from 'react';
import { useWords } from '../words/index.ts';
import { compare, fold, type Line, type Stretch } from './diff.ts';

/** What became of a text: marked by colour, by line and by sign, the rest folded. */
export function DiffView({ before, after }: { before: string; after: string }): ReactElement {
  const t = useWords();
  const lines = useMemo(() => compare(before, after), [before, after]);
  const count = lines.filter(({ kind }) => kind === 'changed').length;
  const view = useRef<HTMLDivElement>(null);
  const at = useRef(-1);
  const go = (step: number) => {
    const all = Array.from(view.current?.querySelectorAll<HTMLElement>('.diff-changed') ?? []);
    at.current = (at.current + step + all.length) % all.length;
    all[at.current]?.focus();
  };
  return (
    <div ref={view} className="diff" data-testid="diff">
      <p className="diff-head">
        <strong>{count === 0 ? t('diff.none') : t('diff.count', { n: count })}</strong>
        {count > 1 && (
          <>
            <button type="button" className="button button-small" onClick={() => go(-1)}>
              {t('diff.previous')}
            </button>
            <button type="button" className="button button-small" onClick={() => go(1)}>
              {t('diff.next')}
            </button>
          </>
        )}
        <span className="hint">
          <ins>{t('diff.added')}</ins> <del>{t('diff.removed')}</del>
        </span>
      </p>
      {fold(lines).map((stretch, index) => (
        <Shown key={`${before.length} ${after.length} ${String(index)}`} stretch={stretch} />
      ))}
    </div>
  );
}

function Shown({ stretch: { folded, lines } }: { stretch: Stretch }): ReactElement {
  const t = useWords();
  const [open, setOpen] = useState(!folded);
  if (!open)
    return (
      <button type="button" className="diff-fold" onClick={() => setOpen(true)}>
        {t('diff.folded', { n: lines.length })}
      </button>
    );
  return (
    <>
      {lines.map((line, index) => (
        <Marked key={String(index)} line={line} />
      ))}
    </>
  );
}

function Marked({ line }: { line: Line }): ReactElement {
  const t = useWords();
  if (line.kind === 'same') return <p className="diff-line">{line.text}</p>;
  return (
    <p className="diff-line diff-changed" tabIndex={-1}>
      {line.pieces.map(({ kind, text }, index) => {
        if (kind === 'same') return <span key={String(index)}>{text}</span>;
        const Mark = kind === 'added' ? 'ins' : 'del';
        return (
          <Mark key={String(index)}>
            <span className="unseen">{t(`diff.${kind}`)}：</span>
            {text}
          </Mark>
        );
      })}
    </p>
  );
}
