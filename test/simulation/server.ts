import { streams, subjects } from '@tongsheng/contracts';
import { firstFrom, SimulatedStream, type Kept } from './jetstream.ts';
import type { Owner, VirtualTime } from './time.ts';

/** How long a message may stay unacknowledged before it comes again, in ms; as our consumers are made. */
const ackWaitMs = 10_000;

export type Delivery = { kept: Kept; deliveries: number };

/** One process that takes a durable consumer's messages. */
export type Taker = { owner: Owner; room: number; take(delivery: Delivery): void };

/** A durable consumer: explicit acknowledgements, several takers, what is not acknowledged comes again. */
export class Durable {
  readonly #stream: SimulatedStream;
  readonly #time: VirtualTime;
  readonly #filter: string;
  readonly #pending = new Map<number, { deliveries: number; taker: Taker | null }>();
  readonly #again: number[] = [];
  readonly #takers: Taker[] = [];
  #next = 0;
  #turn = 0;
  /** A planted bug: acknowledged when it is handed over. */
  forgets = false;

  constructor(stream: SimulatedStream, time: VirtualTime, filter: string) {
    this.#stream = stream;
    this.#time = time;
    this.#filter = filter;
    stream.onAppend(filter, () => this.#pump());
  }

  /** Nothing waits to be handed over or acknowledged. */
  get idle(): boolean {
    return this.#pending.size === 0 && this.#next >= this.#stream.sequences(this.#filter).length;
  }

  join(taker: Taker): void {
    this.#takers.push(taker);
    this.#pump();
  }

  /** Its process died or stopped: what it had comes again after the wait. */
  leave(taker: Taker): void {
    const at = this.#takers.indexOf(taker);
    if (at >= 0) this.#takers.splice(at, 1);
    const had = [...this.#pending].filter(([, each]) => each.taker === taker).map(([seq]) => seq);
    this.#time.after(ackWaitMs, () => had.forEach((seq) => this.#comesAgain(seq, taker)), null);
  }

  ack(seq: number): void {
    const had = this.#pending.get(seq);
    this.#pending.delete(seq);
    if (had?.taker) had.taker.room++;
    this.#pump();
  }

  /** The acknowledgement was lost on its way. */
  ackLost(seq: number, taker: Taker): void {
    taker.room++;
    this.#time.after(ackWaitMs, () => this.#comesAgain(seq, taker), null);
    this.#pump();
  }

  nak(seq: number, taker: Taker, ms: number): void {
    taker.room++;
    this.#time.after(ms, () => this.#comesAgain(seq, taker), null);
    this.#pump();
  }

  #comesAgain(seq: number, taker: Taker): void {
    const pending = this.#pending.get(seq);
    if (!pending || pending.taker !== taker) return;
    pending.taker = null;
    this.#again.splice(firstFrom(this.#again, seq), 0, seq);
    this.#pump();
  }

  #pump(): void {
    for (let taker = this.#free(); taker; taker = this.#free()) {
      const seq = this.#again.shift() ?? this.#stream.sequences(this.#filter)[this.#next++];
      if (seq === undefined) {
        this.#next--;
        return;
      }
      const deliveries = (this.#pending.get(seq)?.deliveries ?? 0) + 1;
      if (this.forgets) this.#pending.delete(seq);
      else {
        this.#pending.set(seq, { deliveries, taker });
        taker.room--;
      }
      taker.take({ kept: this.#stream.at(seq), deliveries });
    }
  }

  /** Takers in turn. */
  #free(): Taker | undefined {
    for (let i = 0; i < this.#takers.length; i++) {
      const taker = this.#takers[this.#turn++ % this.#takers.length]!;
      if (taker.room > 0) return taker;
    }
    return undefined;
  }
}

export type Subscriber = { owner: Owner; hear(payload: string, answer: (reply: string) => void): void };

/** nats-server in a simulated world: streams, consumers, and who listens to what. */
export class SimulatedServer {
  readonly streams: Readonly<Record<string, SimulatedStream>>;
  readonly durables = new Map<string, Durable>();
  readonly subscribers = new Map<string, Subscriber[]>();

  constructor(
    readonly time: VirtualTime,
    knowsIdsFirst: boolean,
  ) {
    this.streams = Object.fromEntries(
      Object.values(streams).map((name) => [name, new SimulatedStream(name, knowsIdsFirst)]),
    );
  }

  get journal(): SimulatedStream {
    return this.streams[streams.journal]!;
  }

  get public(): SimulatedStream {
    return this.streams[streams.public]!;
  }

  get dead(): SimulatedStream {
    return this.streams[streams.dead]!;
  }

  /** The stream that takes a subject. */
  streamOf(subject: string): SimulatedStream {
    const begins = (filter: string) => subject.startsWith(filter.slice(0, -1));
    if (begins(subjects.events())) return this.journal;
    if (begins(subjects.allTried())) return this.streams[streams.tried]!;
    return begins(subjects.publicDocuments()) ? this.public : this.dead;
  }

  durable(name: string, stream: SimulatedStream, filter: string): Durable {
    const known = this.durables.get(name);
    if (known) return known;
    const made = new Durable(stream, this.time, filter);
    this.durables.set(name, made);
    return made;
  }

  close(): void {
    for (const stream of Object.values(this.streams)) stream.close();
  }
}
