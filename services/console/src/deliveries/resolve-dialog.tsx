import type { DeliveryDetail } from '@tongsheng/contracts';
import { useState, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import { announce } from '../parts/announcer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { sayError } from '../parts/states.tsx';
import { precise } from '../time.ts';
import { useWords } from '../words/index.ts';
import { findingsOf, historyOf } from './history.ts';
import { SecondCopy } from './second-copy.tsx';

/** A person looked, and says what became of it; what the channel was asked, and what it said, stands beside it. */
export function ResolveDialog({ detail, onClose }: { detail: DeliveryDetail; onClose: () => void }): ReactElement {
  const { row, steps, outlook } = detail;
  const t = useWords();
  const [note, setNote] = useState('');
  const [url, setUrl] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (resolution: 'arrived' | 'send_again' | 'absent') => {
    setBusy(true);
    try {
      const { site, deliveryId } = row;
      const where = resolution === 'arrived' && url.trim() !== '' ? { url: url.trim() } : {};
      await decide({ type: 'delivery.resolve', site, deliveryId, resolution, note: note.trim(), ...where });
      announce('done', t('deliveries.resolved'));
      onClose();
    } catch (caught) {
      announce('failed', sayError(caught, t));
      setBusy(false);
    }
  };
  const ready = note.trim() !== '' && !busy;
  const isHalted = steps.some(({ event }) => event.type === 'delivery.halted');
  const findings = findingsOf(historyOf(steps));
  return (
    <Dialog title={t('deliveries.resolveTitle')} onClose={onClose} wide>
      <p>{t('deliveries.resolveHint', { time: precise(row.updatedAt), channel: row.channelName, title: row.title })}</p>
      <p>
        {findings.length === 0
          ? t('resolve.noFindings')
          : t('resolve.findings', {
              n: findings.length,
              finding: t(`finding.${findings.at(-1)!.finding}`),
              time: precise(findings.at(-1)!.probedAt),
            })}{' '}
        <span className="hint">{row.detail}</span>
      </p>
      <label className="field">
        <span>{t('deliveries.note')}</span>
        <textarea
          rows={3}
          maxLength={500}
          autoFocus
          placeholder={t('deliveries.noteHint')}
          value={note}
          onChange={({ target }) => setNote(target.value)}
          data-testid="resolve-note"
        />
      </label>
      <label className="field">
        <span>
          {t('resolve.url')} <small>{t('resolve.urlHint')}</small>
        </span>
        <input
          type="url"
          className="code"
          maxLength={2_000}
          placeholder="https://"
          value={url}
          onChange={({ target }) => setUrl(target.value)}
          data-testid="resolve-url"
        />
      </label>
      <p className="hint">
        {t('resolve.ifAgain')} {outlook && <SecondCopy of={outlook.secondCopy} />}{' '}
        {isHalted && t('redrive.why.delivery_halted')}
      </p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        <span className="top-space" />
        <button
          type="button"
          className="button button-danger"
          disabled={!ready}
          onClick={() => void send(isHalted ? 'absent' : 'send_again')}
          data-testid="send-again"
        >
          {t(isHalted ? 'deliveries.absent' : 'deliveries.again')}
        </button>
        <button
          type="button"
          className="button button-primary"
          disabled={!ready}
          onClick={() => void send('arrived')}
          data-testid="arrived"
        >
          {t('deliveries.arrived')}
        </button>
      </div>
    </Dialog>
  );
}
