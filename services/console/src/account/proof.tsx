import { useState, type FormEvent, type ReactElement } from 'react';
import { ApiError, post } from '../api/client.ts';
import { Dialog } from '../parts/dialog.tsx';
import { sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { SecondStep, type SecondProof } from './second-step.tsx';

type Asked = { ways: string[]; ticket: string | null };

/**
 * Does what the server only does for somebody who has just shown who they are. `proven` answers what `action` did, or null
 * when the person thought better of it.
 */
export function useProof(): {
  proven: <T>(action: () => Promise<T>) => Promise<T | null>;
  dialog: ReactElement | null;
} {
  const [waiting, setWaiting] = useState<((isProven: boolean) => void) | null>(null);
  const ask = () => new Promise<boolean>((resolve) => setWaiting(() => resolve));
  const proven = async <T,>(action: () => Promise<T>): Promise<T | null> => {
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== 'proof_required') throw error;
      return (await ask()) ? action() : null;
    }
  };
  const end = (isProven: boolean) => {
    waiting?.(isProven);
    setWaiting(null);
  };
  return { proven, dialog: waiting && <ProofDialog onProven={() => end(true)} onClose={() => end(false)} /> };
}

function ProofDialog({ onProven, onClose }: { onProven: () => void; onClose: () => void }): ReactElement {
  const t = useWords();
  const [password, setPassword] = useState('');
  const [asked, setAsked] = useState<Asked | null>(null);
  const [error, setError] = useState<string | null>(null);
  const show = async (second: SecondProof | null) => {
    const ticket = asked?.ticket ?? null;
    const answer = await post<Asked>('/api/account/proof', { password, second, ticket });
    if (answer.ways.length === 0) onProven();
    else setAsked(answer);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    void show(null).catch((caught: unknown) => setError(sayError(caught, t)));
  };
  return (
    <Dialog title={t('account.proof')} onClose={onClose}>
      <p className="hint">{t('account.proofHint')}</p>
      {asked?.ticket ? (
        <SecondStep ways={asked.ways} ticket={asked.ticket} onProof={show} />
      ) : (
        <form onSubmit={submit} data-testid="proof">
          <label className="field">
            <span>{t('signIn.password')}</span>
            <input
              type="password"
              autoComplete="current-password"
              autoFocus
              value={password}
              onChange={({ target }) => setPassword(target.value)}
            />
          </label>
          <p className="door-error" role="alert">
            {error}
          </p>
          <div className="dialog-actions">
            <button type="button" className="button" onClick={onClose}>
              {t('app.cancel')} <kbd>Esc</kbd>
            </button>
            <button type="submit" className="button button-primary" disabled={password === ''}>
              {t('signIn.confirm')} <kbd>Enter</kbd>
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
