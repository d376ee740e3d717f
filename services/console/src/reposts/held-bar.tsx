import { useQuery } from '@tanstack/react-query';
import { taskKey, type RepostRow } from '@tongsheng/contracts';
import { useEffect, useState, type ReactElement } from 'react';
import { decide } from '../api/client.ts';
import { queueFigures } from '../api/views.ts';
import { useShortcuts } from '../keys.ts';
import { announce } from '../parts/announcer.tsx';
import { sayError } from '../parts/states.tsx';
import { useMe } from '../session.ts';
import { serverNow } from '../time.ts';
import { useWords } from '../words/index.ts';
import { askedIn } from './asked.ts';
import { heldOf, isHeld } from './held.ts';

/** What was closed last. */
const closedLast = askedIn({ view: 'closed' }, 'closed');

/** What I have just decided and can still take back: the newest first, with the seconds that are left. */
export function HeldBar({
  rows,
  batch,
  onUndone,
}: {
  /** As the screen has them; what was decided in another list is found all the same. */
  rows: readonly RepostRow[];
  /** What was approved together, and is taken back together. */
  batch: ReadonlySet<string>;
  onUndone: (row: RepostRow) => void;
}): ReactElement | null {
  const t = useWords();
  const me = useMe();
  const [, tick] = useState(0);
  const now = serverNow();
  const [busy, setBusy] = useState(false);
  const { data: closed } = useQuery(queueFigures(closedLast, 20));
  const known = new Map([...(closed?.rows ?? []), ...rows].map((row) => [taskKey(row), row]));
  const held = heldOf([...known.values()], me.name, now);
  const waiting = [...known.values()].some(isHeld);
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => tick((count) => count + 1), 250);
    return () => clearInterval(timer);
  }, [waiting]);
  const [newest] = held;

  const isBatch = newest !== undefined && batch.has(taskKey(newest.row));
  const together = isBatch ? held.filter(({ row }) => batch.has(taskKey(row))) : held.slice(0, 1);
  const undo = async () => {
    if (!newest || busy) return;
    setBusy(true);
    const failed: unknown[] = [];
    await Promise.all(
      together.map(({ row: { site, taskId } }) =>
        decide({ type: 'repost.undo_approval', site, taskId }).catch((caught: unknown) => failed.push(caught)),
      ),
    );
    setBusy(false);
    if (failed.length > 0) {
      const reason = sayError(failed[0], t);
      return announce('failed', together.length > 1 ? t('held.notUndone', { n: failed.length, reason }) : reason);
    }
    announce(
      'done',
      together.length > 1
        ? t('held.undoneAll', { n: together.length })
        : t(newest.row.state === 'retracting' ? 'retract.undone' : 'held.undone'),
    );
    onUndone(newest.row);
  };
  useShortcuts(newest ? [{ keys: ['z'], says: 'held.undo', group: 'keys.decision', run: () => void undo() }] : []);

  if (!newest) return null;
  const seconds = Math.max(0, Math.ceil((Date.parse(newest.until) - now) / 1_000));
  const isRemoval = newest.row.state === 'retracting';
  return (
    <p className="arrivals held" data-testid="held">
      <span>
        {t(isRemoval ? 'retract.held' : 'held.text', { title: newest.row.title, seconds })}
        {held.length > 1 && t('held.more', { n: held.length })}
      </span>
      <button type="button" className="button button-small" aria-disabled={busy} onClick={() => void undo()}>
        {t(together.length > 1 ? 'held.undoAll' : isRemoval ? 'retract.undo' : 'held.undo')} <kbd>Z</kbd>
      </button>
    </p>
  );
}
