import { Bus, type Pull } from '@tongsheng/bus';
import {
  headers as newHeaders,
  NatsError,
  type ConsumerConfig,
  type JetStreamClient,
  type JetStreamManager,
  type JetStreamPublishOptions,
  type NatsConnection,
} from 'nats';
import type { Chance } from './chance.ts';
import { noMessage, type Kept, type SimulatedStream } from './jetstream.ts';
import type { Delivery, Durable, SimulatedServer, Taker } from './server.ts';
import { never, type Owner } from './time.ts';

/** How often the network and the processes fail, as shares of the calls. All zero: nothing does. */
export type Faults = {
  /** It takes up to `slowMs`, there or back. */
  slow: number;
  slowMs: number;
  /** It never arrives, or its answer does not: the caller hears of it after the timeout. */
  requestLost: number;
  answerLost: number;
  /** The process dies before the call, or after it and before it hears of it. */
  crash: number;
  /** A message comes again although it was dealt with. */
  ackLost: number;
  /** A follower misses a message, and must notice. */
  gap: number;
};

export const noFaults: Faults = { slow: 0, slowMs: 0, requestLost: 0, answerLost: 0, crash: 0, ackLost: 0, gap: 0 };

const timeoutMs = 5_000;
const timedOut = () => new NatsError('TIMEOUT', 'TIMEOUT');

type Options = {
  server: SimulatedServer;
  owner: Owner;
  chance: Chance;
  faults: Faults;
  /** Ends the process here and now. */
  die(): void;
};

/** A process's connection to the simulated server: the part of the NATS client that our code uses, over a bad network. */
export function connectTo(options: Options): Bus {
  return new Connection(options).bus;
}

class Connection {
  readonly bus: Bus;
  readonly #options: Options;
  readonly #cursors = new Map<string, Cursor>();
  #names = 0;

  constructor(options: Options) {
    this.#options = options;
    const { server, owner } = options;
    const nc = {
      isClosed: () => !owner.alive,
      request: (subject: string, payload: string, { timeout }: { timeout: number }) =>
        this.#request(subject, payload, timeout),
      subscribe: (subject: string, { callback }: { callback: (error: null, message: unknown) => void }) => {
        const all = server.subscribers.get(subject) ?? [];
        server.subscribers.set(subject, all);
        all.push({
          owner,
          hear: (payload, answer) =>
            callback(null, { json: () => JSON.parse(payload) as unknown, respond: answer, reply: '_INBOX.simulated' }),
        });
      },
    };
    const js = {
      publish: (subject: string, data: Uint8Array, given: Partial<JetStreamPublishOptions> = {}) =>
        this.#call(() => {
          const { msgID, expect, headers = newHeaders() } = given;
          const { seq, duplicate } = server
            .streamOf(subject)
            .append(server.time.now, subject, data, headers, { msgID, expected: expect?.lastSubjectSequence });
          return { seq, duplicate };
        }),
      consumers: {
        get: async (_stream: string, name: string) => this.#taking(server.durables.get(name)!),
      },
    };
    const jsm = {
      streams: {
        getMessage: (stream: string, query: { seq?: number; next_by_subj?: string; last_by_subj?: string }) =>
          this.#call(() => read(server.streams[stream]!, query)),
        info: (stream: string) =>
          this.#call(() => {
            const { last, first, size } = server.streams[stream]!;
            return { state: { last_seq: last, first_seq: first, messages: size } };
          }),
        deleteMessage: (stream: string, seq: number) => this.#call(() => server.streams[stream]!.delete(seq)),
      },
      consumers: {
        info: async (stream: string, name: string) => {
          const cursor = this.#cursors.get(name);
          if (cursor) return { name, delivered: { consumer_seq: cursor.delivered } };
          return this.#call(() => {
            if (server.durables.has(name)) return { name };
            throw Object.assign(noMessage(), { api_error: { code: 404, err_code: 10014, description: stream } });
          });
        },
        add: (stream: string, wanted: Partial<ConsumerConfig>) => this.#call(() => this.#add(stream, wanted)),
        delete: async () => true,
      },
    };
    this.bus = new Bus(
      nc as unknown as NatsConnection,
      js as unknown as JetStreamClient,
      jsm as unknown as JetStreamManager,
      js.publish,
      (_stream, name, { most }) => this.#cursors.get(name)!.pull(most),
    );
  }

  /** One call: there, the effect, and back. */
  async #call<T>(effect: () => T): Promise<T> {
    const { owner, chance, faults, server, die } = this.#options;
    const { time } = server;
    if (!owner.alive) return never();
    if (chance.is(faults.slow)) await time.wait(chance.between(1, faults.slowMs));
    if (chance.is(faults.crash)) return this.#dying(die);
    if (!owner.alive) return never();
    if (chance.is(faults.requestLost)) {
      await time.wait(timeoutMs);
      throw timedOut();
    }
    const answer = effect();
    if (chance.is(faults.crash)) return this.#dying(die);
    if (chance.is(faults.answerLost)) {
      await time.wait(timeoutMs);
      throw timedOut();
    }
    if (chance.is(faults.slow)) await time.wait(chance.between(1, faults.slowMs));
    return owner.alive ? answer : never();
  }

  #dying<T>(die: () => void): Promise<T> {
    die();
    return never();
  }

  async #request(subject: string, payload: string, timeout: number): Promise<{ json(): unknown }> {
    const { server, chance, faults, owner } = this.#options;
    const { time } = server;
    if (!owner.alive) return never();
    if (chance.is(faults.slow)) await time.wait(chance.between(1, faults.slowMs));
    const listening = (server.subscribers.get(subject) ?? []).filter((each) => each.owner.alive);
    server.subscribers.set(subject, listening);
    if (listening.length === 0) throw new NatsError('503', '503');
    const hearer = chance.pick(listening);
    const lost = chance.is(faults.answerLost);
    return new Promise((resolve, reject) => {
      const late = time.after(timeout, () => reject(timedOut()));
      time.within(hearer.owner, () =>
        hearer.hear(payload, (reply) => {
          if (lost || !hearer.owner.alive) return;
          late.timer.on = false;
          resolve({ json: () => JSON.parse(reply) as unknown });
        }),
      );
    });
  }

  #add(streamName: string, wanted: Partial<ConsumerConfig>): { name: string } {
    const { server } = this.#options;
    const stream = server.streams[streamName]!;
    const filter = wanted.filter_subject!;
    if (wanted.durable_name) {
      server.durable(wanted.durable_name, stream, filter);
      return { name: wanted.durable_name };
    }
    const from = wanted.opt_start_time
      ? stream.since(filter, Date.parse(wanted.opt_start_time))
      : (wanted.opt_start_seq ?? 1);
    const name = `cursor-${this.#names++}`;
    this.#cursors.set(name, new Cursor(this.#options, stream, filter, from));
    return { name };
  }

  #taking(durable: Durable) {
    const { owner, faults, chance } = this.#options;
    return {
      consume: async ({ max_messages: room }: { max_messages: number }) => {
        const queue: Delivery[] = [];
        let wake = Promise.withResolvers<void>();
        let closed = false;
        const taker: Taker = {
          owner,
          room,
          take(delivery) {
            queue.push(delivery);
            wake.resolve();
          },
        };
        durable.join(taker);
        leavesWith(owner, () => durable.leave(taker));
        const message = ({ kept: { subject, seq, time, data, header }, deliveries }: Delivery) => ({
          subject,
          seq,
          data,
          headers: header,
          info: { redeliveryCount: deliveries, timestampNanos: time.getTime() * 1_000_000 },
          ack() {
            if (!owner.alive) return;
            if (chance.is(faults.ackLost)) durable.ackLost(seq, taker);
            else durable.ack(seq);
          },
          nak: (ms = 0) => owner.alive && durable.nak(seq, taker, ms),
          term: () => owner.alive && durable.ack(seq),
          working() {},
        });
        return {
          async *[Symbol.asyncIterator]() {
            for (; ; wake = Promise.withResolvers()) {
              while (queue.length > 0) yield message(queue.shift()!);
              if (closed) return;
              await wake.promise;
            }
          },
          async close() {
            closed = true;
            wake.resolve();
          },
        };
      },
    };
  }
}

