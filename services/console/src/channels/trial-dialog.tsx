import type { Outcome } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { post } from '../api/client.ts';
import { Dialog } from '../parts/dialog.tsx';
import { sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';

/** Says plainly what a test will do, and what became of it. */
export function TrialDialog(props: {
  channelId: string;
  name: string;
  kind: string;
  onClose: () => void;
}): ReactElement {
  const { channelId, name, kind, onClose } = props;
  const t = useWords();
  const needsAddress = kind === 'email';
  const [to, setTo] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ ok: boolean; text: string } | null>(null);
  const send = async () => {
    if (busy || (needsAddress && to.trim() === '')) return;
    setBusy(true);
    try {
      const asked = { to: needsAddress ? to.trim() : null };
      const { outcome, detail } = await post<{ outcome: Outcome; detail: string }>(
        `/api/channels/${channelId}/try`,
        asked,
      );
      setSaid({ ok: outcome === 'confirmed', text: `${t(`outcome.${outcome}`)} ${detail}` });
    } catch (caught) {
      setSaid({ ok: false, text: sayError(caught, t) });
    }
    setBusy(false);
  };
  return (
    <Dialog title={t('channels.tryTitle', { name })} onClose={onClose}>
      <p>{t(needsAddress ? 'channels.tryMail' : 'channels.tryHook')}</p>
      {needsAddress && (
        <label className="field">
          <span>{t('channels.tryTo')}</span>
          <input
            type="email"
            autoFocus
            value={to}
            onChange={({ target }) => setTo(target.value)}
            data-testid="try-to"
          />
        </label>
      )}
      {said && (
        <p className={`banner ${said.ok ? 'banner-good' : 'banner-refused'}`} role="status" data-testid="try-said">
          {said.text}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t(said ? 'app.close' : 'app.cancel')} <kbd>Esc</kbd>
        </button>
        <button
          type="button"
          className="button button-primary"
          // Focus must not be lost while it is sent: Escape is to close this.
          aria-disabled={busy || (needsAddress && to.trim() === '')}
          onClick={() => void send()}
          data-testid="try-send"
        >
          {t(busy ? 'state.sending' : 'channels.trySend')}
        </button>
      </div>
    </Dialog>
  );
}
