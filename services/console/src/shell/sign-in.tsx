import { useQueryClient } from '@tanstack/react-query';
import type { Me } from '@tongsheng/contracts';
import { useEffect, useRef, useState, type FormEvent, type ReactElement } from 'react';
import { ApiError, post } from '../api/client.ts';
import { session } from '../api/views.ts';
import { sayError } from '../parts/states.tsx';
import { useLanguage, useWords } from '../words/index.ts';

/** The door. `last` is whose session ended under their hands: what they had on the screen waits behind it, for them. */
export function SignIn({ last }: { last: string | null }): ReactElement {
  const t = useWords();
  const { language, use } = useLanguage();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const password = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = `${t('signIn.title')} · ${t('app.name')}`;
  });

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setBusy(true);
    setError(null);
    try {
      const me = await post<Me>('/api/session', { personId: form.get('personId'), password: form.get('password') });
      // Nobody sees what was another's.
      if (last !== null && last !== me.personId)
        client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' });
      client.setQueryData(session().queryKey, me);
    } catch (caught) {
      const locked = caught instanceof ApiError && caught.code === 'sign_in_locked';
      const seconds = locked ? Number(caught.params['retryAfterSeconds']) : 0;
      setError(locked ? t('signIn.locked', { seconds }) : sayError(caught, t));
      setBusy(false);
      password.current?.select();
    }
  };

  return (
    <main className="door">
      <form className="door-card" onSubmit={(event) => void submit(event)} data-testid="sign-in">
        <div className="door-head">
          <img src="/icon.svg" alt="" width="44" height="44" />
          <div>
            <h1>{t('app.name')}</h1>
            <p>{t('app.tagline')}</p>
          </div>
        </div>
        {last !== null && <p className="banner">{t('signIn.again')}</p>}
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
        <button type="button" className="link" onClick={() => use(language === 'zh' ? 'en' : 'zh')}>
          {t('app.language')}
        </button>
      </form>
    </main>
  );
}
