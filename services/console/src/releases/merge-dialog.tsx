import { useState, type ReactElement } from 'react';
import { piecesOf } from '../items/diff.ts';
import { Dialog } from '../parts/dialog.tsx';
import { useWords, wordFor } from '../words/index.ts';
import { linesOf } from './blocks-of.ts';
import type { Choice, Conflict, Merge } from './merge.ts';

/** Where two people changed the same place: both versions side by side, to choose from. */
export function MergeDialog(props: {
  merge: Merge;
  name: string;
  revision: number;
  onApply: (choices: Record<string, Choice>) => void;
  onClose: () => void;
}): ReactElement {
  const { merge, name, revision, onApply, onClose } = props;
  const t = useWords();
  const { conflicts, taken } = merge;
  const [choices, setChoices] = useState<Record<string, Choice>>(() =>
    Object.fromEntries(conflicts.map(({ id, isHtml }) => [id, isHtml ? 'both' : 'mine'])),
  );
  return (
    <Dialog title={t('merge.title')} onClose={onClose} wide>
      <div className="merge" data-testid="merge">
        <p className="hint">{t('merge.hint', { name, n: revision, count: conflicts.length, taken })}</p>
        {conflicts.map((conflict, i) => (
          <Place
            key={conflict.id}
            conflict={conflict}
            at={i + 1}
            name={name}
            chosen={choices[conflict.id]!}
            onChoose={(choice) => setChoices({ ...choices, [conflict.id]: choice })}
          />
        ))}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')}
          </button>
          <button
            type="button"
            className="button button-primary"
            onClick={() => onApply(choices)}
            data-testid="apply-merge"
          >
            {t('merge.apply')}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function Place(props: {
  conflict: Conflict;
  at: number;
  name: string;
  chosen: Choice;
  onChoose: (choice: Choice) => void;
}): ReactElement {
  const { conflict, at, name, chosen, onChoose } = props;
  const t = useWords();
  const { id, field, isHtml, base, mine, theirs } = conflict;
  const last = field.split('.').at(-1)!;
  const says = wordFor(`merge.field.${last}`);
  const words = (text: string) => (isHtml ? linesOf(text) : text);
  const options: [Choice, string][] = [
    ['mine', t('merge.mine')],
    ['theirs', t('merge.theirs', { name })],
    ...(isHtml ? [['both', t('merge.both')] as [Choice, string]] : []),
  ];
  return (
    <fieldset className="merge-place">
      <legend>{t('merge.place', { n: at, field: says ? t(says) : t('merge.field.other', { name: field }) })}</legend>
      <div className="merge-sides">
        <Side says={t('merge.mine')} before={words(base)} after={words(mine)} />
        <Side says={t('merge.theirs', { name })} before={words(base)} after={words(theirs)} />
      </div>
      <div className="merge-choices">
        {options.map(([choice, label]) => (
          <label key={choice} className="check">
            <input type="radio" name={id} checked={chosen === choice} onChange={() => onChoose(choice)} /> {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** What one of the two made of it, against what was there. */
function Side({ says, before, after }: { says: string; before: string; after: string }): ReactElement {
  const t = useWords();
  return (
    <div className="merge-side">
      <strong>{says}</strong>
      <p>
        {after === '' && <em>{t('merge.empty')}</em>}
        {piecesOf(before, after).map(({ kind, text }, i) => {
          const Marked = kind === 'same' ? 'span' : kind === 'added' ? 'ins' : 'del';
          return <Marked key={String(i)}>{text}</Marked>;
        })}
      </p>
    </div>
  );
}
