import type { DraftInProgress } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { useWords } from '../words/index.ts';

type Rumor = NonNullable<DraftInProgress['rumor']>;

/** What a rebuttal answers. */
export function RumorFields({ rumor, onChange }: { rumor: Rumor; onChange: (rumor: Rumor) => void }): ReactElement {
  const t = useWords();
  const set = (fields: Partial<Rumor>) => onChange({ ...rumor, ...fields });
  return (
    <fieldset className="rumor">
      <legend>{t('editor.rumor')}</legend>
      <label className="field">
        <span>{t('editor.claim')}</span>
        <input
          id="field-claim"
          value={rumor.claim}
          maxLength={300}
          placeholder={t('editor.claimHint')}
          onChange={({ target }) => set({ claim: target.value })}
        />
      </label>
      <div className="field-row">
        <label className="field">
          <span>
            {t('editor.seenWhere')} <small>{t('app.optional')}</small>
          </span>
          <input value={rumor.seenWhere} maxLength={500} onChange={({ target }) => set({ seenWhere: target.value })} />
        </label>
        <label className="field">
          <span>{t('editor.verdict')}</span>
          <select value={rumor.verdict} onChange={({ target }) => set({ verdict: target.value as Rumor['verdict'] })}>
            {(['false', 'misleading', 'outdated'] as const).map((verdict) => (
              <option key={verdict} value={verdict}>
                {t(`editor.verdict.${verdict}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <label className="field">
        <span>
          {t('editor.publicLink')} <small>{t('editor.publicLinkHint')}</small>
        </span>
        <input
          id="field-publicLink"
          inputMode="url"
          value={rumor.publicLink ?? ''}
          onChange={({ target }) => set({ publicLink: target.value.trim() || null })}
        />
      </label>
    </fieldset>
  );
}
