import { followJournal, Journal, type Bus, type Entry } from '@tongsheng/bus';

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
