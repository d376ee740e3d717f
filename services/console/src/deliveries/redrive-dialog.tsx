import { useQuery } from '@tanstack/react-query';
import type { DeliveryRow } from '@tongsheng/contracts';
import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { decide, newId } from '../api/client.ts';
import * as views from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Pending, sayError } from '../parts/states.tsx';
import { useWords, wordFor } from '../words/index.ts';
import { keyOf } from './filter.ts';
import { SecondCopy } from './second-copy.tsx';

const atOnce = 4;
/** What a person looks through, and what a channel bears at once. */
const usualCap = 20;
const mostCap = 200;

/** One or many that failed, sent again: first what would become of each, then, with a reason, the doing, each by itself. */
export function RedriveDialog(props: { rows: readonly DeliveryRow[]; onClose: () => void }): ReactElement {
  const { onClose } = props;
  const t = useWords();
  // What is meant stays what it was when it was opened, whatever the list does meanwhile.
  const [rows] = useState(() => props.rows.slice(0, mostCap));
  const [batch] = useState(newId);
  const [reason, setReason] = useState('');
  const [cap, setCap] = useState(Math.min(usualCap, rows.length));
  const [busy, setBusy] = useState(false);
  const [results, setResults] = useState<ReadonlyMap<string, string | null>>(new Map());
  const trial = useQuery(views.outlooks(rows.map(({ site, deliveryId }) => ({ site, deliveryId }))));
  const outlooks = new Map((trial.data?.rows ?? []).map((each) => [keyOf(each), each]));
  const goes = rows.filter((row) => outlooks.get(keyOf(row))?.redrive === null);
  const meant = goes.slice(0, cap);
  const isDone = results.size > 0 && !busy;

  const send = async () => {
    if (busy || isDone || meant.length === 0 || reason.trim() === '') return;
    setBusy(true);
    const waiting = [...meant];
    let failed = 0;
    const next = async (): Promise<void> => {
      const row = waiting.shift();
      if (!row) return;
      const { site, deliveryId } = row;
      let said: string | null = null;
      try {
        // Of one batch each delivery is one decision, however often it is sent.
        await decide({ type: 'delivery.redrive', site, deliveryId, reason: reason.trim() }, `${batch}-${deliveryId}`);
      } catch (caught) {
        said = sayError(caught, t);
        failed += 1;
      }
      setResults((before) => new Map([...before, [keyOf(row), said]]));
      return next();
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    setBusy(false);
    const done = meant.length - failed;
    announce(failed > 0 ? 'failed' : 'done', t('redrive.told', { done, failed }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && event.ctrlKey && !event.nativeEvent.isComposing) void send();
  };
  const order = new Map(meant.map((row, i) => [keyOf(row), i]));

  return (
    <Dialog title={t('redrive.title')} onClose={onClose} wide>
      <p className="hint">{t('redrive.hint')}</p>
      <Pending of={trial} />
      {trial.data && (
        <p role="status" data-testid="redrive-trial">
          {t('redrive.trial', { n: goes.length, of: rows.length })}
        </p>
      )}
      <ol className="batch" tabIndex={0} aria-label={t('redrive.list')} data-testid="redrive-list">
        {rows.map((row) => {
          const key = keyOf(row);
          const outlook = outlooks.get(key);
          const result = results.get(key);
          return (
            <li key={key} data-testid="redrive-row" data-goes={order.has(key)}>
              <p>
                <strong>{row.title}</strong> <span className="hint">→ {row.channelName}</span>
              </p>
              {outlook && outlook.redrive === null && result === undefined && (
                <p>
                  {order.has(key) ? '' : `${t('redrive.overCap')} `}
                  {row.state === 'confirmed' ? (
                    t('redrive.onlyTo', { who: unreachedOf(row) })
                  ) : (
                    <SecondCopy of={outlook.secondCopy} />
                  )}
                </p>
              )}
              {outlook?.redrive && (
                <p className="batch-why">{t(wordFor(`redrive.why.${outlook.redrive}`) ?? 'redrive.why.other')}</p>
              )}
              {result === null && <p className="batch-done">✓ {t('redrive.done')}</p>}
              {result && <p className="batch-why">✕ {result}</p>}
            </li>
          );
        })}
      </ol>
      {!isDone && (
        <div className="field-row">
          <label className="field field-wide">
            <span>{t('redrive.reason')}</span>
            <input
              value={reason}
              maxLength={500}
              autoFocus
              placeholder={t('redrive.reasonHint')}
              onChange={({ target }) => setReason(target.value)}
              onKeyDown={onKeyDown}
              data-testid="redrive-reason"
            />
          </label>
          <label className="field">
            <span>{t('redrive.cap')}</span>
            <input
              type="number"
              min={1}
              max={mostCap}
              value={cap}
              onChange={({ target }) => setCap(Math.max(1, Math.min(mostCap, Math.trunc(target.valueAsNumber) || 1)))}
            />
          </label>
        </div>
      )}
      {busy && (
        <progress className="batch-progress" value={results.size} max={meant.length} aria-label={t('redrive.title')} />
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onClose}>
          {t(isDone ? 'app.close' : 'app.cancel')} <kbd>Esc</kbd>
        </button>
        {!isDone && (
          <button
            type="button"
            className="button button-primary"
            aria-disabled={busy || meant.length === 0 || reason.trim() === ''}
            onClick={() => void send()}
            data-testid="redrive-send"
          >
            {busy
              ? t('redrive.sending', { n: results.size, of: meant.length })
              : t('redrive.send', { n: meant.length })}{' '}
            <kbd>Ctrl Enter</kbd>
          </button>
        )}
      </div>
    </Dialog>
  );
}

const unreachedOf = ({ recipients }: DeliveryRow): string =>
  recipients.flatMap(({ address, outcome }) => (outcome === 'refused' ? [address] : [])).join('、');
