import { Worker } from 'node:worker_threads';
import type { FeedRead, ReadOptions } from './read.ts';
import { readingClock } from './reading-clock.ts';

export type FeedReadApart = FeedRead | { ok: false; code: 'too_slow'; detail: string };

/** Source under a test, or what was built of it: the worker lies beside, and finds other packages the same way. */
const isSource = import.meta.url.endsWith('.ts');
const file = new URL(isSource ? './worker.ts' : './worker.js', import.meta.url);
const resourceLimits = { maxOldGenerationSizeMb: 512 };

/**
 * `readFeed` in a thread of its own, which ends with the feed or after `limitMs` of work: whatever a stranger sent, the caller's
 * loop goes on, and its memory is its own. A thread that dies of the feed is `malformed`. Never throws.
 */
export async function readFeedApart(
  bytes: Uint8Array,
  options: ReadOptions,
  { limitMs = 5_000 }: { limitMs?: number } = {},
): Promise<FeedReadApart> {
  const worker = new Worker(file, {
    workerData: { bytes, options },
    resourceLimits,
    ...(isSource && { execArgv: ['--conditions=@tongsheng/source'] }),
  });
  const read = await new Promise<FeedReadApart>((done) => {
    const refuse = (code: 'too_slow' | 'malformed', detail: string) => done({ ok: false, code, detail });
    const stop = readingClock(
      () => worker,
      limitMs,
      () => refuse('too_slow', `not read within ${limitMs} ms of work`),
    );
    worker.once('message', done);
    worker.once('error', (error) => refuse('malformed', error instanceof Error ? error.message : String(error)));
    worker.once('exit', (code) => {
      stop();
      refuse('malformed', `its reader ended with ${code}`);
    });
  });
  await worker.terminate();
  return read;
}
