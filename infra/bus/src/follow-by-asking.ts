import { subjects } from '@tongsheng/contracts';
import { storedMessage, type StoredQuery } from './stored-message.ts';
import type { Bus } from './connection.ts';
import { isPassing, type FollowOptions, type Following } from './follow.ts';

/** Questions under way at once, and how often the end is asked for when no bell rings, in ms. */
const window = 64;
const lookMs = 2_000;
const pauseMs = 200;

/**
 * Reads a stream from a position onwards and stays, as `followStream` does, for those who may make no consumers: message by
 * message, by its position. A bell says that there is more; should it be missed, the end is looked for all the same.
 */
export async function followByAsking(
  bus: Bus,
  {
    stream,
    subject,
    from = 1,
    onMessage,
    onFailure,
    bell: rings = subjects.told(subject),
    onLook,
  }: Pick<FollowOptions, 'stream' | 'subject' | 'from' | 'onMessage' | 'onFailure'> & {
    /** What rings when there is more. */
    bell?: string;
    /** Told of each look at the end: how many messages are still to be read; null: nobody answered. */
    onLook?(left: number | null): void;
  },
): Promise<Following> {
  let next = Math.max(1, from);
  let stopped = false;
  let wake: (() => void) | null = null;
  let rung = false;
  const ring = () => {
    rung = true;
    wake?.();
  };
  const bell = bus.nc.subscribe(rings, { callback: ring });
  const quiet = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const stored = (query: StoredQuery) => storedMessage(bus, stream, query);
  /** Everything up to the end as it stands. */
  const readOn = async (): Promise<void> => {
    const { state } = await bus.jsm.streams.info(stream);
    next = Math.max(next, state.first_seq);
    onLook?.(Math.max(0, state.last_seq - next + 1));
    while (next <= state.last_seq && !stopped) {
      const count = Math.min(window, state.last_seq - next + 1);
      const found = await Promise.all(Array.from({ length: count }, (_, i) => stored({ seq: next + i })));
      for (const message of found) {
        if (stopped) return;
        if (message)
          await onMessage({
            subject: message.subject,
            seq: message.seq,
            data: message.data,
            headers: message.header,
            storedAt: message.time.toISOString(),
          });
        next++;
      }
      if (found.some((message) => message)) continue;
      // A long gap, such as a stream leaves that keeps the newest of each subject only.
      const later = await stored({ seq: next, next_by_subj: subject });
      next = later ? later.seq : state.last_seq + 1;
    }
  };

  const caughtUp = Promise.withResolvers<void>();
  caughtUp.promise.catch(() => {});
  await bus.jsm.streams.info(stream).catch((error: unknown) => {
    if (!isPassing(error)) throw error;
  });
  const running = (async () => {
    while (!stopped) {
      try {
        rung = false;
        await readOn();
        onLook?.(0);
        caughtUp.resolve();
        if (!stopped && !rung) await quiet(lookMs);
      } catch (error) {
        if (!stopped && !isPassing(error)) throw error;
        onLook?.(null);
        await quiet(pauseMs);
      }
    }
  })().catch((error: unknown) => {
    caughtUp.reject(error);
    if (!stopped) onFailure(error);
  });
  return {
    caughtUp: caughtUp.promise,
    async stop() {
      stopped = true;
      bell.unsubscribe();
      wake?.();
      await running;
    },
  };
}
