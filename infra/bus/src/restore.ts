import { streams } from '@tongsheng/contracts';
import { headers, nanos } from 'nats';
import type { Bus } from './connection.ts';
import type { Stored } from './entry.ts';
import { ensureStreams, type StreamOptions } from './streams.ts';

/** Messages on their way to the server at once. */
const mostUnderway = 1_000;
/** Copies of an id that were stored long after one another come at once here; the server is not to take them for one. */
const window = { restoring: nanos(100), ever: nanos(120_000) };
/** In PUBLIC, what it names may have been erased since. */
const expected = 'Nats-Expected-Last-Subject-Sequence';

/** Puts messages back to where they stood. */
export type Restore = {
  /** Takes one message; they come in order of their positions. @throws when the server gave it another */
  put(stream: string, position: number, message: Stored): Promise<void>;
  /** A position of PUBLIC whose message was erased: it stays empty. */
  skip(position: number): Promise<void>;
  /** Waits until everything is stored. */
  end(): Promise<void>;
};

/**
 * Opens an empty server for what was archived. The journal's own sequence checks travel with its messages: the server takes
 * each only where it stood.
 * @returns null when the server holds a log already
 */
export async function openRestore(bus: Bus, options: StreamOptions = {}): Promise<Restore | null> {
  await ensureStreams(bus, options);
  const restored = [streams.journal, streams.public];
  const infos = await Promise.all(restored.map((name) => bus.jsm.streams.info(name)));
  if (infos.some(({ state }) => state.last_seq > 0)) return null;
  const remember = (duplicate_window: number) =>
    Promise.all(restored.map((name) => bus.jsm.streams.update(name, { duplicate_window })));
  await remember(window.restoring);

  let failed: unknown = null;
  const underway = new Set<Promise<void>>();
  const settle = async () => {
    await Promise.all(underway);
    if (failed !== null) throw failed;
  };
  const publish = async (position: number, { subject, data, headers: given }: Stored, isPublic: boolean) => {
    const head = headers();
    for (const [name, values] of given ?? []) {
      if (!isPublic || name !== expected) for (const value of values) head.append(name, value);
    }
    const body = typeof data === 'string' ? Buffer.from(data) : data;
    const { seq } = await bus.publish(subject, body, { headers: head });
    if (seq !== position)
      throw new Error(
        `the server stored position ${position} as ${seq}: something else writes to it, or it was not empty`,
      );
  };
  return {
    async put(stream, position, message) {
      if (failed !== null) throw failed;
      const storing = publish(position, message, stream === streams.public)
        .catch((error: unknown) => {
          failed ??= error;
        })
        .finally(() => underway.delete(storing));
      underway.add(storing);
      if (underway.size >= mostUnderway) await Promise.race(underway);
    },
    async skip(position) {
      await settle();
      await publish(position, { subject: 'pub.restored.erased.erased', data: '' }, true);
      await bus.jsm.streams.deleteMessage(streams.public, position, true);
    },
    async end() {
      await settle();
      await remember(window.ever);
    },
  };
}
