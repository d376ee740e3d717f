import type { LiveChange } from '@tongsheng/contracts';

/** What the event stream tells the tabs. */
export type FromStream =
  | { kind: 'state'; live: boolean; serverTime: string | null }
  | { kind: 'change'; change: LiveChange }
  | { kind: 'gap' }
  /** The session has ended; nothing more is asked until someone signs in. */
  | { kind: 'signedOut' };

const againMs = 2_000;

/**
 * Follows `/api/events`. The browser resumes by itself after a break; when it gives up (an answer that is no stream),
 * we begin again and say `gap`, because what happened meanwhile is not known. Without a session it ends: a forgotten
 * window must not knock at the door all night.
 */
export function openStream(tell: (message: FromStream) => void): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let opened = false;
  let closed = false;

  const begin = () => {
    source = new EventSource('/api/events');
    source.addEventListener('heartbeat', ({ data }: MessageEvent<string>) => {
      const { serverTime } = JSON.parse(data) as { serverTime: string };
      tell({ kind: 'state', live: true, serverTime });
    });
    source.addEventListener('change', ({ data }: MessageEvent<string>) =>
      tell({ kind: 'change', change: JSON.parse(data) as LiveChange }),
    );
    source.addEventListener('gap', () => tell({ kind: 'gap' }));
    source.addEventListener('open', () => {
      if (opened) tell({ kind: 'gap' });
      opened = false;
    });
    source.addEventListener('error', () => {
      tell({ kind: 'state', live: false, serverTime: null });
      if (source?.readyState !== EventSource.CLOSED) return;
      opened = true;
      timer = setTimeout(() => void beginAgain(), againMs);
    });
  };
  const beginAgain = async () => {
    const status = await fetch('/api/session', { credentials: 'same-origin' }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (closed) return;
    if (status === 401) tell({ kind: 'signedOut' });
    else begin();
  };
  begin();
  return () => {
    closed = true;
    clearTimeout(timer);
    source?.close();
  };
}
