import type { Cleaned } from './clean.ts';

/** Of a clipboard so much is looked at, and of what it comes to so much fits into a text; in characters. */
export const pasteLimits = { clipboard: 40 * 2 ** 20, text: 600_000 };

/** Cleans a paste beside the page, which goes on meanwhile. @throws when `signal` says that nobody waits any more */
export function cleanBeside(clipboard: string, signal: AbortSignal): Promise<Cleaned> {
  const worker = new Worker(new URL('./paste-worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Cleaned>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(new DOMException('not wanted any more', 'AbortError')));
    worker.onmessage = ({ data }: MessageEvent<Cleaned>) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(clipboard);
  }).finally(() => worker.terminate());
}
