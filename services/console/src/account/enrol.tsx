import { useQuery } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactElement } from 'react';
import { ApiError, post } from '../api/client.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { makePasskey } from './passkeys.ts';
import { QrCode } from './qr-code.tsx';

type Enrolled = { name: string; recoveryCodes: string[] | null };
type Props = { onEnrolled: (enrolled: Enrolled) => void; onClose: () => void };

/** An app on a phone: scanned here, and enrolled by a code that it shows. */
export function EnrolTotp({ onEnrolled, onClose }: Props): ReactElement {
  const t = useWords();
  const begun = useQuery({
    queryKey: ['account', 'totp'],
    queryFn: () => post<{ secret: string; address: string }>('/api/account/totp/begin', {}),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  });
  const { data } = begun;
  return (
    <Dialog title={t('account.addTotp')} onClose={onClose} wide>
      <Pending of={begun} />
      {data && (
        <div className="enrol">
          <QrCode text={data.address} label={t('account.qr')} />
          <div>
            <p>{t('account.totpScan')}</p>
            <p className="hint">
              {t('account.totpByHand')} <code data-testid="totp-secret">{data.secret.match(/.{4}/g)?.join(' ')}</code>
            </p>
            <EnrolForm
              hasCode
              onClose={onClose}
              onSend={async (name, code) =>
                onEnrolled({
                  name,
                  ...(await post<{ recoveryCodes: string[] | null }>('/api/account/totp', { name, code })),
                })
              }
            />
          </div>
        </div>
      )}
    </Dialog>
  );
}

/** A key of this device, of a phone or of its own. */
export function EnrolPasskey({ onEnrolled, onClose }: Props): ReactElement {
  const t = useWords();
  const send = async (name: string) => {
    const options = await post<object>('/api/account/passkeys/begin', {});
    const passkey = await makePasskey(options);
    if (passkey === null) throw new ApiError(400, { message: t('account.passkeyFailed') });
    onEnrolled({
      name,
      ...(await post<{ recoveryCodes: string[] | null }>('/api/account/passkeys', { name, passkey })),
    });
  };
  return (
    <Dialog title={t('account.addPasskey')} onClose={onClose}>
      <p className="hint">{t('account.passkeyHint')}</p>
      <EnrolForm onClose={onClose} onSend={send} />
    </Dialog>
  );
}

function EnrolForm(props: {
  hasCode?: boolean;
  onSend: (name: string, code: string) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const [name, setName] = useState('');
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await props.onSend(name.trim(), code);
    } catch (caught) {
      setError(sayError(caught, t));
      setCode('');
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} data-testid="enrol">
      {props.hasCode && (
        <label className="field">
          <span>{t('account.totpCode')}</span>
          <input
            name="code"
            autoComplete="one-time-code"
            inputMode="numeric"
            required
            autoFocus
            maxLength={12}
            value={code}
            onChange={({ target }) => setCode(target.value)}
          />
        </label>
      )}
      <label className="field">
        <span>{t('account.name')}</span>
        <input
          name="name"
          required
          autoFocus={!props.hasCode}
          maxLength={60}
          value={name}
          placeholder={t('account.nameHint')}
          onChange={({ target }) => setName(target.value)}
        />
      </label>
      <p className="door-error" role="alert">
        {error}
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={props.onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        <button type="submit" className="button button-primary" disabled={busy}>
          {t('account.enrol')} <kbd>Enter</kbd>
        </button>
      </div>
    </form>
  );
}
