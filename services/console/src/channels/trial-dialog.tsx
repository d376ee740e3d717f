import type { ChannelTried, TrialUndone } from '@tongsheng/contracts';
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
  const makesDraft = kind === 'wechat' || kind === 'wechat_mass';
  const [to, setTo] = useState('');
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ ok: boolean; text: string } | null>(null);
  const [made, setMade] = useState<string | null>(null);
  const send = async () => {
    if (busy || (needsAddress && to.trim() === '')) return;
    setBusy(true);
    try {
      const asked = { to: needsAddress ? to.trim() : null };
      const { outcome, detail, made: left } = await post<ChannelTried>(`/api/channels/${channelId}/try`, asked);
      setMade(left);
      setSaid({ ok: outcome === 'confirmed', text: `${t(`outcome.${outcome}`)} ${detail}` });
    } catch (caught) {
      setSaid({ ok: false, text: sayError(caught, t) });
    }
    setBusy(false);
  };
  const undo = async () => {
    if (busy || made === null) return;
    setBusy(true);
    try {
      const { done, detail } = await post<TrialUndone>(`/api/channels/${channelId}/try/undo`, { made });
      if (done) setMade(null);
      setSaid({ ok: done, text: done ? t('trial.undone') : t('trial.notUndone', { detail }) });
    } catch (caught) {
      setSaid({ ok: false, text: sayError(caught, t) });
    }
    setBusy(false);
  };
  return (
    <Dialog title={t('channels.tryTitle', { name })} onClose={onClose}>
      <p>{t(needsAddress ? 'channels.tryMail' : makesDraft ? 'trial.draft' : 'channels.tryHook')}</p>
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
      {made !== null && <p className="hint">{t('trial.made')}</p>}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t(said ? 'app.close' : 'app.cancel')} <kbd>Esc</kbd>
        </button>
        {made !== null && (
          <button
            type="button"
            className="button"
            aria-disabled={busy}
            onClick={() => void undo()}
            data-testid="try-undo"
          >
            {t('trial.undo')}
          </button>
        )}
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
