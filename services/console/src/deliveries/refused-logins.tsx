import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { RefusedLogin } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { short } from '../time.ts';
import { useWords } from '../words/index.ts';

/** Logins that platforms refuse: nothing is tried there, so that no account is locked, until somebody says so. */
export function RefusedLogins(): ReactElement | null {
  const t = useWords();
  const me = useMe();
  const client = useQueryClient();
  const { data } = useQuery(views.refusedLogins());
  const [busy, setBusy] = useState<string | null>(null);
  const mayMend = hasRole(me, 'comms', 'admin');
  const tryAgain = async ({ credentialId, site, channelName }: RefusedLogin) => {
    setBusy(credentialId);
    try {
      await decide({ type: 'credential.mend', credentialId, site, how: 'try_again' });
      announce('done', t('logins.tried', { channel: channelName }));
      await client.invalidateQueries({ queryKey: ['refused-logins'] });
    } catch (caught) {
      announce('failed', sayError(caught, t));
    }
    setBusy(null);
  };
  if (!data || data.rows.length === 0) return null;
  return (
    <section aria-label={t('logins.title')} data-testid="refused-logins">
      {data.rows.map((login) => (
        <p key={login.credentialId} className="banner banner-refused" role="status">
          <strong>{t('logins.refused', { channel: login.channelName })}</strong>{' '}
          <span>{t('logins.since', { time: short(login.failedAt), detail: login.detail })}</span>{' '}
          {mayMend && (
            <button
              type="button"
              className="button button-small"
              disabled={busy === login.credentialId}
              onClick={() => void tryAgain(login)}
              data-testid="try-again"
            >
              {t('logins.tryAgain')}
            </button>
          )}
        </p>
      ))}
    </section>
  );
}
