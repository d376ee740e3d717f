import { followStream, linkOf, tryDecode, UnreadableEntry, type Bus, type RawMessage } from '@tongsheng/bus';
import { streams, subjects } from '@tongsheng/contracts';
import { Failure } from '../failure.ts';

export type Verified = {
  entries: number;
  aggregates: number;
  position: number;
  /** Positions of entries that are whole, but that this release can't read. */
  unreadable: number[];
};

/** Sign-ins and refusals are appended as they happen, not on top of one another. */
const unchained = new Set(['access']);

/** A break in the log, where it shows. */
export type Break = { position: number; wrong: string };

/** Checks a log message by message, in order: no position is missing, and each follows from the one before it. */
export class Chain {
  readonly #lasts = new Map<string, { hash: string; position: number }>();
  #position = 0;
  #entries = 0;

  get entries(): number {
    return this.#entries;
  }

  get position(): number {
    return this.#position;
  }

  get aggregates(): number {
    return this.#lasts.size;
  }

  /** @returns what is wrong with this one, or null. */
  add(message: RawMessage): Break | null {
    const { seq: position, subject } = message;
    const expected = this.#position + 1;
    const { previousHash, hash } = linkOf(message);
    const before = this.#lasts.get(subject);
    this.#lasts.set(subject, { hash, position });
    this.#position = position;
    this.#entries++;
    if (position > expected) {
      const gone = position - expected;
      return {
        position: expected,
        wrong: gone === 1 ? 'the entry is gone' : `${gone} entries are gone, up to ${position - 1}`,
      };
    }
    if (unchained.has(subject.split('.')[1] ?? '') || previousHash === (before?.hash ?? '')) return null;
    if (!before) return { position, wrong: `${subject} begins with an entry that has one before it: that one is gone` };
    return {
      position,
      wrong: `${subject} does not follow from its entry at ${before.position}: one of them was changed, or one between them is gone`,
    };
  }
}

/**
 * Walks the whole log as it stands now. What it can't see: a change to an aggregate's newest entry, which nothing
 * follows yet, and a log that was cut off at its end.
 * @throws Failure at the first break, with its position.
 */
export async function verifyLog(bus: Bus, onProgress: (position: number, end: number) => void): Promise<Verified> {
  const { state } = await bus.jsm.streams.info(streams.journal);
  const end = state.last_seq;
  const chain = new Chain();
  const unreadable: number[] = [];
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  const stopAt = ({ position, wrong }: Break) => broken.reject(new Failure(`position ${position}: ${wrong}`));

  const following = await followStream(bus, {
    stream: streams.journal,
    subject: subjects.events(),
    from: 1,
    onMessage(message) {
      if (message.seq > end) return;
      const wrong = chain.add(message);
      if (wrong) return stopAt(wrong);
      if (tryDecode(message) instanceof UnreadableEntry) unreadable.push(message.seq);
      if (chain.entries % progressEvery === 0) onProgress(message.seq, end);
    },
    onFailure: broken.reject,
  });
  try {
    await Promise.race([following.caughtUp, broken.promise]);
  } finally {
    await following.stop();
  }
  if (chain.position < end) throw new Failure(`position ${chain.position + 1}: everything up to ${end} is gone`);
  return { entries: chain.entries, aggregates: chain.aggregates, position: end, unreadable };
}

const progressEvery = 50_000;
