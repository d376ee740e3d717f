import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type FormEvent, type ReactElement } from 'react';
import { ApiError, post } from '../api/client.ts';
import { account } from '../api/views.ts';
import { Dialog } from '../parts/dialog.tsx';
import { sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { hearAnswer } from './provider.ts';
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
  const { data } = useQuery(account());
  const [asked, setAsked] = useState<Asked | null>(null);
  const show = async (proof: { password: string } | { answer: string } | { second: SecondProof; ticket: string }) => {
    const told = await post<Asked>('/api/account/proof', proof);
    if (told.ways.length === 0) onProven();
    else setAsked(told);
  };
  const ticket = asked?.ticket;
  return (
    <Dialog title={t('account.proof')} onClose={onClose}>
      <p className="hint">{t('account.proofHint')}</p>
      {asked && ticket ? (
        <SecondStep ways={asked.ways} ticket={ticket} onProof={(second) => show({ second, ticket })} />
      ) : data?.link?.directory === 'oidc' ? (
        <ByProvider onAnswer={(answer) => show({ answer })} onClose={onClose} />
      ) : (
        <ByPassword
          label={t(data?.link ? 'directory.proofPassword' : 'signIn.password')}
          onPassword={(password) => show({ password })}
          onClose={onClose}
        />
      )}
    </Dialog>
  );
}

function ByPassword(props: {
  label: string;
  onPassword: (password: string) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { label, onPassword, onClose } = props;
  const t = useWords();
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setError(null);
    void onPassword(password).catch((caught: unknown) => setError(sayError(caught, t)));
  };
  return (
    <form onSubmit={submit} data-testid="proof">
      <label className="field">
        <span>{label}</span>
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
  );
}

/** At the provider, in a window of its own, so that nothing on this page is lost. */
function ByProvider(props: { onAnswer: (answer: string) => Promise<void>; onClose: () => void }): ReactElement {
  const t = useWords();
  const [url, setUrl] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [opened, setOpened] = useState(false);
  const tell = useRef(props.onAnswer);
  const begin = () => {
    setUrl(null);
    setOpened(false);
    post<{ url: string }>('/api/account/proof/begin', {}).then(
      (begun) => setUrl(begun.url),
      (caught: unknown) => setError(sayError(caught, t)),
    );
  };
  // One round as the dialog opens; what fails begins another.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    begin();
  });
  useEffect(() => {
    if (url === null) return;
    return hearAnswer(url, (answer) => {
      tell.current(answer).catch((caught: unknown) => {
        setError(sayError(caught, t));
        begin();
      });
    });
  }, [url]);
  return (
    <div data-testid="proof-by-provider">
      <p>{t('directory.proofHint')}</p>
      <p className="door-error" role="alert">
        {error}
      </p>
      {opened && <p role="status">{t('directory.proofWaiting')}</p>}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={props.onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        {url !== null && (
          <a
            href={url}
            target="_blank"
            rel="noopener"
            className="button button-primary"
            onClick={() => setOpened(true)}
            data-testid="open-provider"
          >
            {t('directory.proofOpen')}
          </a>
        )}
      </div>
    </div>
  );
}
