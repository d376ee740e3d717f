import { Link } from '@tanstack/react-router';
import type { SourceRow } from '@tongsheng/contracts';
import { useEffect, useState, type ReactElement } from 'react';
import { Trouble } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { CandidatePreview, type Candidate } from './candidate.tsx';
import { isAddress, newSecret, watcherOf, type DetectorDraft } from './draft.ts';
import { ToDo, TroubleWords } from './trouble-words.tsx';
import { usePreview } from './use-preview.ts';

/** An address in, ways to read it out. Chosen is one of them, or a way in which the other side speaks up by itself. */
export function FindStep(props: {
  rows: readonly SourceRow[];
  sourceId: string;
  zone: string;
  onChoose: (detector: DetectorDraft, candidate: Candidate | null) => void;
  onCancel?: () => void;
}): ReactElement {
  const { rows, sourceId, zone, onChoose, onCancel } = props;
  const t = useWords();
  const [url, setUrl] = useState('');
  const [told, setTold] = useState(false);
  const { busy, preview, error, run } = usePreview();
  const address = url.trim();
  const usable = isAddress(address);
  const known = usable ? watcherOf(address, rows, sourceId) : undefined;
  const find = () => {
    setTold(!usable);
    if (usable && !busy) void run({ url: address, zone });
  };
  const choose = (kind: 'webhook' | 'public' | 'list') => {
    setTold(!usable);
    if (!usable) return;
    const more = { webhook: { secret: newSecret() }, public: { stream: '' }, list: { selectors: { row: '' } } }[kind];
    onChoose({ kind, url: address, ...more }, null);
  };
  return (
    <section className="find" data-testid="find">
      <form
        className="find-form"
        onSubmit={(event) => {
          event.preventDefault();
          find();
        }}
      >
        <label className="field">
          <span>{t('wizard.address')}</span>
          <input
            id="field-address"
            type="url"
            inputMode="url"
            autoFocus
            maxLength={2_000}
            value={url}
            placeholder="https://www.chinatax.gov.cn/…"
            onChange={({ target }) => setUrl(target.value)}
            aria-invalid={told && !usable}
            data-testid="address"
          />
        </label>
        <button type="submit" className="button button-primary" disabled={busy} data-testid="detect">
          {t('wizard.detect')} <kbd>Enter</kbd>
        </button>
      </form>
      <p className="hint">{t('wizard.addressHint')}</p>
      {told && !usable && (
        <p className="banner banner-refused" role="alert">
          {t('wizard.need.url')}
        </p>
      )}
      {known && (
        <p className="banner" role="status" data-testid="duplicate">
          {t('wizard.duplicate', { name: known.name })}{' '}
          <Link to="/sources/$sourceId" params={{ sourceId: known.sourceId }}>
            {t('wizard.seeIt')}
          </Link>
        </p>
      )}
      <p className="find-others">
        {t('wizard.others')}
        <button type="button" className="link" onClick={() => choose('webhook')} data-testid="choose-webhook">
          {t('source.kind.webhook')}
        </button>
        <button type="button" className="link" onClick={() => choose('public')} data-testid="choose-public">
          {t('source.kind.public')}
        </button>
        <button type="button" className="link" onClick={() => choose('list')}>
          {t('wizard.byHand')}
        </button>
        {onCancel && (
          <button type="button" className="link" onClick={onCancel}>
            {t('app.cancel')}
          </button>
        )}
      </p>
      {busy && <Detecting />}
      {!busy && error !== null && <Trouble error={error} onRetry={find} />}
      {!busy && preview && (
        <>
          {preview.trouble && (
            <div className="problem" role="alert">
              <p>
                <TroubleWords code={preview.trouble.code} detail={preview.trouble.detail} />
              </p>
              <ToDo code={preview.trouble.code} />
            </div>
          )}
          {preview.candidates.length > 0 && (
            <p role="status" className="found">
              {t('wizard.found', { n: preview.candidates.length })}
            </p>
          )}
          {preview.candidates.map((candidate, index) => {
            const { detector, title, count } = candidate;
            return (
              <article
                key={`${detector.kind} ${detector.url} ${String(index)}`}
                className="candidate"
                data-testid="candidate"
              >
                <header>
                  <span className="tag tag-press">{t(`source.kind.${detector.kind}`)}</span>
                  <h2>{title || preview.title || detector.url}</h2>
                  {index === 0 && <span className="tag tag-good">{t('wizard.likeliest')}</span>}
                  <span className="hint">{t('wizard.brings', { n: count })}</span>
                  <span className="top-space" />
                  <button
                    type="button"
                    className={index === 0 ? 'button button-primary' : 'button'}
                    onClick={() => onChoose(detector, { ...candidate, title: title || preview.title })}
                    data-testid="choose"
                  >
                    {t('wizard.choose')}
                  </button>
                </header>
                <p className="cell-address">{detector.url}</p>
                {detector.selectors && (
                  <p className="hint">
                    {t('wizard.selector.row')} <code>{detector.selectors.row}</code>
                  </p>
                )}
                <CandidatePreview candidate={candidate} />
              </article>
            );
          })}
        </>
      )}
    </section>
  );
}

/** What is being done meanwhile, and for how long. */
export function Detecting(): ReactElement {
  const t = useWords();
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="detecting" role="status">
      <progress aria-label={t('wizard.detecting')} />
      <p>
        {t('wizard.detecting')} <span aria-hidden="true">{t('span.seconds', { n: seconds })}</span>
      </p>
    </div>
  );
}
