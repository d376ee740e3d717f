import type { DraftInProgress, EditingView, PresentEditor } from '@tongsheng/contracts';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, newId, post, postLast, remove } from '../api/client.ts';
import { sayError } from '../parts/states.tsx';
import { useWords } from '../words/index.ts';

/** After so long without a change it is kept; while somebody writes on and on, at least so often; and so often we say that we are here. In ms. */
const pace = { quiet: 2_000, atMost: 8_000, beat: 10_000 };

export type Keeping = {
  state: 'idle' | 'pending' | 'kept' | 'offline' | 'refused';
  keptAt: string | null;
  refused: string | null;
  others: PresentEditor[];
  isElsewhere: boolean;
  /** The newest saved version, whoever saved it. */
  newest: { revision: number; byName: string | null };
};

type Kept = { site: string; releaseId: string; draft: DraftInProgress; revision: number; changed: boolean };

const pathOf = ({ site, releaseId }: Kept) => `/api/releases/${releaseId}/editing?site=${site}`;
const working = ({ draft, revision }: Kept) => ({ draft, baseRevision: revision });

/**
 * Keeps what is written at the server every few seconds, so that no closed tab, crash or ended session costs more; says
 * that the draft is open here, and hears who else has it open and what they saved.
 */
export function useKeeping(kept: Kept): Keeping & { forget: () => Promise<void> } {
  const t = useWords();
  const [editorId] = useState(newId);
  const now = useRef(kept);
  now.current = kept;
  // Words are another function at every turn; what is kept must not begin anew for that.
  const words = useRef(t);
  words.current = t;
  /** What the server has, or was told to forget. */
  const sent = useRef<DraftInProgress | null>(null);
  const since = useRef<number | null>(null);
  const [told, setTold] = useState<Keeping>({
    state: 'idle',
    keptAt: null,
    refused: null,
    others: [],
    isElsewhere: false,
    newest: { revision: kept.revision, byName: null },
  });
  const busy = useRef(false);

  const say = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    const being = now.current;
    const isNew = being.changed && sent.current !== being.draft;
    if (isNew) setTold((before) => ({ ...before, state: 'pending' }));
    try {
      const answer = await post<EditingView>(pathOf(being), { editorId, ...(isNew && { working: working(being) }) });
      if (isNew) {
        sent.current = being.draft;
        since.current = null;
      }
      setTold((before) => ({
        state: isNew ? 'kept' : before.state === 'offline' ? 'idle' : before.state,
        keptAt: answer.keptAt ?? before.keptAt,
        refused: null,
        others: answer.others,
        isElsewhere: answer.isElsewhere,
        newest: { revision: answer.revision, byName: answer.savedByName },
      }));
    } catch (caught) {
      const isRefused = caught instanceof ApiError && caught.status >= 400 && caught.status < 500;
      const refused = isRefused ? sayError(caught, words.current) : null;
      setTold((before) => ({ ...before, state: isRefused ? 'refused' : 'offline', refused }));
    } finally {
      busy.current = false;
    }
  }, [editorId]);

  const { draft, changed } = kept;
  useEffect(() => {
    if (!changed || sent.current === draft) return;
    since.current ??= Date.now();
    const wait = Math.min(pace.quiet, Math.max(0, since.current + pace.atMost - Date.now()));
    const timer = setTimeout(() => void say(), wait);
    return () => clearTimeout(timer);
  }, [draft, changed, say]);

  useEffect(() => {
    void say();
    const beat = setInterval(() => void say(), pace.beat);
    const flush = () => {
      const last = now.current;
      const isNew = last.changed && sent.current !== last.draft;
      if (document.visibilityState === 'hidden' && isNew) postLast(pathOf(last), { editorId, working: working(last) });
    };
    document.addEventListener('visibilitychange', flush);
    return () => {
      clearInterval(beat);
      document.removeEventListener('visibilitychange', flush);
      const last = now.current;
      const isNew = last.changed && sent.current !== last.draft;
      postLast(pathOf(last), { editorId, left: true, ...(isNew && { working: working(last) }) });
    };
  }, [say, editorId]);

  /** What was kept has been saved, or is not wanted. */
  const forget = useCallback(async () => {
    const { site, releaseId, draft: last } = now.current;
    sent.current = last;
    since.current = null;
    setTold((before) => ({ ...before, state: 'idle', keptAt: null }));
    await remove(`/api/releases/${releaseId}/working?site=${site}`).catch(() => {});
  }, []);
  return { ...told, forget };
}