/** What must happen when a process dies, by its owner. */
const leaving = new WeakMap<Owner, (() => void)[]>();
function leavesWith(owner: Owner, leave: () => void): void {
  leaving.set(owner, [...(leaving.get(owner) ?? []), leave]);
}

/** The server notices that a connection is gone. */
export function disconnect(owner: Owner): void {
  owner.alive = false;
  for (const leave of leaving.get(owner) ?? []) leave();
  leaving.delete(owner);
}

function read(stream: SimulatedStream, query: { seq?: number; next_by_subj?: string; last_by_subj?: string }): Kept {
  if (query.last_by_subj !== undefined) return stream.lastOf(query.last_by_subj);
  return query.next_by_subj === undefined ? stream.at(query.seq!) : stream.nextOf(query.next_by_subj, query.seq!);
}

/** A follower's place in a stream: in order, without acknowledgements. */
class Cursor {
  readonly #options: Options;
  readonly #stream: SimulatedStream;
  readonly #filter: string;
  #next: number;
  #delivered = 0;

  constructor(options: Options, stream: SimulatedStream, filter: string, from: number) {
    this.#options = options;
    this.#stream = stream;
    this.#filter = filter;
    const list = stream.sequences(filter);
    this.#next = list.findIndex((seq) => seq >= from);
    if (this.#next < 0) this.#next = list.length;
  }

  /** How many were sent. */
  get delivered(): number {
    return this.#delivered;
  }

  /** What is there, or, when there is nothing, what comes next. */
  pull(most: number): ReturnType<Pull> {
    const { owner, chance, faults } = this.#options;
    let closed = false;
    let left = most;
    const closing = Promise.withResolvers<void>();
    const take = (): Kept | null => {
      const seq = this.#stream.sequences(this.#filter)[this.#next];
      if (seq === undefined) return null;
      this.#next++;
      this.#delivered++;
      // The next one tells that this one is missing.
      const isLast = this.#stream.sequences(this.#filter)[this.#next] === undefined;
      return !isLast && chance.is(faults.gap) ? take() : this.#stream.at(seq);
    };
    const arrives = () => {
      const arrived = Promise.withResolvers<void>();
      const stop = this.#stream.onAppend(this.#filter, arrived.resolve);
      return Promise.race([arrived.promise, closing.promise]).finally(stop);
    };
    const delivered = () => this.#delivered;
    return {
      close() {
        closed = true;
        closing.resolve();
      },
      async *[Symbol.asyncIterator]() {
        let any = false;
        while (!closed && left > 0) {
          if (!owner.alive) await never();
          const kept = take();
          if (kept) {
            any = true;
            left--;
            const { subject, seq, data, header } = kept;
            yield [{ subject, seq, data, headers: header, order: delivered() }];
            continue;
          }
          if (any) return;
          await arrives();
        }
      },
    };
  }
}
