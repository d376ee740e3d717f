import type { SettingsField } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { minute } from '../time.ts';
import { useWords, wordFor } from '../words/index.ts';

/** One field of settings, drawn from their schema. */
export function SettingsInput(props: {
  field: SettingsField;
  label: string;
  value: string;
  /** Of a secret that is set: when and by whom, null where that is not known. */
  setAt: { setAt: string | null; byName: string | null } | null | undefined;
  onChange: (text: string) => void;
}): ReactElement {
  const { field, label, value, setAt, onChange } = props;
  const { name, kind, values, needed } = field;
  const t = useWords();
  const shared = {
    id: `field-${name}`,
    value,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  };
  const isSet = setAt !== undefined;
  const since = setAt?.setAt
    ? t('channels.secretSet', { time: minute(setAt.setAt), by: setAt.byName ?? t('actor.service') })
    : '';
  return (
    <label className="field">
      <span>
        {label}{' '}
        <small>
          {[!needed && kind !== 'choice' && t('publication.optional'), isSet && since].filter(Boolean).join(' · ')}
        </small>
      </span>
      {kind === 'choice' && (
        <select {...shared}>
          {values.map((each) => {
            const word = wordFor(`settingValue.${each}`);
            return (
              <option key={each} value={each}>
                {word ? t(word) : each}
              </option>
            );
          })}
        </select>
      )}
      {kind === 'list' && <textarea rows={3} {...shared} />}
      {kind === 'secret' && (
        <input
          type="password"
          className="code"
          autoComplete="new-password"
          maxLength={20_000}
          placeholder={isSet ? t('channels.secretKept') : ''}
          {...shared}
        />
      )}
      {(kind === 'text' || kind === 'address') &&
        (name === 'authority' ? (
          <textarea rows={4} className="code" {...shared} />
        ) : (
          <input type={kind === 'address' ? 'url' : 'text'} className="code" maxLength={2_000} {...shared} />
        ))}
    </label>
  );
}
