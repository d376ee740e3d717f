import { fieldsOf, publicationSettings, type SettingsField, type SitePublication } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { testSite } from '../api/views.ts';
import { sayError } from '../parts/states.tsx';
import { useWords, wordFor, type Word } from '../words/index.ts';
import { blankPublication, type PublicationDraft } from './site-draft.ts';

const kinds = Object.keys(publicationSettings) as SitePublication['kind'][];

/** Who publishes a site, and the fields that the kind's settings have. */
export function PublicationFields(props: {
  draft: PublicationDraft;
  onChange: (draft: PublicationDraft) => void;
}): ReactElement {
  const { draft, onChange } = props;
  const t = useWords();
  return (
    <fieldset className="publication" data-testid="publication">
      <legend>{t('publication.title')}</legend>
      <label className="field">
        <span>{t('publication.kind')}</span>
        <select
          id="field-publication-kind"
          value={draft.kind}
          onChange={({ target }) => onChange(blankPublication(target.value as SitePublication['kind']))}
        >
          {kinds.map((each) => (
            <option key={each} value={each}>
              {t(`publication.kind.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <p className="hint">{t(`publication.about.${draft.kind}`)}</p>
      {fieldsOf(publicationSettings[draft.kind]).map((field) => (
        <Field
          key={`${draft.kind}.${field.name}`}
          field={field}
          value={draft.fields[field.name] ?? ''}
          isSet={draft.set.includes(field.name)}
          onChange={(text) => onChange({ ...draft, fields: { ...draft.fields, [field.name]: text } })}
        />
      ))}
    </fieldset>
  );
}

function Field(props: {
  field: SettingsField;
  value: string;
  /** A secret that nobody was shown. */
  isSet: boolean;
  onChange: (text: string) => void;
}): ReactElement {
  const { field, value, isSet, onChange } = props;
  const { name, kind, values, needed } = field;
  const t = useWords();
  const hint = wordFor(`publication.hint.${name}`);
  const shared = {
    id: `field-publication-${name}`,
    value,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  };
  return (
    <label className="field">
      <span>
        {t(`publication.field.${name}` as Word)}
        <small>
          {' '}
          {[!needed && kind !== 'choice' && t('publication.optional'), hint && t(hint)].filter(Boolean).join(' · ')}
        </small>
      </span>
      {kind === 'choice' && (
        <select {...shared}>
          {values.map((each) => (
            <option key={each} value={each}>
              {t(`publication.${name}.${each}` as Word)}
            </option>
          ))}
        </select>
      )}
      {kind === 'list' && <textarea rows={2} {...shared} />}
      {kind === 'secret' && (
        <input
          type="password"
          className="code"
          autoComplete="new-password"
          maxLength={2_000}
          placeholder={isSet ? t('publication.secretSet') : ''}
          {...shared}
        />
      )}
      {(kind === 'text' || kind === 'address') && (
        <input type={kind === 'address' ? 'url' : 'text'} className="code" maxLength={500} {...shared} />
      )}
    </label>
  );
}

/** Asks the system that publishes a site, as it is registered, whether it would let us in. */
export function TestConnection({ siteId, isSaved }: { siteId: string; isSaved: boolean }): ReactElement {
  const t = useWords();
  const [said, setSaid] = useState<{ ok: boolean; text: string } | null>(null);
  const [busy, setBusy] = useState(false);
  const test = async () => {
    setBusy(true);
    setSaid(null);
    try {
      const { trouble } = await testSite(siteId);
      const word = trouble && wordFor(`publication.trouble.${trouble.code}`);
      setSaid(
        trouble
          ? { ok: false, text: `${word ? t(word) : trouble.code} ${trouble.detail}` }
          : { ok: true, text: t('publication.testGood') },
      );
    } catch (error) {
      setSaid({ ok: false, text: sayError(error, t) });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="publication-test">
      <button
        type="button"
        className="button"
        disabled={busy || !isSaved}
        onClick={() => void test()}
        data-testid="test-connection"
      >
        {busy ? t('publication.testing') : t('publication.test')}
      </button>
      {!isSaved && <span className="hint">{t('publication.testSaved')}</span>}
      {said && (
        <p
          ref={(shown) => shown?.scrollIntoView({ block: 'nearest' })}
          className={`banner ${said.ok ? 'banner-good' : 'banner-refused'}`}
          role="status"
          data-testid="test-said"
        >
          {said.text}
        </p>
      )}
    </div>
  );
}
