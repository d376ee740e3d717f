import { streams, subjects } from '@tongsheng/contracts';
import { AckPolicy, DeliverPolicy, nanos, type ConsumerMessages, type JsMsg, type Subscription } from 'nats';
import { apiCode, isApiError, isFull } from './api-error.ts';
import type { Bus } from './connection.ts';
import { isTracing, step } from '@tongsheng/telemetry';
import { bury } from './dead-letters.ts';
import { pending, reactionDelay, reactions } from './figures.ts';
import { tryDecode, type Following } from './follow.ts';
import { reasonOf } from './reason.ts';
import { UnreadableEntry, type Entry, type RawMessage } from './entry.ts';
import { EndsItsProcess, watched } from './watched.ts';

export type ConsumerOptions = {
  /** Name of the durable consumer, unique in the installation. */
  durable: string;
  aggregate: string;
  handle(entry: Entry): Promise<unknown>;
  /** Told of every failed try, so that it is logged once at this door. */
  onFailure(failure: {
    durable: string;
    entry: Entry | null;
    message: RawMessage;
    try: number;
    error: unknown;
    dead: boolean;
  }): void;
  now(): string;
  /** Waits between tries, in ms; after the last one the message is a dead letter. */
  backoff?: readonly number[];
  /** Aggregates handled beside each other at most. */
  parallel?: number;
};

/**
 * Thrown by a handler: not now; hand it over again after so many ms. What comes after it does not wait. It is no failure,
 * so it may be said for ever: this process keeps the message in hand meanwhile, because each time that the server hands
 * it out again counts as a try.
 */
export class Later extends Error {
  readonly ms: number;
  constructor(ms: number) {
    super(`not before ${ms} ms`);
    this.ms = ms;
  }
}

const ackWaitMs = 10_000;
/** From the so manyth time on that it is handed out, an entry is watched: those who had it before may have ended because of it. */
const watchedFrom = 4;
/** How soon it is tried again to write where there was no room, in ms. */
const whileFullMs = 2_000;
/** The longest time in hand before the handler is asked again; a timer can't run for a month. */
const longestWaitMs = 3_600_000;
/** Entries that may be under way or put off. */
const mostPending = 2_000;
const defaultBackoff = [100, 500, 2_000, 5_000, 10_000];

/**
 * A durable pull consumer of one aggregate's events: explicit acknowledgement after the effect, in order for one
 * aggregate, side by side for different ones. A failing entry holds back only its own aggregate; after the last
 * try, or when it can't even be read, it becomes a dead letter and the next one goes on. What is not ready yet is not
 * failing (`Later`).
 */
export async function consume(bus: Bus, options: ConsumerOptions): Promise<Following> {
  const { durable, aggregate, parallel = 64 } = options;
  await ensureConsumer(bus, durable, aggregate);
  const consumer = await bus.js.consumers.get(streams.journal, durable);
  const messages = await consumer.consume({ max_messages: parallel * 4 });
  const stopping = new AbortController();
  const lanes = new Map<string, Promise<unknown>>();
  const inHand = new Set<Promise<void>>();

  const inTurn = (message: JsMsg): Promise<Later | undefined> => {
    const before = lanes.get(message.subject) ?? Promise.resolve();
    const turn = before.then(() => work(bus, options, message, stopping.signal));
    lanes.set(message.subject, turn);
    void turn.finally(() => {
      if (lanes.get(message.subject) === turn) lanes.delete(message.subject);
    });
    return turn;
  };
  /** From its arrival to its end, waiting included: the server must not take it for lost and count another try. */
  const take = async (message: JsMsg): Promise<void> => {
    const keepAlive = setInterval(() => message.working(), ackWaitMs / 3);
    for (let later = await inTurn(message); later; later = await inTurn(message))
      await pause(Math.min(later.ms, longestWaitMs), stopping.signal);
    clearInterval(keepAlive);
  };
  const running = (async () => {
    for await (const message of messages) {
      if (stopping.signal.aborted) break;
      const taken = take(message);
      inHand.add(taken);
      void taken.finally(() => inHand.delete(taken));
    }
  })();
  const replays = answerReplays(bus, options);
  const forget = pending.tell(async () => {
    const { num_pending: notYet, num_ack_pending: inHandThere } = await consumer.info();
    return [{ labels: { service: bus.name, stream: streams.journal, follower: durable }, value: notYet + inHandThere }];
  });

  return {
    caughtUp: Promise.resolve(),
    async stop() {
      stopping.abort();
      forget();
      replays.unsubscribe();
      await (messages as ConsumerMessages).close();
      await running;
      await Promise.all(inHand);
    },
  };
}

