import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { account } from '../api/views.ts';
import { Announcer } from '../parts/announcer.tsx';
import { Pending } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import type { UnreadyProps } from '../shell/shell.tsx';
import { Factors } from './account-page.tsx';
import { Password } from './password.tsx';

/** What somebody does before anything else, alone on the screen. */
export function UnreadyPage({ must, onSignOut }: UnreadyProps): ReactElement {
  const t = useWords();
  const answer = useQuery(account());
  return (
    <main className="unready" data-testid="unready">
      <header className="door-head">
        <img src="/icon.svg" alt="" width="44" height="44" />
        <div>
          <h1>{t('app.name')}</h1>
          <p>{t(`signIn.unready.${must}`)}</p>
        </div>
        <span className="top-space" />
        <button type="button" className="link" onClick={onSignOut}>
          {t('app.signOut')}
        </button>
      </header>
      <div className="account">
        <Pending of={answer} />
        {answer.data && must === 'factor' && <Factors view={answer.data} />}
        {answer.data && must === 'password' && <Password personId={answer.data.personId} />}
      </div>
      <Announcer />
    </main>
  );
}
