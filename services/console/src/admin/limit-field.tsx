import type { ReactElement } from 'react';
import { useLimit } from '../parts/limit-words.ts';
import { useWords } from '../words/index.ts';

/** How long something may take at a site: the usual time, or one of its own. `value`: an ISO duration, or empty for the usual one. */
export function LimitField(props: {
  id: string;
  label: string;
  usual: string;
  limits: readonly string[];
  value: string;
  onChange: (limit: string) => void;
}): ReactElement {
  const { id, label, usual, limits, value, onChange } = props;
  const t = useWords();
  const say = useLimit();
  const others = value === '' || limits.includes(value) ? limits : [...limits, value];
  return (
    <label className="field">
      <span>{label}</span>
      <select id={id} value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">{t('sites.usualLimit', { time: say(usual) })}</option>
        {others.map((limit) => (
          <option key={limit} value={limit}>
            {say(limit)}
          </option>
        ))}
      </select>
    </label>
  );
}
