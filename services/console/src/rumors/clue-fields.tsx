import type { ReleaseFile } from '@tongsheng/contracts';
import type { ReactElement } from 'react';
import { EvidenceField } from '../parts/evidence-field.tsx';
import { useWords } from '../words/index.ts';
import type { ClueDraft } from './clue.ts';

/** What was seen, where, how far it went, and pictures of it: what is said today may be gone tomorrow. */
export function ClueFields({
  site,
  draft,
  onChange,
  onEvidence,
}: {
  site: string;
  draft: ClueDraft;
  onChange: (fields: Partial<ClueDraft>) => void;
  /** Files arrive one by one, later than other fields are typed. */
  onEvidence: (change: (before: ReleaseFile[]) => ReleaseFile[]) => void;
}): ReactElement {
  const t = useWords();
  return (
    <>
      <label className="field">
        <span>
          {t('rumor.claim')} <small>{t('rumor.claimHint')}</small>
        </span>
        <textarea
          id="field-claim"
          rows={2}
          maxLength={500}
          autoFocus
          value={draft.claim}
          onChange={({ target }) => onChange({ claim: target.value })}
        />
      </label>
      <div className="field-row">
        <label className="field field-wide">
          <span>
            {t('rumor.seenWhere')} <small>{t('rumor.seenWhereHint')}</small>
          </span>
          <input
            id="field-seenWhere"
            maxLength={500}
            value={draft.seenWhere}
            onChange={({ target }) => onChange({ seenWhere: target.value })}
          />
        </label>
        <label className="field">
          <span>{t('rumor.since')}</span>
          <input
            type="datetime-local"
            value={draft.since}
            onChange={({ target }) => onChange({ since: target.value })}
          />
        </label>
      </div>
      <div className="field-row">
        <label className="field field-wide">
          <span>
            {t('rumor.link')} <small>{t('rumor.linkHint')}</small>
          </span>
          <input
            id="field-link"
            inputMode="url"
            value={draft.link}
            onChange={({ target }) => onChange({ link: target.value })}
          />
        </label>
        <label className="field">
          <span>
            {t('rumor.reach')} <small>{t('rumor.reachHint')}</small>
          </span>
          <input maxLength={200} value={draft.reach} onChange={({ target }) => onChange({ reach: target.value })} />
        </label>
      </div>
      <EvidenceField site={site} files={draft.evidence} onFiles={onEvidence} />
    </>
  );
}