async function ensureConsumer(bus: Bus, durable: string, aggregate: string): Promise<void> {
  const wanted = {
    durable_name: durable,
    filter_subject: subjects.events(aggregate),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ack_wait: nanos(ackWaitMs),
    max_deliver: -1,
    max_ack_pending: mostPending,
  };
  const found = await bus.jsm.consumers.info(streams.journal, durable).catch((error: unknown) => {
    if (isApiError(error, apiCode.noConsumer)) return null;
    throw error;
  });
  if (!found) await bus.jsm.consumers.add(streams.journal, wanted);
}

/** One message to its end: done, dead, or left for the next process when this one is stopping; or for later. */
async function work(
  bus: Bus,
  options: ConsumerOptions,
  message: JsMsg,
  stopping: AbortSignal,
): Promise<Later | undefined> {
  const { backoff = defaultBackoff, durable } = options;
  const raw: RawMessage = { subject: message.subject, seq: message.seq, data: message.data, headers: message.headers };
  const lastTry = backoff.length + 1;
  let attempt = 1;
  const isWatched = message.info.redeliveryCount >= watchedFrom;

  const count = (outcome: string) => reactions.inc({ service: bus.name, consumer: durable, outcome });

  const die = async (error: unknown, entry: Entry | null) => {
    const tries = error instanceof EndsItsProcess ? error.deaths : attempt;
    count('dead');
    options.onFailure({ durable, entry, message: raw, try: tries, error, dead: true });
    await bury(bus, { consumer: durable, message: raw, reason: reasonOf(error), tries, at: options.now() });
    message.term();
  };

  try {
    const entry = tryDecode(raw);
    if (entry instanceof UnreadableEntry) {
      await die(entry, null);
      return undefined;
    }

    for (; ; attempt++) {
      if (stopping.aborted) {
        message.nak();
        return undefined;
      }
      try {
        const handle = () => heard(bus, durable, entry, () => options.handle(entry));
        await (isWatched ? watched(bus, durable, message.seq, handle) : handle());
        message.ack();
      } catch (error) {
        if (error instanceof Later) {
          count('later');
          return error;
        }
        if (isFull(error)) {
          // Nothing is wrong with the entry, and no letter about it could be written either.
          options.onFailure({ durable, entry, message: raw, try: attempt, error, dead: false });
          count('later');
          return new Later(whileFullMs);
        }
        if (attempt >= lastTry || error instanceof EndsItsProcess) {
          await die(error, entry);
          return undefined;
        }
        count('failed');
        options.onFailure({ durable, entry, message: raw, try: attempt, error, dead: false });
        await pause(backoff[attempt - 1] ?? backoff.at(-1)!, stopping);
        continue;
      }
      // Not among what is tried again: what was done is done, whatever becomes of its figures.
      count('done');
      const stored = message.info.timestampNanos / 1_000_000;
      reactionDelay.observe({ service: bus.name }, Math.max(0, Date.parse(options.now()) - stored) / 1_000);
      return undefined;
    }
  } catch (error) {
    // Not even the dead letter could be written: the message stays and comes back after the ack wait.
    options.onFailure({ durable, entry: null, message: raw, try: attempt, error, dead: false });
  }
  return undefined;
}

/** The reaction to an entry, as a step that goes on from it. */
const heard = (bus: Bus, durable: string, { envelope, aggregate }: Entry, work: () => Promise<unknown>) =>
  isTracing()
    ? step(
        {
          service: bus.name,
          name: durable,
          kind: 'consumer',
          parent: envelope.traceparent,
          attributes: { 'tongsheng.aggregate': aggregate, 'tongsheng.event': envelope.type },
        },
        work,
      )
    : work();

/** An administrator's wish to try a dead letter again, answered by whichever instance hears it. */
function answerReplays(bus: Bus, options: ConsumerOptions): Subscription {
  return bus.nc.subscribe(`replay.${options.durable}`, {
    queue: options.durable,
    callback: (error, request) => {
      if (error) return;
      void replay(bus, options, request.json<{ position: number }>().position).then(
        () => request.respond(JSON.stringify({ ok: true })),
        (failure: unknown) => request.respond(JSON.stringify({ ok: false, reason: reasonOf(failure) })),
      );
    },
  });
}

async function replay(bus: Bus, options: ConsumerOptions, position: number): Promise<void> {
  const stored = await bus.jsm.streams.getMessage(streams.journal, { seq: position });
  const entry = tryDecode({ subject: stored.subject, seq: stored.seq, data: stored.data, headers: stored.header });
  if (entry instanceof UnreadableEntry) throw entry;
  await options.handle(entry);
}

function pause(ms: number, stopping: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stopping.aborted) return resolve();
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      stopping.removeEventListener('abort', done);
      resolve();
    }
    stopping.addEventListener('abort', done, { once: true });
  });
}
