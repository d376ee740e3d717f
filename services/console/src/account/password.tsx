import { useQueryClient } from '@tanstack/react-query';
import { passwordLength } from '@tongsheng/contracts';
import { useState, type FormEvent, type ReactElement } from 'react';
import { post } from '../api/client.ts';
import { account, session } from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';

/** A new password in the place of the old one. What makes it a bad one, the server says. */
export function Password({ personId }: { personId: string }): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const said = new FormData(form);
    setBusy(true);
    setError(null);
    try {
      await post('/api/account/password', { old: said.get('old'), new: said.get('new') });
      form.reset();
      announce('done', t('account.passwordChanged'));
      await client.invalidateQueries({ queryKey: account().queryKey });
      await client.invalidateQueries({ queryKey: session().queryKey });
    } catch (caught) {
      setError(sayError(caught, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="password-title">
      <h2 id="password-title">{t('account.password')}</h2>
      <p className="hint">{t('account.passwordHint', passwordLength)}</p>
      <form className="account-password" onSubmit={(event) => void submit(event)} data-testid="change-password">
        {/* So that a password manager knows whose it is. */}
        <input type="text" name="personId" autoComplete="username" value={personId} readOnly hidden />
        <label className="field">
          <span>{t('account.passwordOld')}</span>
          <input name="old" type="password" autoComplete="current-password" required />
        </label>
        <label className="field">
          <span>{t('account.passwordNew')}</span>
          <input
            name="new"
            type={shown ? 'text' : 'password'}
            autoComplete="new-password"
            minLength={passwordLength.least}
            maxLength={passwordLength.most}
            required
          />
        </label>
        <label className="check">
          <input type="checkbox" checked={shown} onChange={({ target }) => setShown(target.checked)} />{' '}
          {t('account.passwordShow')}
        </label>
        <p className="door-error" role="alert" data-testid="password-error">
          {error}
        </p>
        <button type="submit" className="button button-primary" disabled={busy}>
          {t('account.passwordChange')}
        </button>
      </form>
    </section>
  );
}
