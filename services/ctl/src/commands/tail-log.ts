import { followJournal, Journal, type Bus, type Entry, type RawMessage } from '@tongsheng/bus';

export type TailOptions = { from?: number; last: number; json?: boolean; follow: boolean };

/** Prints entries as they are appended, until told to stop; with `follow` false, only those that are there. */
export async function tailLog(
  bus: Bus,
  options: TailOptions,
  print: (line: string) => void,
  stop: AbortSignal,
): Promise<void> {
  const end = await new Journal(bus, 'ctl').position();
  const done = Promise.withResolvers<void>();
  const following = await followJournal(bus, {
    from: options.from ?? Math.max(1, end - options.last + 1),
    onEntry: (entry) => print(entryLine(entry, options)),
    onUnreadable: ({ message }, at) => print(unreadableLine(at, message, options)),
    onFailure: done.reject,
  });
  stop.addEventListener('abort', () => done.resolve(), { once: true });
  if (!options.follow) following.caughtUp.then(done.resolve, done.reject);
  try {
    await done.promise;
  } finally {
    await following.stop();
  }
}

/** One entry as one line: for a program, or with tabs for a person. */
export function entryLine({ position, subject, envelope, events, hash }: Entry, { json }: { json?: boolean }): string {
  if (json) return JSON.stringify({ position, subject, ...envelope, events, hash });
  const what = events.map(({ type }) => type).join('+');
  return [position, envelope.time, what, subject, envelope.actor.name ?? envelope.actor.id].join('\t');
}

/** One that can't be read is told of, never left out. */
export function unreadableLine(
  { seq: position, subject }: Pick<RawMessage, 'seq' | 'subject'>,
  reason: string,
  { json }: { json?: boolean },
): string {
  if (json) return JSON.stringify({ position, subject, unreadable: reason });
  return [position, '-', 'UNREADABLE', subject, reason.replace(/\s+/g, ' ')].join('\t');
}
