import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import * as views from '../api/views.ts';
import { Dialog } from '../parts/dialog.tsx';
import { Loading, sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';
import { PlaceName, PlanCells } from './recall-words.tsx';

export type TakeBack = { type: 'recall.propose' | 'recall.kill'; reason: string; publicReason: string | null };

/** What taking it back would do, at every place, before anybody decides it. */
export function TakeBackDialog(props: {
  site: string;
  releaseId: string;
  title: string;
  kills: boolean;
  onSend: (wish: TakeBack) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const t = useWords();
  const { site, releaseId, title, kills } = props;
  const [type, setType] = useState<TakeBack['type']>('recall.propose');
  const [reason, setReason] = useState('');
  const [publicReason, setPublicReason] = useState('');
  const [busy, setBusy] = useState(false);
  const plan = useQuery(views.recallPlan(site, releaseId, type === 'recall.kill' ? 'kill' : 'withdraw'));
  const ready = reason.trim() !== '' && plan.data !== undefined && !busy;
  const send = async () => {
    if (!ready) return;
    setBusy(true);
    try {
      await props.onSend({ type, reason: reason.trim(), publicReason: publicReason.trim() || null });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={t('takeBack.title', { title })} onClose={props.onClose} wide>
      {kills && (
        <fieldset className="field">
          {(['recall.propose', 'recall.kill'] as const).map((each) => (
            <label key={each} className="choice">
              <input type="radio" name="how" checked={type === each} onChange={() => setType(each)} />{' '}
              {t(each === 'recall.kill' ? 'takeBack.kill' : 'takeBack.withdraw')}
            </label>
          ))}
        </fieldset>
      )}
      {type === 'recall.kill' && <p className="banner banner-refused">{t('takeBack.killHint')}</p>}
      <label className="field">
        <span>{t('recall.reason')}</span>
        <input
          value={reason}
          maxLength={500}
          autoFocus
          onChange={({ target }) => setReason(target.value)}
          data-testid="take-back-reason"
        />
      </label>
      <label className="field">
        <span>
          {t('recall.publicReason')} <span className="hint">{t('recall.publicReasonHint')}</span>
        </span>
        <input
          value={publicReason}
          maxLength={500}
          onChange={({ target }) => setPublicReason(target.value)}
          data-testid="take-back-public"
        />
      </label>
      <h3>{t('takeBack.plan')}</h3>
      {plan.isPending && <Loading />}
      {plan.error && <p role="alert">{t('takeBack.planFailed', { reason: sayError(plan.error, t) })}</p>}
      {plan.data && (
        <div className="plan-scroll" tabIndex={0} role="region" aria-label={t('takeBack.plan')}>
          {plan.data.together.length > 0 && (
            <p className="banner">
              {t('recall.together')} {plan.data.together.map((part) => part.title).join('；')}
            </p>
          )}
          <table className="table table-dense" data-testid="plan">
            <thead>
              <tr>
                <th>{t('recall.colPlace')}</th>
                <th>{t('recall.colHas')}</th>
                <th>{t('recall.colMeans')}</th>
              </tr>
            </thead>
            <tbody>
              {plan.data.targets.map((target) => (
                <tr key={target.targetId}>
                  <td>
                    <PlaceName target={target} />
                  </td>
                  <PlanCells target={target} />
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={props.onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        <button
          type="button"
          className={type === 'recall.kill' ? 'button button-danger' : 'button button-primary'}
          disabled={!ready}
          title={reason.trim() === '' ? t('takeBack.needReason') : undefined}
          onClick={() => void send()}
          data-testid="send-take-back"
        >
          {t(type === 'recall.kill' ? 'takeBack.killNow' : 'takeBack.propose')}
        </button>
      </div>
    </Dialog>
  );
}
