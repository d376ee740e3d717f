import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Me } from '@tongsheng/contracts';
import { useEffect, useRef, useState, type FormEvent, type ReactElement } from 'react';
import { passkeysWork, signWithPasskey } from '../account/passkeys.ts';
import { goToProvider, takeAnswer } from '../account/provider.ts';
import { SecondStep, type SecondProof } from '../account/second-step.tsx';
import { ApiError, post } from '../api/client.ts';
import { session, signInWays } from '../api/views.ts';
import { sayError } from '../parts/states.tsx';
import { useLanguage, useWords } from '../words/index.ts';

/** What the server says when the password was right and not enough. */
type Second = { ticket: string; ways: string[] };

/** The door. `last` is whose session ended under their hands: what they had on the screen waits behind it, for them. */
export function SignIn({ last }: { last: string | null }): ReactElement {
  const t = useWords();
  const { language, use } = useLanguage();
  const client = useQueryClient();
  const [second, setSecond] = useState<Second | null>(null);
  useEffect(() => {
    document.title = `${t('signIn.title')} · ${t('app.name')}`;
  });
  const enter = (me: Me) => {
    // Nobody sees what was another's.
    if (last !== null && last !== me.personId)
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
    client.setQueryData(session().queryKey, me);
  };
  const prove = async (proof: SecondProof) => {
    try {
      enter(await post<Me>('/api/session/second', { ticket: second?.ticket, proof }));
    } catch (caught) {
      if (caught instanceof ApiError && caught.code === 'session_expired') setSecond(null);
      throw caught;
    }
  };
  return (
    <main className="door">
      <div className="door-card" data-testid="sign-in">
        <div className="door-head">
          <img src="/icon.svg" alt="" width="44" height="44" />
          <div>
            <h1>{t('app.name')}</h1>
            <p>{t('app.tagline')}</p>
          </div>
        </div>
        {last !== null && <p className="banner">{t('signIn.again')}</p>}
        {second === null ? (
          <FirstStep onIn={enter} onSecond={setSecond} />
        ) : (
          <>
            <h2 className="door-step">{t('signIn.secondTitle')}</h2>
            <SecondStep ways={second.ways} ticket={second.ticket} onProof={prove} />
            <button type="button" className="link" onClick={() => setSecond(null)}>
              {t('signIn.back')}
            </button>
          </>
        )}
        <button type="button" className="link" onClick={() => use(language === 'zh' ? 'en' : 'zh')}>
          {t('app.language')}
        </button>
      </div>
    </main>
  );
}

function FirstStep(props: { onIn: (me: Me) => void; onSecond: (second: Second) => void }): ReactElement {
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const password = useRef<HTMLInputElement>(null);
  const { data: ways } = useQuery(signInWays());
  const [answer] = useState(takeAnswer);
  const [returning, setReturning] = useState(answer !== null);

  /** What the server says when this is not enough, or not right. */
  const told = (caught: unknown) => {
    if (caught instanceof ApiError && caught.code === 'second_factor_required') {
      const { ticket, ways: second } = caught.params;
      return props.onSecond({ ticket: String(ticket), ways: String(second).split(',') });
    }
    const locked = caught instanceof ApiError && caught.code === 'sign_in_locked';
    const seconds = locked ? Number(caught.params['retryAfterSeconds']) : 0;
    setError(locked ? t('signIn.locked', { seconds }) : sayError(caught, t));
    setBusy(false);
    setReturning(false);
  };
  const asked = useRef(false);
  useEffect(() => {
    // The provider's answer is good once.
    if (answer === null || asked.current) return;
    asked.current = true;
    post<Me>('/api/session/oidc', { answer }).then(props.onIn, told);
  });

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      props.onIn(await post<Me>('/api/session', { personId: form.get('personId'), password: form.get('password') }));
    } catch (caught) {
      told(caught);
      password.current?.select();
    }
  };
  const byProvider = async () => {
    setBusy(true);
    setError(null);
    await goToProvider().catch(told);
  };
  const byPasskey = async () => {
    setError(null);
    try {
      const { ticket, options } = await post<{ ticket: string; options: object }>('/api/session/challenge', {});
      const passkey = await signWithPasskey(options);
      if (passkey === null) return setError(t('signIn.passkeyFailed'));
      props.onIn(await post<Me>('/api/session/passkey', { ticket, passkey }));
    } catch (caught) {
      setError(sayError(caught, t));
    }
  };

  if (returning)
    return (
      <p className="door-step" role="status">
        {t('signIn.oidcBusy')}
      </p>
    );
  return (
    <form onSubmit={(event) => void submit(event)}>
      <label className="field">
        <span>{t('signIn.person')}</span>
        <input name="personId" autoComplete="username" autoCapitalize="off" spellCheck={false} required autoFocus />
      </label>
      <label className="field">
        <span>{t('signIn.password')}</span>
        <input ref={password} name="password" type="password" autoComplete="current-password" required />
      </label>
      <p className="door-error" role="alert" data-testid="sign-in-error">
        {error}
      </p>
      <button type="submit" className="button button-primary button-wide" disabled={busy}>
        {busy ? t('signIn.busy') : t('signIn.submit')}
      </button>
      {passkeysWork() && (
        <button
          type="button"
          className="button button-wide door-other"
          onClick={() => void byPasskey()}
          data-testid="passkey-sign-in"
        >
          {t('signIn.passkey')}
        </button>
      )}
      {ways?.directories.includes('oidc') && (
        <>
          <button
            type="button"
            className="button button-wide door-other"
            disabled={busy}
            onClick={() => void byProvider()}
            data-testid="oidc-sign-in"
          >
            {t('signIn.oidc')}
          </button>
          <p className="hint">{t('signIn.oidcHint')}</p>
        </>
      )}
    </form>
  );
}
