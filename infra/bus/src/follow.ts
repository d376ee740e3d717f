import { setTimeout as wait } from 'node:timers/promises';
import { streams, subjects, type AnyEvent } from '@tongsheng/contracts';
import { AckPolicy, DeliverPolicy, ErrorCode, nanos, NatsError, type StoredMsg } from 'nats';
import { apiCode, isApiError } from './api-error.ts';
import { storedMessage } from './stored-message.ts';
import type { Bus } from './connection.ts';
import { decodeEntry, UnreadableEntry, type Entry, type RawMessage } from './entry.ts';
import { pending } from './figures.ts';
import type { Pulling } from './pull.ts';

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
  from?: number;
  /** Only messages stored at this instant or later. */
  since?: string;
  /** Called one after the other, in order. While it is awaited, no more than `ahead` messages wait. */
  onMessage(message: RawMessage): Promise<void> | void;
  onFailure(error: unknown): void;
  /** Messages to hold in memory at most. */
  ahead?: number;
};

/** How long one pull waits for messages, and the pause before a consumer that was lost is made again. In ms. */
const pullMs = 5_000;
const pauseMs = 200;

/**
 * Reads a stream from a position onwards and stays: in order, without acknowledgements, one pull after the other. The
 * client has an ordered consumer of its own, which can't be used here: its `consume` never waits for its reader, so that
 * a rebuild holds the whole stream in memory, and its `fetch` drops what arrived while a slow reader was busy (measured
 * on nats.js 2.29). This one numbers what it gets, asks the server after each pull how many it has sent, and begins again
 * behind the last message when one is missing.
 */
export async function followStream(bus: Bus, options: FollowOptions): Promise<Following> {
  const { stream, subject, from = 1, since, ahead = 1_000, onMessage, onFailure } = options;
  let next = Math.max(1, from);
  let begun = false;
  /** @returns the consumer's name */
  const open = async (): Promise<string> => {
    const { name } = await bus.jsm.consumers.add(stream, {
      filter_subject: subject,
      ...(since && !begun
        ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since }
        : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: next }),
      ack_policy: AckPolicy.None,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(60_000),
    });
    return name;
  };
  let consumer = await open();
  let pulling: Pulling | null = null;
  let stopped = false;
  const caughtUp = Promise.withResolvers<void>();
  // Whoever follows need not care when it has caught up.
  caughtUp.promise.catch(() => {});
  const last = await lastMessage(bus, stream, subject);
  const lastWanted = last && last.seq >= from && (!since || last.time.toISOString() >= since) ? last.seq : 0;
  if (lastWanted === 0) caughtUp.resolve();

  // Several of a service may follow the same: the slowest is told last, and it is the one that counts.
  const forget = pending.tell(async () => {
    const value = (await bus.jsm.consumers.info(stream, consumer)).num_pending;
    return [{ labels: { service: bus.name, stream, follower: subject }, value }];
  });
  /** Pulls until told to stop, or until something is missing. */
  const readOn = async (): Promise<void> => {
    for (let delivered = 0; !stopped;) {
      pulling = bus.pull(stream, consumer, { most: ahead, ms: pullMs });
      for await (const messages of pulling)
        for (const message of messages) {
          if (stopped || message.order !== ++delivered) return;
          const handled = onMessage(message);
          if (handled) await handled;
          next = message.seq + 1;
          begun = true;
          if (message.seq === lastWanted) caughtUp.resolve();
        }
      // What is lost behind the last message nothing else tells of.
      if (!stopped && (await bus.jsm.consumers.info(stream, consumer)).delivered.consumer_seq !== delivered) return;
    }
  };
  const reopen = async (): Promise<boolean> => {
    try {
      consumer = await open();
      return true;
    } catch (error) {
      if (isPassing(error)) return false;
      throw error;
    }
  };

  const running = (async () => {
    while (!stopped) {
      try {
        await readOn();
      } catch (error) {
        if (!stopped && !isPassing(error)) throw error;
        await wait(pauseMs);
      }
      await bus.jsm.consumers.delete(stream, consumer).catch(() => false);
      while (!stopped && !(await reopen())) await wait(pauseMs);
    }
  })().catch((error: unknown) => {
    caughtUp.reject(error);
    if (!stopped) onFailure(error);
  });
  return {
    caughtUp: caughtUp.promise,
    async stop() {
      stopped = true;
      forget();
      pulling?.close();
      await running;
    },
  };
}

/** The server or the consumer went away; both come back. What a reader throws, and a stream that is gone, does not. */
export const isPassing = (error: unknown): boolean =>
  error instanceof NatsError && !isApiError(error, apiCode.noStream) && error.code !== ErrorCode.ConnectionClosed;

/**
 * Walks what stands in a stream now, up to its end or until `onMessage` answers false.
 * @throws what `onMessage` throws
 * @returns the position of the end
 */
export async function walkStream(
  bus: Bus,
  {
    onMessage,
    ...options
  }: Pick<FollowOptions, 'stream' | 'subject' | 'from' | 'since' | 'ahead'> & {
    onMessage(message: RawMessage, end: number): Promise<void> | void | false;
  },
): Promise<number> {
  const { state } = await bus.jsm.streams.info(options.stream);
  const end = state.last_seq;
  const over = Promise.withResolvers<void>();
  over.promise.catch(() => {});
  let isOver = false;
  const following = await followStream(bus, {
    ...options,
    async onMessage(message) {
      if (isOver) return;
      try {
        const goesOn = message.seq <= end ? onMessage(message, end) : false;
        if (goesOn !== false) return await goesOn;
        isOver = true;
        over.resolve();
      } catch (error) {
        isOver = true;
        over.reject(error);
      }
    },
    onFailure: over.reject,
  });
  try {
    await Promise.race([following.caughtUp, over.promise]);
  } finally {
    await following.stop();
  }
  return end;
}

/** Sequence of the newest message of a stream, whatever its subject. */
export async function endOf(bus: Bus, stream: string): Promise<number> {
  return (await bus.jsm.streams.info(stream)).state.last_seq;
}

/** Sequence of the first message under a subject from a position on, null when there is none. */
export async function nextPosition(bus: Bus, stream: string, subject: string, from: number): Promise<number | null> {
  return (await storedMessage(bus, stream, { seq: from, next_by_subj: subject }))?.seq ?? null;
}

async function lastMessage(bus: Bus, stream: string, subject: string): Promise<StoredMsg | null> {
  try {
    return await bus.jsm.streams.getMessage(stream, { last_by_subj: subject });
  } catch {
    return null;
  }
}

export type FollowJournalOptions = {
  /** One aggregate's events, or the whole journal. */
  aggregate?: string;
  from?: number;
  /** Only entries stored at this instant or later. */
  since?: string;
  /** Asked before an entry is read: false passes it over, and a promise lets the others go ahead until it is known. */
  isWanted?(message: RawMessage): boolean | Promise<boolean>;
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
    ...(options.from !== undefined && { from: options.from }),
    ...(options.since !== undefined && { since: options.since }),
    onFailure: options.onFailure,
    onMessage(message) {
      const read = () => {
        const entry = tryDecode(message);
        return entry instanceof UnreadableEntry ? options.onUnreadable(entry, message) : options.onEntry(entry);
      };
      const wanted = options.isWanted?.(message) ?? true;
      if (wanted === true) return read();
      if (wanted !== false) void wanted.then((known) => known && read()).catch(options.onFailure);
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
