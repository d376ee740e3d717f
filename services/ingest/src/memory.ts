import { followStream, type Bus, type Journal, type RawMessage } from '@tongsheng/bus';
import { streams, subjects } from '@tongsheng/contracts';
import { DateTime } from 'luxon';
import { z } from 'zod';

/** Keys of one source that are remembered; a feed shows hundreds, a sitemap thousands. */
const remembered = 10_000;
/** What is older than this is asked of the log where some document still shows it. */
const reachDays = 30;

export type Known = {
  itemId: string;
  /** Of the version that the log had last; null where only the whole history knows. */
  contentHash: string | null;
  /** What a detector, by its address, said last where the log did not take its word. */
  said?: Readonly<Record<string, string>> | undefined;
};

/** What is remembered of one source. It only saves work: the log knows all of it. */
export class Memory {
  readonly #known = new Map<string, Known>();
  /** Every key of this source is remembered, so that what is not is new and the log need not be asked. */
  complete: boolean;

  constructor(complete: boolean) {
    this.complete = complete;
  }

  get(id: string): Known | undefined {
    return this.#known.get(id);
  }

  /** What was set longest ago is forgotten first. */
  set(id: string, known: Known): void {
    this.#known.delete(id);
    this.#known.set(id, known);
    if (this.#known.size <= remembered) return;
    this.#known.delete(this.#known.keys().next().value!);
    this.complete = false;
  }
}

/** Of an item's or a key's entry only what is remembered; the rest need not be looked at, and at a start there is much of it. */
const Glimpse = z.object({
  type: z.string(),
  itemId: z.string(),
  contentHash: z.string().optional(),
  pageHash: z.string().optional(),
});

/**
 * What the log says of every source's items, read once from end to end instead of asked for key by key. Of a log that
 * began within the reach, a source that is not among them has told nothing yet: `whole`.
 */
export async function recall(
  bus: Bus,
  journal: Journal,
  { now, onFailure }: { now: string; onFailure(error: unknown): void },
): Promise<{ memories: Map<string, Memory>; whole: boolean }> {
  const since = DateTime.fromISO(now, { zone: 'utc' }).minus({ days: reachDays }).toISO()!;
  const whole = ((await journal.begunAt()) ?? now) >= since;
  const memories = new Map<string, Memory>();
  const memoryOf = (sourceId: string) => {
    // What a process that died had under way may reach the log after this: a key that is new here is asked for there.
    const memory = memories.get(sourceId) ?? new Memory(false);
    memories.set(sourceId, memory);
    return memory;
  };
  const note = ({ subject, data }: RawMessage) => {
    const { site, id: part } = subjects.placeOf(subject);
    const memory = memoryOf(site);
    try {
      const told: unknown = JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.length).toString());
      for (const each of Array.isArray(told) ? told : [told]) {
        const event = Glimpse.parse(each);
        // Part of a subject, which would stay in memory behind it.
        const id = part === event.itemId ? event.itemId : Buffer.from(part).toString();
        const before = memory.get(event.itemId);
        // A name that an item claimed for itself, and died before it was told.
        if (event.type === 'item.known_as' && id === event.itemId && !before) continue;
        // A key shares what is known of its item, which was read before it.
        memory.set(id, id !== event.itemId && before ? before : glimpsed(event, before));
      }
    } catch (error) {
      // Whoever meets it is told by the log, as for what is too old.
      onFailure(error);
    }
  };
  for (const aggregate of ['item', 'alias']) {
    const following = await followStream(bus, {
      stream: streams.journal,
      subject: subjects.events(aggregate),
      since,
      onMessage: note,
      onFailure,
    });
    await following.caughtUp;
    await following.stop();
  }
  return { memories, whole };
}

/** What is known of an item after one more of its events. A version read from its own page is not what the source said. */
function glimpsed({ type, itemId, contentHash, pageHash }: z.infer<typeof Glimpse>, before: Known | undefined): Known {
  const said =
    (type === 'item.published' || type === 'item.revised') && pageHash === undefined ? contentHash : undefined;
  return { itemId, contentHash: said ?? before?.contentHash ?? null };
}
