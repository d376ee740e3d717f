import { useQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import type { DeliveryRow } from '@tongsheng/contracts';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Empty, Pending, sayError } from '../parts/states.tsx';
import { hasRole, useMe } from '../session.ts';
import { minute, precise, short } from '../time.ts';
import { useChannelKind, useWords } from '../words/index.ts';
import { DeliveryTag } from './delivery-tag.tsx';
import { RefusedLogins } from './refused-logins.tsx';

const filters = {
  all: () => true,
  open: ({ state }: DeliveryRow) =>
    ['preparing', 'requested', 'sending', 'waiting', 'pending', 'unknown'].includes(state),
  unknown: ({ state }: DeliveryRow) => state === 'unknown',
  failed: ({ state }: DeliveryRow) => state === 'failed' || state === 'lost',
};

/** Every delivery from requested to confirmed, live. */
export function DeliveriesPage(): ReactElement {
  const t = useWords();
  const sayKind = useChannelKind();
  const me = useMe();
  const { show = 'all', release } = useSearch({ from: '/deliveries' });
  const list = useQuery(views.deliveries(release));
  const { data } = list;
  const [resolving, setResolving] = useState<DeliveryRow | null>(null);
  const rows = data?.rows ?? [];
  const shown = rows.filter(filters[show]);
  const unknown = rows.filter(filters.unknown).length;
  return (
    <div className="page">
      <div className="page-bar">
        <div className="tabs" role="group">
          {(['all', 'open', 'unknown', 'failed'] as const).map((each) => (
            <Link
              key={each}
              to="/deliveries"
              search={{ ...(each !== 'all' && { show: each }), ...(release && { release }) }}
              className={show === each ? 'tab tab-here' : 'tab'}
            >
              {t(`deliveries.${each}`)}{' '}
              {each === 'unknown' && unknown > 0 && <span className="badge badge-unknown">{unknown}</span>}
            </Link>
          ))}
        </div>
        {release && (
          <span className="hint">
            {t('deliveries.ofRelease')} <Link to="/deliveries">{t('deliveries.showAll')}</Link>
          </span>
        )}
      </div>
      <RefusedLogins />
      <Pending of={list} />
      {data && shown.length === 0 && <Empty title={t('deliveries.empty')}>{t('deliveries.emptyHint')}</Empty>}
      {shown.length > 0 && (
        <table className="table" data-testid="deliveries">
          <thead>
            <tr>
              <th>{t('deliveries.colRelease')}</th>
              <th>{t('deliveries.colChannel')}</th>
              <th>{t('deliveries.colProgress')}</th>
              <th>{t('deliveries.colState')}</th>
              <th className="cell-number">{t('deliveries.colAttempts')}</th>
              <th>{t('deliveries.colDetail')}</th>
              <th>{t('deliveries.colAt')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <tr key={`${row.site}/${row.deliveryId}`} data-testid="delivery">
                <td className="cell-title">
                  <Link to="/releases/$site/$releaseId" params={{ site: row.site, releaseId: row.releaseId }}>
                    {row.title}
                  </Link>
                </td>
                <td>
                  {row.channelName} <small className="hint">{sayKind(row.channelKind)}</small>
                </td>
                <td>
                  <Progress row={row} />
                </td>
                <td>
                  <DeliveryTag row={row} />
                  {row.state === 'unknown' && hasRole(me, 'comms') && (
                    <button
                      type="button"
                      className="button button-small"
                      onClick={() => setResolving(row)}
                      data-testid="resolve"
                    >
                      {t('deliveries.resolve')}
                    </button>
                  )}
                </td>
                <td className="cell-number">{row.attempts}</td>
                <td className="cell-detail" title={row.detail}>
                  {row.nextAttemptAt && <span>{t('deliveries.next', { time: precise(row.nextAttemptAt) })} </span>}
                  {row.receiptId ? t('deliveries.receipt', { id: row.receiptId }) : row.detail}
                </td>
                <td className="cell-time" title={minute(row.updatedAt)}>
                  {short(row.updatedAt)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {resolving && <Resolve row={resolving} onClose={() => setResolving(null)} />}
    </div>
  );
}

const steps = ['requested', 'sending', 'confirmed'] as const;
const stepOf: Record<DeliveryRow['state'], number> = {
  preparing: -1,
  requested: 0,
  cancelled: 0,
  sending: 1,
  waiting: 1,
  pending: 1,
  unknown: 1,
  failed: 1,
  confirmed: 2,
  lost: 2,
};

function Progress({ row }: { row: DeliveryRow }): ReactElement {
  const t = useWords();
  return (
    <span className={`progress progress-${row.state}`} aria-hidden="true">
      {steps.map((step, index) => (
        <span
          key={step}
          className={index <= stepOf[row.state] ? 'progress-dot progress-on' : 'progress-dot'}
          title={t(`delivery.${step}`)}
        />
      ))}
    </span>
  );
}

/** A person looked, and says what became of it. */
function Resolve({ row, onClose }: { row: DeliveryRow; onClose: () => void }): ReactElement {
  const t = useWords();
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (resolution: 'arrived' | 'send_again') => {
    setBusy(true);
    try {
      const { site, deliveryId } = row;
      await decide({ type: 'delivery.resolve', site, deliveryId, resolution, note: note.trim() });
      announce('done', t('deliveries.resolved'));
      onClose();
    } catch (caught) {
      announce('failed', sayError(caught, t));
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // Neither answer is the likely one, so no key chooses.
    if (event.key === 'Enter' && event.ctrlKey) event.preventDefault();
  };
  const ready = note.trim() !== '' && !busy;
  return (
    <Dialog title={t('deliveries.resolveTitle')} onClose={onClose} wide>
      <p>{t('deliveries.resolveHint', { time: precise(row.updatedAt), channel: row.channelName, title: row.title })}</p>
      <p className="hint">{row.detail}</p>
      <label className="field">
        <span>{t('deliveries.note')}</span>
        <textarea
          rows={3}
          maxLength={500}
          autoFocus
          placeholder={t('deliveries.noteHint')}
          value={note}
          onChange={({ target }) => setNote(target.value)}
          onKeyDown={onKeyDown}
        />
      </label>
      <p className="hint">{t('deliveries.againWarn')}</p>
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t('app.cancel')} <kbd>Esc</kbd>
        </button>
        <span className="top-space" />
        <button
          type="button"
          className="button button-danger"
          disabled={!ready}
          onClick={() => void send('send_again')}
        >
          {t('deliveries.again')}
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
