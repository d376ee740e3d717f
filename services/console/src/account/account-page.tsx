import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { AccountView } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { post } from '../api/client.ts';
import { account, session } from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { ConfirmDialog } from '../parts/confirm-dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { minute } from '../time.ts';
import { useWords } from '../words/index.ts';
import { EnrolPasskey, EnrolTotp } from './enrol.tsx';
import { Password } from './password.tsx';
import { useProof } from './proof.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** One's own account: how one signs in, and where one is signed in. */
export function AccountPage(): ReactElement {
  const answer = useQuery(account());
  const { data } = answer;
  return (
    <div className="page account">
      <Pending of={answer} />
      {data && (
        <>
          <Factors view={data} />
          {data.link ? <Linked link={data.link} /> : <Password personId={data.personId} />}
          <OpenSessions view={data} />
        </>
      )}
    </div>
  );
}

function Linked({ link }: { link: NonNullable<AccountView['link']> }): ReactElement {
  const t = useWords();
  return (
    <section aria-labelledby="linked-title" data-testid="linked">
      <h2 id="linked-title">{t('account.password')}</h2>
      <p>{t('directory.own', { name: link.name, directory: t(`directory.${link.directory}`) })}</p>
    </section>
  );
}

type Factor = AccountView['factors'][number];

