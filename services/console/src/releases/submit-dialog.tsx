import { useQuery } from '@tanstack/react-query';
import type { ReleaseDetail } from '@tongsheng/contracts';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { reviews } from '../api/reviews.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Loading } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { FindingsList, forbiddenIn } from './findings-list.tsx';
import { hoursIn } from './hours.ts';
import { SeatNames, Standstill } from './seats.tsx';

/** Before it goes into the chain: which steps, who can take them, whether it hurries, and what the checks found. */
export function SubmitDialog(props: {
  site: string;
  data: ReleaseDetail;
  onSend: (fields: { urgent?: string; waiver?: string }) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const { site, data, onClose } = props;
  const { data: book } = useQuery(reviews(site));
  const [hurries, setHurries] = useState(false);
  const [reason, setReason] = useState('');
  const [waiver, setWaiver] = useState('');
  const [busy, setBusy] = useState(false);
  const forbidden = forbiddenIn(data);
  const kind = book?.kinds.find((each) => each.kind === data.row.kind);
  const path = hurries ? kind?.paths.urgent : kind?.paths.full;
  const ready =
    path !== undefined &&
    !busy &&
    (!hurries || reason.trim() !== '') &&
    (forbidden.length === 0 || waiver.trim() !== '');
  const send = async () => {
    if (!ready) return;
    setBusy(true);
    await props.onSend({
      ...(hurries && { urgent: reason.trim() }),
      ...(forbidden.length > 0 && { waiver: waiver.trim() }),
    });
    setBusy(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void send();
  };
  return (
    <Dialog title={t('signing.submitTitle')} onClose={onClose}>
      <div onKeyDown={onKeyDown} data-testid="submit-dialog">
        {!kind && <Loading />}
        {kind?.paths.urgent && (
          <label className="check">
            <input
              type="checkbox"
              checked={hurries}
              onChange={({ target }) => setHurries(target.checked)}
              data-testid="urgent"
            />{' '}
            {t('signing.hurry')}
          </label>
        )}
        {path && (
          <ol className="path" data-testid="path">
            {path.steps.map(({ step, seats }) => (
              <li key={step}>
                <strong>{t(`release.step.${step}`)}</strong>{' '}
                <SeatNames seats={seats.filter(({ personId }) => !data.row.drafters.includes(personId))} />
              </li>
            ))}
          </ol>
        )}
        {path?.standstill && <Standstill standstill={path.standstill} />}
        {hurries && kind && (
          <>
            <p className="hint">{t('signing.hurryHint', { n: hoursIn(kind.debtLimit) })}</p>
            <label className="field">
              <span>{t('signing.hurryReason')}</span>
              <input
                value={reason}
                maxLength={200}
                onChange={({ target }) => setReason(target.value)}
                data-testid="urgent-reason"
              />
            </label>
          </>
        )}
        {data.findings.length > 0 && <FindingsList findings={data.findings} />}
        {forbidden.length > 0 && (
          <label className="field">
            <span>{t('checks.waiver', { n: forbidden.length })}</span>
            <input
              value={waiver}
              maxLength={200}
              onChange={({ target }) => setWaiver(target.value)}
              data-testid="waiver"
            />
          </label>
        )}
        {data.row.openComments > 0 && <p className="hint">{t('comments.stillOpen', { n: data.row.openComments })}</p>}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {t('app.cancel')} <kbd>Esc</kbd>
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={!ready}
            onClick={() => void send()}
            data-testid="send-submit"
          >
            {t('release.submit')} <kbd>Ctrl Enter</kbd>
          </button>
        </div>
      </div>
    </Dialog>
  );
}
