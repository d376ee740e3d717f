import { subjects, streams } from '@tongsheng/contracts';
import { headers } from 'nats';
import type { Bus } from './connection.ts';
import { storedMessage } from './stored-message.ts';

/** How often the process may end in the midst of an entry before it is taken for the cause. */
const mostDeaths = 3;

/** The process that handled the entry ended each time, in the midst of it and of no other that is watched. */
export class EndsItsProcess extends Error {
  readonly deaths: number;
  constructor(deaths: number) {
    super(`gave up: ${deaths} times the process ended while it handled this`);
    this.deaths = deaths;
  }
}

/** Of one process, which has one connection: what is watched there goes one after the other, so that none is blamed for another. */
const turns = new WeakMap<Bus, Promise<unknown>>();

/**
 * Handles an entry that may be the end of its process: that it begins is written down before, and crossed out however it ended.
 * How often the server handed it out does not tell: that grows, too, when a process is stopped or killed while the entry only waits
 * (and on 2.9.10 while nobody is there, as it seems: every 10 s, by a process that was killed every few seconds).
 * @throws EndsItsProcess when it was begun three times and never ended; the handler's own failure otherwise
 */
export function watched<T>(bus: Bus, durable: string, position: number, handle: () => Promise<T>): Promise<T> {
  const subject = subjects.tried(durable, position);
  const note = (begun: number) => bus.publish(subject, new TextEncoder().encode(String(begun)), { headers: headers() });
  const mine = (turns.get(bus) ?? Promise.resolve()).then(async () => {
    const begun = await begunAt(bus, subject);
    if (begun >= mostDeaths) throw new EndsItsProcess(begun);
    await note(begun + 1);
    try {
      return await handle();
    } finally {
      await note(0);
    }
  });
  turns.set(
    bus,
    mine.catch(() => undefined),
  );
  return mine;
}

async function begunAt(bus: Bus, subject: string): Promise<number> {
  const last = await storedMessage(bus, streams.tried, { last_by_subj: subject });
  return last ? Number(new TextDecoder().decode(last.data)) : 0;
}