/** Second factors: enrolled, named, removed; and the codes for the day when they are not at hand. */
export function Factors({ view }: { view: AccountView }): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const { proven, dialog } = useProof();
  const [adding, setAdding] = useState<'totp' | 'passkey' | null>(null);
  const [removing, setRemoving] = useState<Factor | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const again = () => client.invalidateQueries({ queryKey: account().queryKey });
  /** What comes after decides who may go on: the frame asks who is signed in. */
  const done = () => client.invalidateQueries({ queryKey: session().queryKey });
  const tell = async (action: () => Promise<void>) => {
    try {
      await action();
    } catch (error) {
      announce('failed', sayError(error, t));
    }
  };
  const begin = (kind: 'totp' | 'passkey') =>
    tell(async () => {
      // The proof comes first, so that nobody scans for nothing.
      if (await proven(() => post<object>('/api/account/' + (kind === 'totp' ? 'totp' : 'passkeys') + '/begin', {})))
        setAdding(kind);
    });
  const enrolled = async ({ name, recoveryCodes }: { name: string; recoveryCodes: string[] | null }) => {
    setAdding(null);
    setCodes(recoveryCodes);
    announce('done', t('account.enrolled', { name }));
    await again();
    if (!recoveryCodes) await done();
  };
  const remove = ({ factorId, name }: Factor) =>
    tell(async () => {
      setRemoving(null);
      if (!(await proven(() => post<object>('/api/account/factors/remove', { factorId })))) return;
      announce('done', t('account.removed', { name }));
      await Promise.all([again(), done()]);
    });
  const renew = () =>
    tell(async () => {
      const made = await proven(() => post<{ recoveryCodes: string[] }>('/api/account/recovery-codes', {}));
      if (made) setCodes(made.recoveryCodes);
      await again();
    });
  const kept = async () => {
    setCodes(null);
    await done();
  };
  const roles = view.requiredFor.map((role) => t(`role.${role}`)).join('、');
  const { port, protocol } = location;
  const byName = `${protocol}//localhost${port && `:${port}`}`;
  return (
    <section aria-labelledby="factors-title" data-testid="factors">
      <h2 id="factors-title">{t('account.factors')}</h2>
      <p className="hint">
        {t('account.factorsHint')} {view.requiredFor.length > 0 && t('account.required', { roles })}
      </p>
      {codes && <RecoveryCodes codes={codes} onKept={() => void kept()} />}
      {view.factors.length === 0 && <p>{t('account.noFactors')}</p>}
      {view.factors.length > 0 && (
        <table className="table">
          <thead>
            <tr>
              <th>{t('account.kind')}</th>
              <th>{t('account.name')}</th>
              <th>{t('account.since')}</th>
              <th>
                <span className="unseen">{t('account.remove')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {view.factors.map((factor) => (
              <tr key={factor.factorId} data-testid="factor">
                <td>{t(`account.kind.${factor.kind}`)}</td>
                <td className="cell-wide">{factor.name}</td>
                <td className="cell-time">{minute(factor.enrolledAt)}</td>
                <td className="cell-actions">
                  <button
                    type="button"
                    className="link"
                    aria-label={t('account.removeTitle', { name: factor.name })}
                    onClick={() => setRemoving(factor)}
                  >
                    {t('account.remove')}
                  </button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="account-actions">
        <button
          type="button"
          className="button button-primary"
          onClick={() => void begin('totp')}
          data-testid="add-totp"
        >
          {t('account.addTotp')}
        </button>
        <button
          type="button"
          className="button"
          disabled={!view.passkeysPossible}
          onClick={() => void begin('passkey')}
          data-testid="add-passkey"
        >
          {t('account.addPasskey')}
        </button>
        {!view.passkeysPossible && <span className="hint">{t('account.noPasskeys', { address: byName })}</span>}
      </div>
      {view.factors.length > 0 && (
        <>
          <h3>{t('account.recovery')}</h3>
          <p className="account-actions">
            <span>{t('account.recoveryLeft', { n: view.recoveryLeft })}</span>
            <button type="button" className="button button-small" onClick={() => void renew()}>
              {t('account.recoveryNew')}
            </button>
          </p>
        </>
      )}
      {adding === 'totp' && (
        <EnrolTotp onClose={() => setAdding(null)} onEnrolled={(enrolment) => void enrolled(enrolment)} />
      )}
      {adding === 'passkey' && (
        <EnrolPasskey onClose={() => setAdding(null)} onEnrolled={(enrolment) => void enrolled(enrolment)} />
      )}
      {removing && (
        <ConfirmDialog
          title={t('account.removeTitle', { name: removing.name })}
          text={t(view.factors.length === 1 ? 'account.removeLast' : 'account.removeHint')}
          send={t('account.remove')}
          onConfirm={() => void remove(removing)}
          onClose={() => setRemoving(null)}
        />
      )}
      {dialog}
    </section>
  );
}

function OpenSessions({ view }: { view: AccountView }): ReactElement {
  const t = useWords();
  const client = useQueryClient();
  const { proven, dialog } = useProof();
  const second = { totp: t('account.kind.totp'), passkey: t('account.kind.passkey'), recovery: t('signIn.recovery') };
  const meansOf = ({ by, through }: AccountView['sessions'][number]) =>
    through !== null && by in second
      ? `${t(`account.by.${through}`)} + ${second[by as keyof typeof second]}`
      : t(`account.by.${by}`);
  const end = async (sessionId: string | null) => {
    try {
      const told = await proven(() => post<{ ended: number }>('/api/account/sessions/end', { sessionId }));
      if (told) announce('done', t('account.session.ended', { n: told.ended }));
    } catch (error) {
      announce('failed', sayError(error, t));
    }
    await client.invalidateQueries({ queryKey: account().queryKey });
  };
  return (
    <section aria-labelledby="sessions-title" data-testid="sessions">
      <h2 id="sessions-title">{t('account.sessions')}</h2>
      <p className="hint">{t('account.sessionsHint')}</p>
      <table className="table">
        <thead>
          <tr>
            <th>{t('account.session.where')}</th>
            <th>{t('account.session.by')}</th>
            <th>{t('account.session.opened')}</th>
            <th>{t('account.session.seen')}</th>
            <th>{t('account.session.ends')}</th>
            <th>
              <span className="unseen">{t('account.session.end')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {view.sessions.map((each) => (
            <tr key={each.sessionId} data-testid="open-session">
              <td className="cell-wide">
                {each.address} <small>{each.agent}</small>
              </td>
              <td>{meansOf(each)}</td>
              <td className="cell-time">{minute(each.openedAt)}</td>
              <td className="cell-time">{each.isThis ? t('account.session.this') : minute(each.seenAt)}</td>
              <td className="cell-time">{minute(each.endsAt)}</td>
              <td className="cell-actions">
                {!each.isThis && (
                  <button type="button" className="link" onClick={() => void end(each.sessionId)}>
                    {t('account.session.end')}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {view.sessions.length > 1 && (
        <button type="button" className="button" onClick={() => void end(null)} data-testid="end-others">
          {t('account.session.endOthers')}
        </button>
      )}
      {dialog}
    </section>
  );
}
