import { setTimeout as wait } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

/** A thread that does not get on, for whatever reason, is given up after so many times its limit. */
const patience = 12;

/**
 * Says when a thread has worked for `ms` of its own since now, or has got nowhere for twelve times that. A busy machine
 * makes a reading longer, and no document a bad one: so it is not measured by the clock on the wall.
 * @param threadNow the thread, once there is one
 * @returns how to stop the clock
 */
export function readingClock(threadNow: () => Worker | undefined, ms: number, over: () => void): () => void {
  const stop = new AbortController();
  const end = performance.now() + ms * patience;
  const first = threadNow();
  void (async () => {
    const before = first ? await workedMs(first) : 0;
    for (let left = ms; left > 0 && performance.now() < end;) {
      await wait(Math.max(left, 1), undefined, { signal: stop.signal });
      const thread = threadNow();
      left = ms - (thread ? (await workedMs(thread)) - (thread === first ? before : 0) : 0);
    }
    if (!stop.signal.aborted) over();
  })().catch(() => {
    // Stopped: nothing else is thrown here.
  });
  return () => stop.abort();
}

/** What a thread has worked so far, in ms; nothing once it has ended. */
async function workedMs(thread: Worker): Promise<number> {
  try {
    const { user, system } = await thread.cpuUsage();
    return (user + system) / 1_000;
  } catch {
    return 0;
  }
}
