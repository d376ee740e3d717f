import { checkpointAddress, subjects, type AnyEvent, type CommandHead, type Receipt } from '@tongsheng/contracts';
import { NatsError, type StoredMsg } from 'nats';
import { apiCode, isApiError, isFull, LogFull } from './api-error.ts';
import { storedMessage, type StoredQuery } from './stored-message.ts';
import type { Bus } from './connection.ts';
import {
  decodeEntry,
  decodeHeader,
  encodeEntry,
  hashEntry,
  UnreadableEntry,
  type Entry,
  type RawMessage,
} from './entry.ts';
import { ourLog, type LogPlace } from './log-place.ts';
import { activeStep, isTracing, step } from '@tongsheng/telemetry';
import { appends, appendSeconds } from './figures.ts';
import { tryDecode } from './follow.ts';
import { publishOnTop } from './publish.ts';

/** Where an aggregate's entries stand. */
export type Address = { aggregate: string; site: string; id: string };

/** All that was decided about one aggregate so far. */
export type Past = {
  subject: string;
  entries: Entry[];
  events: AnyEvent[];
  /** Stream sequence of the newest entry; 0 when there is none. */
  position: number;
  hash: string;
  /** Command id → position of the decision it led to. */
  receipts: Map<string, number>;
  /** W3C Trace Context of the newest entry, while steps are traced. */
  traceparent?: string | undefined;
};

/** Where the next decision about an aggregate would stand: on top of exactly this. */
export type Head = Pick<Past, 'subject' | 'position' | 'hash' | 'traceparent'>;

/** Someone else appended to this aggregate after it was read. Read and decide again. */
export class StaleRead extends Error {}

const tries = 3;

/** The log of record: read an aggregate's past, append what was decided on top of exactly that past. */
export class Journal {
  readonly #bus: Bus;
  readonly #source: string;
  readonly #place: LogPlace;

  /** @param place another log than ours, to be read only */
  constructor(bus: Bus, source: string, place = ourLog) {
    this.#bus = bus;
    this.#source = source;
    this.#place = place;
  }

  nothingAt({ aggregate, site, id }: Address): Past {
    const subject = subjects.event(aggregate, site, id);
    return { subject, entries: [], events: [], position: 0, hash: '', receipts: new Map() };
  }

