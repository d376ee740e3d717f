import { useState, type ReactElement } from 'react';
import { useWords } from '../words/index.ts';

export type Choice = { value: string; label: string };

/** Up to so many stand open; of more, a filter finds them. */
const fewEnough = 8;

/** Any of a list, by check boxes: nothing hides behind a key that has to be held. */
export function ChooseMany(props: {
  id: string;
  legend: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}): ReactElement {
  const { id, legend, choices, chosen, onChange } = props;
  const t = useWords();
  const [words, setWords] = useState('');
  const shown = choices.filter(({ label, value }) => words === '' || label.includes(words) || chosen.includes(value));
  const toggle = (value: string, is: boolean) =>
    onChange(choices.map((each) => each.value).filter((each) => (each === value ? is : chosen.includes(each))));
  return (
    <fieldset id={id} tabIndex={-1} className="choose">
      <legend>
        {legend} <small>{chosen.length > 0 ? t('rules.chosen', { n: chosen.length }) : ''}</small>
      </legend>
      {choices.length > fewEnough && (
        <input
          type="search"
          className="choose-filter"
          aria-label={`${t('rules.filter')} ${legend}`}
          placeholder={t('rules.filter')}
          value={words}
          onChange={({ target }) => setWords(target.value)}
        />
      )}
      <div className="choose-list">
        {shown.map(({ value, label }) => (
          <label key={value} className="check">
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={({ target }) => toggle(value, target.checked)}
            />{' '}
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
