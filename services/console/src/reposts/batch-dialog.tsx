import { useQueries } from '@tanstack/react-query';
import { taskKey, type Chain, type RepostRow } from '@tongsheng/contracts';
import { useRef, useState, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import { useSiteName } from '../api/site-names.ts';
import { repost } from '../api/views.ts';
import { announce } from '../parts/announcer.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { sayError } from '../parts/states.tsx';
import { useMe } from '../session.ts';
import { useWords } from '../words/index.ts';
import { whyNotGreen, whyNotShown } from './batch.ts';
import { useChainWords } from './chain-words.ts';

import { toSign, turnOf } from './turn.ts';

const atOnce = 4;
const excerptOf = (text: string): string => Array.from(text.replace(/\s+/gu, ' ')).slice(0, 90).join('');

/** Many tasks, each said and each decided by itself: what is not all green stays out, what fails stays marked with its reason. */
export function BatchDialog(props: {
  rows: readonly RepostRow[];
  chains: readonly Chain[];
  /** Told of each that was decided. */
  onDone: (key: string) => void;
  onClose: (decided: string[]) => void;
}): ReactElement {
  const { chains, onDone, onClose } = props;
  const t = useWords();
  const me = useMe();
  const { steps } = useChainWords();
  const siteName = useSiteName();
  // The list stays what it was when it was opened; each row's own state is that of now.
  const [keys] = useState(() => props.rows.map(taskKey));
  const known = useRef(new Map<string, RepostRow>());
  for (const row of props.rows) known.current.set(taskKey(row), row);
  const rows = keys.map((key) => known.current.get(key)!);
  const details = useQueries({
    queries: rows.map(({ site, taskId }) => ({ ...repost(site, taskId), staleTime: 5_000 })),
  });
  const [results, setResults] = useState<ReadonlyMap<string, string | null>>(new Map());
  const [busy, setBusy] = useState(false);
  const each = rows.map((row, i) => {
    const detail = details[i]?.data;
    const why = whyNotGreen(row, chains, me) ?? (detail ? whyNotShown(row, detail) : null);
    const key = taskKey(row);
    return { row, key, detail, why, result: results.get(key), isReady: why === null && detail !== undefined };
  });
  const ready = each.filter(({ isReady, result }) => isReady && result === undefined);
  const loading = each.some(({ detail, why }) => !detail && why === null);
  const acts = [...new Set(ready.map(({ row }) => steps(turnOf(row, chains, me).act!)))];

  const send = async () => {
    if (busy || loading || ready.length === 0) return;
    setBusy(true);
    const waiting = [...ready];
    const failed: string[] = [];
    const next = async (): Promise<void> => {
      const one = waiting.shift();
      if (!one) return;
      const { row, key } = one;
      let said: string | null = null;
      try {
        const { site, taskId } = row;
        await decide({ type: 'repost.approve', site, taskId, seenHash: toSign(row, row).hash });
        onDone(key);
      } catch (caught) {
        said = sayError(caught, t);
        failed.push(key);
      }
      setResults((before) => new Map([...before, [key, said]]));
      return next();
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    setBusy(false);
    const done = ready.length - failed.length;
    const left = each.length - done;
    announce(
      failed.length > 0 ? 'failed' : 'done',
      failed.length > 0 ? t('batch.some', { done, failed: failed.length }) : t('batch.all', { done }),
    );
    if (left === 0) onClose(ready.map(({ key }) => key));
  };
  const close = () => onClose([...results].filter(([, said]) => said === null).map(([key]) => key));

  return (
    <Dialog title={t('batch.title', { n: ready.length })} onClose={close} wide>
      <p className="hint">{t('batch.hint')}</p>
      <ol className="batch" tabIndex={0} aria-label={t('batch.list')} data-testid="batch">
        {each.map(({ row, key, detail, why, result }) => (
          <li key={key} data-testid="batch-row" data-ready={why === null}>
            <p>
              <strong>{row.title}</strong>{' '}
              <span className="hint">
                {siteName(row.site)} › {row.column} ·{' '}
                {t('task.version', { version: row.version, hash: toSign(row, row).hash.slice(0, 8) })}
              </span>
            </p>
            {detail && <p className="batch-text">{excerptOf(detail.texts.ours)}</p>}
            {result === null && <p className="batch-done">✓ {t('batch.done')}</p>}
            {result && <p className="batch-why">✕ {result}</p>}
            {result === undefined && why && <p className="batch-why">{t(why)}</p>}
          </li>
        ))}
      </ol>
      {ready.length > 0 && (
        <p className="batch-signs">
          {t('batch.signs', { n: ready.length, steps: acts.join('；') })}{' '}
          {ready.some(({ row }) => turnOf(row, chains, me).act!.steps.includes('confidentiality')) &&
            t('review.noSecret')}
        </p>
      )}
      <div className="dialog-actions">
        <button type="button" className="button" onClick={close}>
          {t(results.size > 0 ? 'app.close' : 'app.cancel')} <kbd>Esc</kbd>
        </button>
        <button
          type="button"
          className="button button-primary"
          // Focus must not be lost while the previews are still coming.
          aria-disabled={busy || loading || ready.length === 0}
          autoFocus
          onClick={() => void send()}
          data-testid="batch-confirm"
        >
          {busy ? t('state.sending') : loading ? t('app.loading') : t('batch.confirm', { n: ready.length })}{' '}
          <kbd>Enter</kbd>
        </button>
      </div>
    </Dialog>
  );
}
