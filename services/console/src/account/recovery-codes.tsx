import type { ReactElement } from 'react';
import { announce } from '../parts/announcer.tsx';
import { useWords } from '../words/index.ts';

/** Shown once, until the person says that they are kept. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }): ReactElement {
  const t = useWords();
  const text = codes.join('\n');
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    announce('done', t('account.copied'));
  };
  return (
    <section className="account-codes" aria-labelledby="recovery-title" data-testid="recovery-codes">
      <h2 id="recovery-title">{t('account.recoveryTitle')}</h2>
      <p>{t('account.recoveryHint')}</p>
      <ol>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ol>
      <div className="account-actions">
        {isSecureContext && (
          <button type="button" className="button" onClick={() => void copy()}>
            {t('account.copy')}
          </button>
        )}
        <a
          className="button"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${text}\n`)}`}
          download="tongsheng-recovery-codes.txt"
        >
          {t('account.download')}
        </a>
        <button type="button" className="button" onClick={() => window.print()}>
          {t('account.print')}
        </button>
        <button type="button" className="button button-primary" onClick={onKept} data-testid="codes-kept">
          {t('account.savedCodes')}
        </button>
      </div>
    </section>
  );
}