  /** Every entry of one aggregate, oldest first: two round trips for one entry, one more for each further one. */
  async read(address: Address): Promise<Past> {
    const past = this.nothingAt(address);
    const [first, last] = await Promise.all([
      this.#stored({ seq: 1, next_by_subj: this.#there(past.subject) }),
      this.#stored({ last_by_subj: this.#there(past.subject) }),
    ]);
    let next = first;
    const end = last?.seq ?? 0;
    while (next) {
      const entry = decodeEntry(this.#here(next));
      past.entries.push(entry);
      past.events.push(...entry.events);
      past.position = entry.position;
      past.hash = entry.hash;
      past.traceparent = entry.envelope.traceparent;
      past.receipts.set(entry.envelope.id, entry.position);
      if (next.seq >= end) break;
      next = await this.#stored({ seq: next.seq + 1, next_by_subj: this.#there(past.subject) });
    }
    return past;
  }

  /** What can be read of one aggregate from a position to another, oldest first: for who builds views, and passes over the rest. */
  async readable({ aggregate, site, id }: Address, until: number, from = 1): Promise<Entry[]> {
    const entries: Entry[] = [];
    const subject = this.#there(subjects.event(aggregate, site, id));
    for (let seq = from; seq <= until;) {
      const next = await this.#stored({ seq, next_by_subj: subject });
      if (!next || next.seq > until) break;
      const read = tryDecode(this.#here(next));
      if (!(read instanceof UnreadableEntry)) entries.push(read);
      seq = next.seq + 1;
    }
    return entries;
  }

  /** One entry by its position, or null. */
  async at(position: number): Promise<Entry | null> {
    const stored = await this.#stored({ seq: position });
    return stored && decodeEntry(this.#here(stored));
  }

  /** The newest entry of an aggregate, or null when it has none. */
  async last({ aggregate, site, id }: Address): Promise<Entry | null> {
    const stored = await this.#stored({ last_by_subj: this.#there(subjects.event(aggregate, site, id)) });
    return stored && decodeEntry(this.#here(stored));
  }

  /** When the first entry of the whole log was stored, or null while there is none. */
  async begunAt(): Promise<string | null> {
    return (await this.#stored({ seq: 1 }))?.time.toISOString() ?? null;
  }

  /** Sequence of the newest entry of the whole log. */
  async position(): Promise<number> {
    return (await this.#bus.jsm.streams.info(this.#place.stream)).state.last_seq;
  }

  /** Sequence of the newest entry that was stored by a moment; 0 when there was none. */
  async positionAt(moment: string): Promise<number> {
    const { state } = await this.#bus.jsm.streams.info(this.#place.stream);
    // Everything up to `low` was there by then, nothing from `high` on.
    let low = state.first_seq - 1;
    let high = state.last_seq + 1;
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      const stored = await this.#stored({ seq: middle });
      if (stored && stored.time.toISOString() <= moment) low = middle;
      else high = middle;
    }
    return Math.max(0, low);
  }

  /**
   * Appends one decision on top of exactly `past`. A lost acknowledgement is asked again under the same id,
   * so that it is stored once.
   * @throws StaleRead when the aggregate has moved on, or another process said something else under the same id; LogFull.
   */
  async append(
    past: Head,
    command: CommandHead,
    events: AnyEvent[],
  ): Promise<Receipt & { hash: string; traceparent?: string | undefined }> {
    const service = this.#source;
    const { aggregate } = subjects.placeOf(past.subject);
    const began = performance.now();
    let outcome = 'failed';
    try {
      // A checkpoint is written in one way only, so that nothing can be hidden in it.
      const receipt = await (isTracing() && aggregate !== checkpointAddress.aggregate
        ? this.#trace(past, command, events)
        : this.#append(past, command, events));
      outcome = 'stored';
      return receipt;
    } catch (error) {
      if (error instanceof StaleRead) outcome = 'stale';
      throw error;
    } finally {
      appends.inc({ service, aggregate, outcome });
      appendSeconds.observe({ service }, (performance.now() - began) / 1_000);
    }
  }

  /** What a person decides goes on from the matter that it is about, whichever request brought it; all else from its cause. */
  #trace(past: Head, command: CommandHead, events: AnyEvent[]) {
    const matter = past.traceparent;
    const cause = activeStep() ?? command.traceparent;
    const parent = command.actor.kind === 'person' ? (matter ?? cause) : (cause ?? matter);
    const name = events.length === 1 ? events[0]!.type : `${events[0]!.type} and ${events.length - 1} more`;
    const attributes = { 'messaging.destination.name': past.subject, 'tongsheng.command': command.id };
    return step(
      { service: this.#source, name, kind: 'producer', parent, also: parent === matter ? cause : matter, attributes },
      async (traceparent) => ({
        ...(await this.#append(past, { ...command, ...(traceparent && { traceparent }) }, events)),
        traceparent,
      }),
    );
  }

  async #append(past: Head, command: CommandHead, events: AnyEvent[]): Promise<Receipt & { hash: string }> {
    const { body, text, headers } = encodeEntry(this.#source, command, events, past.hash);
    // Before the client adds its own: they are no part of what is hashed.
    const hash = hashEntry({ subject: past.subject, data: text, headers });
    for (let attempt = 1; ; attempt++) {
      try {
        const options = { msgID: command.id, expect: { lastSubjectSequence: past.position }, headers };
        const ack = await publishOnTop(this.#bus, past.subject, body, options);
        if (!ack.duplicate) return { position: ack.seq, changed: true, hash };
        const stored = await this.#storedAs(ack.seq, past.subject, command.id);
        return this.#saidBefore(past.subject, { position: ack.seq, stored, hash, again: attempt > 1 });
      } catch (error) {
        if (isApiError(error, apiCode.wrongLastSequence)) {
          // A cluster checks it before it knows duplicates, and may have taken it without its id: the last entry may be this one.
          const last = await this.#stored({ last_by_subj: past.subject });
          if (last === null || decodeHeader(last.header.get('ce-id')) !== command.id) throw new StaleRead(past.subject);
          const stored = hashOfStored(last);
          return this.#saidBefore(past.subject, { position: last.seq, stored, hash, again: attempt > 1 });
        }
        if (isFull(error)) throw new LogFull();
        if (!isLost(error) || attempt === tries) throw error;
      }
    }
  }

  /** Appends what merely happened, with nothing to refuse and no race to lose: the audit of the door. */
  async record({ aggregate, site, id }: Address, command: CommandHead, event: AnyEvent): Promise<void> {
    const { body, headers } = encodeEntry(this.#source, command, [event], '');
    await this.#bus.publish(subjects.event(aggregate, site, id), body, { msgID: command.id, headers });
  }

  /**
   * Stored by an attempt whose acknowledgement was lost, it is this call's doing; otherwise somebody said it before.
   * @throws StaleRead when another process said something else under the same id: what this one knows is no longer so.
   */
  #saidBefore(subject: string, said: { position: number; stored: string | null; hash: string; again: boolean }) {
    const { position, stored, hash, again } = said;
    if (stored !== null && stored !== hash) throw new StaleRead(subject);
    return { position, changed: again, hash };
  }

  /** The hash of what stands there; null: it was taken away. */
  async #storedAs(position: number, subject: string, commandId: string): Promise<string | null> {
    const stored = await this.#stored({ seq: position });
    if (stored && stored.subject !== subject) {
      throw new Error(`bus: command id ${commandId} was used for ${stored.subject} before, now for ${subject}`);
    }
    return stored && hashOfStored(stored);
  }

  #there = (subject: string): string => `${this.#place.before}${subject}`;
  #here = ({ subject, seq, data, header }: StoredMsg): RawMessage => ({
    subject: subject.slice(this.#place.before.length),
    seq,
    data,
    headers: header,
  });

  #stored = (query: StoredQuery) => storedMessage(this.#bus, this.#place.stream, query);
}

const hashOfStored = ({ subject, data, header: headers }: StoredMsg): string => hashEntry({ subject, data, headers });

/** The message may or may not be stored; asking again under the same id tells. */
function isLost(error: unknown): boolean {
  return error instanceof NatsError && ['TIMEOUT', '503', 'DISCONNECT', 'CONNECTION_CLOSED'].includes(error.code);
}
