import { followJournal, Journal, type Bus, type Entry } from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { Failure } from '../failure.ts';

export type TailOptions = { from?: number; last: number; json?: boolean; follow: boolean };

/** Prints entries as they are appended, until told to stop; with `follow` false, only those that are there. */
export async function tailLog(
  bus: Bus,
  options: TailOptions,
  print: (line: string) => void,
  stop: AbortSignal,
): Promise<void> {
  const end = await new Journal(bus, 'ctl').position();
  const from = options.from ?? Math.max(1, end - options.last + 1);
  const done = Promise.withResolvers<void>();
  const following = await followJournal(bus, {
    from,
    onEntry: (entry) => print(options.json ? JSON.stringify(entryJson(entry)) : entryText(entry)),
    onUnreadable: (error, { seq, subject }) => print(`${seq}\t${subject}\tUNREADABLE ${error.message}`),
    onFailure: done.reject,
  });
  stop.addEventListener('abort', () => done.resolve(), { once: true });
  if (!options.follow) following.caughtUp.then(done.resolve, done.reject);
  await done.promise;
  await following.stop();
}

const entryJson = ({ position, subject, envelope, events, hash }: Entry) => ({
  position,
  subject,
  ...envelope,
  events,
  hash,
});

function entryText({ position, envelope, subject, events }: Entry): string {
  const who = envelope.actor.name ?? envelope.actor.id;
  return [position, envelope.time, events.map(({ type }) => type).join('+'), subject, who].join('\t');
}

export type Verified = { entries: number; aggregates: number; position: number };

/** What `log verify` keeps of an aggregate while it walks. */
type Last = { hash: string; position: number };

/** Sign-ins and refusals are appended as they happen, not on top of one another. */
const unchained = new Set(['access']);

/**
 * Checks one entry against the one before it of the same aggregate.
 * @returns what is wrong, or null.
 */
export function checkLink(entry: Entry, before: Last | undefined): string | null {
  const { previousHash } = entry.envelope;
  if (unchained.has(entry.aggregate)) return null;
  if (!before)
    return previousHash === ''
      ? null
      : `${entry.subject} begins with an entry that has one before it: that one is gone`;
  if (previousHash === before.hash) return null;
  return `${entry.subject} does not follow from its entry at ${before.position}: one of them was changed, or one between them is gone`;
}

/** Walks the whole log. @throws Failure at the first break, with its position. */
export async function verifyLog(bus: Bus, onProgress: (position: number, end: number) => void): Promise<Verified> {
  const { state } = await bus.jsm.streams.info(streams.journal);
  if (state.num_deleted) throw new Failure(`${state.num_deleted} entries were deleted from the log`);
  if (state.messages > 0 && state.first_seq !== 1)
    throw new Failure(`the log begins at ${state.first_seq}, not at 1: its beginning was removed`);
  const lasts = new Map<string, Last>();
  let entries = 0;
  const broken = Promise.withResolvers<never>();
  const following = await followJournal(bus, {
    onEntry(entry) {
      const wrong = checkLink(entry, lasts.get(entry.subject));
      if (wrong) broken.reject(new Failure(`position ${entry.position}: ${wrong}`));
      lasts.set(entry.subject, { hash: entry.hash, position: entry.position });
      entries++;
      if (entries % 50_000 === 0) onProgress(entry.position, state.last_seq);
    },
    onUnreadable: (error, { seq }) => broken.reject(new Failure(`position ${seq}: ${error.message}`)),
    onFailure: broken.reject,
  });
  try {
    await Promise.race([following.caughtUp, broken.promise]);
  } finally {
    await following.stop();
  }
  return { entries, aggregates: lasts.size, position: state.last_seq };
}
