import { useState, type FormEvent, type ReactElement } from 'react';
import { post } from '../api/client.ts';
import { sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { signWithPasskey } from './passkeys.ts';

export type SecondProof = { totp: string } | { recovery: string } | { passkey: unknown };

/**
 * What is shown beside the password: the digits of an app, a passkey, or a recovery code. `onProof` throws what the server
 * says, and this says it to the person.
 */
export function SecondStep(props: {
  ways: readonly string[];
  ticket: string;
  onProof: (proof: SecondProof) => Promise<void>;
}): ReactElement {
  const { ways, ticket, onProof } = props;
  const t = useWords();
  const hasCode = ways.includes('totp');
  const [recovery, setRecovery] = useState(!hasCode && !ways.includes('passkey'));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const show = async (proof: SecondProof) => {
    setBusy(true);
    setError(null);
    try {
      await onProof(proof);
    } catch (caught) {
      setError(sayError(caught, t));
      setTyped('');
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy && typed.trim() !== '') void show(recovery ? { recovery: typed } : { totp: typed });
  };
  const byPasskey = async () => {
    setError(null);
    try {
      const { options } = await post<{ options: object }>('/api/session/challenge', { ticket });
      const passkey = await signWithPasskey(options);
      if (passkey === null) return setError(t('signIn.passkeyFailed'));
      await show({ passkey });
    } catch (caught) {
      setError(sayError(caught, t));
    }
  };
  return (
    <form onSubmit={submit} data-testid="second-step">
      {(hasCode || recovery) && (
        <label className="field">
          <span>{t(recovery ? 'signIn.recovery' : 'signIn.code')}</span>
          <input
            key={recovery ? 'recovery' : 'code'}
            name={recovery ? 'recovery' : 'code'}
            value={typed}
            autoFocus
            autoComplete={recovery ? 'off' : 'one-time-code'}
            inputMode={recovery ? 'text' : 'numeric'}
            spellCheck={false}
            maxLength={recovery ? 60 : 12}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
      )}
      <p className="door-error" role="alert" data-testid="second-error">
        {error}
      </p>
      {(hasCode || recovery) && (
        <button type="submit" className="button button-primary button-wide" disabled={busy}>
          {t('signIn.confirm')}
        </button>
      )}
      {ways.includes('passkey') && (
        <button
          type="button"
          className={hasCode || recovery ? 'button button-wide' : 'button button-primary button-wide'}
          disabled={busy}
          autoFocus={!hasCode && !recovery}
          onClick={() => void byPasskey()}
          data-testid="use-passkey"
        >
          {t('signIn.usePasskey')}
        </button>
      )}
      <button
        type="button"
        className="link"
        onClick={() => {
          setTyped('');
          setError(null);
          setRecovery(!recovery);
        }}
      >
        {recovery && hasCode ? t('signIn.useCode') : recovery ? null : t('signIn.useRecovery')}
      </button>
    </form>
  );
}
