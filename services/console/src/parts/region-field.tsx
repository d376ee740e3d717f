import { useState, type ReactElement } from 'react';
import { divisions, nation } from '../regions.ts';
import { useLanguage, useWords } from '../words/index.ts';

/** A division in words: `山东省`, or its code with the province around it. */
export function useRegionName(): (code: string) => string {
  const t = useWords();
  const { language } = useLanguage();
  return (code) => {
    if (code === nation) return t('region.nation');
    const around = divisions.find((each) => each.code.slice(0, 2) === code.slice(0, 2))?.[language];
    if (!around) return code;
    return code.endsWith('0000') ? around : `${around} ${code}`;
  };
}

/** A division: a province by name, any other by its six digits. Empty means that it is not known. */
export function RegionField(props: {
  id: string;
  label: string;
  hint?: string;
  none: string;
  value: string;
  onChange: (code: string) => void;
}): ReactElement {
  const { id, label, hint, none, value, onChange } = props;
  const t = useWords();
  const { language } = useLanguage();
  const listed = value === '' || value === nation || divisions.some(({ code }) => code === value);
  const [typing, setTyping] = useState(!listed);
  return (
    <div className="field-row">
      <label className="field">
        <span>
          {label} {hint && <small>{hint}</small>}
        </span>
        <select
          id={typing ? undefined : id}
          value={typing ? 'other' : value}
          onChange={({ target }) => {
            setTyping(target.value === 'other');
            onChange(target.value === 'other' ? '' : target.value);
          }}
        >
          <option value="">{none}</option>
          <option value={nation}>{t('region.nation')}</option>
          {divisions.map((each) => (
            <option key={each.code} value={each.code}>
              {each[language]} {each.code}
            </option>
          ))}
          <option value="other">{t('region.other')}</option>
        </select>
      </label>
      {typing && (
        <label className="field">
          <span>{t('region.code')}</span>
          <input
            id={id}
            className="code"
            inputMode="numeric"
            maxLength={6}
            value={value}
            placeholder="370200"
            onChange={({ target }) => onChange(target.value.trim())}
          />
        </label>
      )}
    </div>
  );
}
