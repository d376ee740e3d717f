import { streams, subjects, type AnyEvent } from '@tongsheng/contracts';
import { DeliverPolicy, type ConsumerMessages, type JsMsg } from 'nats';
import type { Bus } from './connection.ts';
import type { RawMessage } from './entry.ts';
import { decodeEntry, UnreadableEntry, type Entry } from './entry.ts';

export type Following = {
  /** Resolves once everything that was in the stream at the start has been handed over. */
  caughtUp: Promise<void>;
  stop(): Promise<void>;
};

export type FollowOptions = {
  stream: string;
  /** One subject with wildcards: nats-server 2.9 knows no more. */
  subject: string;
  /** First sequence wanted. */
  from: number;
  /** Called one after the other, in order. While it is awaited, no more than a few thousand messages wait. */
  onMessage(message: RawMessage): Promise<void> | void;
  onCaughtUp?(): void;
  onFailure(error: unknown): void;
  /** Messages to hold in memory at most. */
  ahead?: number;
};

/** Reads a stream from a position onwards and stays: ordered, without acknowledgements; gaps are asked again. */
export async function followStream(bus: Bus, options: FollowOptions): Promise<Following> {
  const { stream, subject, from, onMessage } = options;
  const consumer = await bus.js.consumers.get(stream, {
    filterSubjects: subject,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: Math.max(1, from),
  });
  const messages = await consumer.consume({ max_messages: options.ahead ?? 2_000 });
  const caughtUp = Promise.withResolvers<void>();
  const arrive = () => {
    options.onCaughtUp?.();
    caughtUp.resolve();
  };

  const { last_seq: end } = (await bus.jsm.streams.info(stream)).state;
  const lastWanted = end >= from ? await lastPosition(bus, stream, subject) : 0;
  if (lastWanted < from) arrive();

  const running = (async () => {
    let waiting = lastWanted >= from;
    for await (const message of messages) {
      await onMessage(raw(message));
      if (waiting && message.seq >= lastWanted) {
        waiting = false;
        arrive();
      }
    }
  })().catch((error: unknown) => {
    caughtUp.reject(error);
    options.onFailure(error);
  });

  return { caughtUp: caughtUp.promise, stop: () => stopConsuming(messages, running) };
}

async function stopConsuming(messages: ConsumerMessages, running: Promise<void>): Promise<void> {
  await messages.close();
  await running;
}

const raw = (message: JsMsg): RawMessage => ({
  subject: message.subject,
  seq: message.seq,
  data: message.data,
  headers: message.headers,
});

/** Sequence of the newest message under a subject, 0 when there is none. */
export async function lastPosition(bus: Bus, stream: string, subject: string): Promise<number> {
  try {
    return (await bus.jsm.streams.getMessage(stream, { last_by_subj: subject })).seq;
  } catch {
    return 0;
  }
}

export type FollowJournalOptions = {
  /** One aggregate's events, or the whole journal. */
  aggregate?: string;
  from?: number;
  onEntry(entry: Entry<AnyEvent>): Promise<void> | void;
  /** An entry that can't be read is never skipped in silence. */
  onUnreadable(error: UnreadableEntry, message: RawMessage): Promise<void> | void;
  onFailure(error: unknown): void;
};

/** Follows the journal, decoded. */
export function followJournal(bus: Bus, options: FollowJournalOptions): Promise<Following> {
  return followStream(bus, {
    stream: streams.journal,
    subject: subjects.events(options.aggregate),
    from: options.from ?? 1,
    onFailure: options.onFailure,
    async onMessage(message) {
      const entry = tryDecode(message);
      if (entry instanceof UnreadableEntry) await options.onUnreadable(entry, message);
      else await options.onEntry(entry);
    },
  });
}

export function tryDecode(message: RawMessage): Entry | UnreadableEntry {
  try {
    return decodeEntry(message);
  } catch (error) {
    if (error instanceof UnreadableEntry) return error;
    throw error;
  }
}
