import type { ListSelectors } from '@tongsheng/contracts';
import { useId, type KeyboardEvent, type ReactElement } from 'react';
import { announce } from '../parts/announcer.tsx';
import { useWords } from '../words/index.ts';
import { isPulled, newSecret, type DetectorDraft } from './draft.ts';

const parts = ['row', 'link', 'title', 'date', 'next'] as const;

/** One way of noticing what a source publishes, with what its kind needs. */
export function DetectorForm(props: {
  at: number;
  detector: DetectorDraft;
  hooksUrl: string;
  busy: boolean;
  onChange: (detector: DetectorDraft) => void;
  onTry: () => void;
  onRemove?: () => void;
}): ReactElement {
  const { at, detector, hooksUrl, busy, onChange, onTry, onRemove } = props;
  const t = useWords();
  const { kind, url, selectors, within = '', stream = '' } = detector;
  const pulled = isPulled(detector);
  const setSelector = (part: keyof ListSelectors, value: string) =>
    onChange({ ...detector, selectors: { row: '', ...selectors, [part]: value } });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.ctrlKey || event.nativeEvent.isComposing || !pulled) return;
    event.preventDefault();
    onTry();
  };
  return (
    <div className="detector-form" data-testid={`detector-${at}`}>
      <p className="detector-head">
        <span className="tag tag-press">{t(`source.kind.${kind}`)}</span>
        <span className="hint">{t(`source.kindHint.${kind}`)}</span>
        <span className="top-space" />
        {pulled && (
          <button type="button" className="button button-small" disabled={busy} onClick={onTry} data-testid="try">
            {t('wizard.try')}
          </button>
        )}
        {onRemove && (
          <button type="button" className="link" onClick={onRemove}>
            {t('wizard.remove')}
          </button>
        )}
      </p>
      <label className="field">
        <span>{t(pulled ? 'wizard.url' : 'wizard.columnUrl')}</span>
        <input
          id={`field-url-${at}`}
          type="url"
          value={url}
          maxLength={2_000}
          onKeyDown={onKeyDown}
          onChange={({ target }) => onChange({ ...detector, url: target.value })}
        />
      </label>
      {kind === 'list' && (
        <div className="selectors">
          {parts.map((part) => (
            <label key={part} className="field">
              <span>
                {t(`wizard.selector.${part}`)} {part !== 'row' && <small>{t('app.optional')}</small>}
              </span>
              <input
                id={`field-${part}-${at}`}
                className="code"
                value={selectors?.[part] ?? ''}
                maxLength={300}
                onKeyDown={onKeyDown}
                onChange={({ target }) => setSelector(part, target.value)}
              />
            </label>
          ))}
        </div>
      )}
      {kind === 'sitemap' && (
        <label className="field">
          <span>
            {t('wizard.within')} <small>{t('app.optional')}</small>
          </span>
          <input
            type="url"
            value={within}
            maxLength={2_000}
            onKeyDown={onKeyDown}
            onChange={({ target }) => onChange({ ...detector, within: target.value })}
          />
        </label>
      )}
      {kind === 'webhook' && <Secret at={at} detector={detector} hooksUrl={hooksUrl} onChange={onChange} />}
      {kind === 'public' && (
        <label className="field">
          <span>
            {t('wizard.stream')} <small>{t('wizard.streamHint')}</small>
          </span>
          <input
            id={`field-stream-${at}`}
            className="code"
            value={stream}
            maxLength={32}
            placeholder="PUBLIC_NATIONAL"
            onChange={({ target }) => onChange({ ...detector, stream: target.value })}
          />
        </label>
      )}
    </div>
  );
}

/** Where the other side sends to, and what it signs with: shown once, while it is new. */
function Secret(props: {
  at: number;
  detector: DetectorDraft;
  hooksUrl: string;
  onChange: (detector: DetectorDraft) => void;
}): ReactElement {
  const { at, detector, hooksUrl, onChange } = props;
  const t = useWords();
  const { secret } = detector;
  return (
    <>
      <Copied label={t('wizard.endpoint')} value={hooksUrl} />
      {secret ? (
        <>
          <Copied label={t('wizard.secret')} value={secret} id={`field-secret-${at}`} />
          <p className="banner">{t('wizard.secretOnce')}</p>
        </>
      ) : (
        <p>
          {t('wizard.secretSet')}{' '}
          <button
            type="button"
            className="link"
            id={`field-secret-${at}`}
            onClick={() => onChange({ ...detector, secret: newSecret() })}
          >
            {t('wizard.newSecret')}
          </button>
        </p>
      )}
    </>
  );
}

function Copied({ label, value, id }: { label: string; value: string; id?: string }): ReactElement {
  const t = useWords();
  const own = useId();
  const field = id ?? own;
  const copy = () => {
    const input = document.getElementById(field) as HTMLInputElement;
    input.select();
    // Plain HTTP has no clipboard but this one.
    if (document.execCommand('copy')) announce('done', t('wizard.copied'));
  };
  return (
    <div className="field copied">
      <label htmlFor={field}>{label}</label>
      <input id={field} className="code" readOnly value={value} onFocus={({ target }) => target.select()} />
      <button type="button" className="button button-small" onClick={copy}>
        {t('wizard.copy')}
      </button>
    </div>
  );
}
