import { headers, NatsError, type MsgHdrs } from 'nats';
import { Shelf } from './shelf.ts';

/** A message as the server keeps it; the same object whenever it is asked for. */
export type Kept = { seq: number; subject: string; time: Date; data: Uint8Array; header: MsgHdrs };

const apiError = (code: number, description: string) => {
  const error = new NatsError(description, '400');
  error.api_error = { code: 400, err_code: code, description };
  return error;
};
export const noMessage = () => apiError(10037, 'no message found');
const wrongLast = (last: number) => apiError(10071, `wrong last sequence: ${last}`);

/** Its window of message ids (2 minutes, as our streams are made), in ms. */
const idWindowMs = 120_000;
const recentKept = 20_000;

/**
 * One stream with the semantics that our code stands on: expected last sequence of a subject, message ids inside a
 * window, reading by sequence and by subject. (nats-server 2.9: one server knows an id before it checks the sequence, a
 * cluster after it.)
 */
export class SimulatedStream {
  readonly #shelf = new Shelf();
  /** Sequences by subject, and by its beginnings: `ev.repost.>`, `ev.item.source.>`, `>`. */
  readonly #bySubject = new Map<string, number[]>();
  readonly #byBeginning = new Map<string, number[]>();
  readonly #lastUnder = new Map<string, number>();
  readonly #ids = new Map<string, { seq: number; at: number }>();
  readonly #recent = new Map<number, Kept>();
  readonly #times: number[] = [];
  readonly #listeners = new Map<string, Set<() => void>>();
  readonly #deleted = new Set<number>();

  constructor(
    readonly name: string,
    readonly knowsIdsFirst: boolean,
  ) {}

  get last(): number {
    return this.#times.length;
  }

  get bytes(): number {
    return this.#shelf.bytes;
  }

  get size(): number {
    return this.last - this.#deleted.size;
  }

  get first(): number {
    for (let seq = 1; seq <= this.last; seq++) if (!this.#deleted.has(seq)) return seq;
    return this.last + 1;
  }

  append(
    now: number,
    subject: string,
    data: Uint8Array,
    header: MsgHdrs,
    { msgID, expected }: { msgID: string | undefined; expected: number | undefined },
  ): { seq: number; duplicate: boolean } {
    this.#forgetIds(now);
    const said = msgID === undefined ? undefined : this.#ids.get(msgID);
    if (said && this.knowsIdsFirst) return { seq: said.seq, duplicate: true };
    const last = this.#bySubject.get(subject)?.at(-1) ?? 0;
    if (expected !== undefined && expected !== last) throw wrongLast(last);
    if (said) return { seq: said.seq, duplicate: true };

    const seq = this.last + 1;
    if (msgID !== undefined) {
      header.set('Nats-Msg-Id', msgID);
      this.#ids.set(msgID, { seq, at: now });
    }
    if (expected !== undefined) header.set('Nats-Expected-Last-Subject-Sequence', String(expected));
    const lines = [...header].map(([name, [value]]) => `${name}\t${value}`);
    this.#shelf.put(Buffer.concat([Buffer.from(`${subject}\n${lines.join('\n')}\n\n`), data]));
    this.#times.push(now);
    note(this.#bySubject, subject, seq);
    const [type, kind, site] = subject.split('.');
    for (const beginning of ['>', `${type}.>`, `${type}.${kind}.>`]) note(this.#byBeginning, beginning, seq);
    this.#lastUnder.set(`${type}.${kind}.${site}.>`, seq);
    for (const filter of [`${type}.>`, `${type}.${kind}.>`])
      for (const tell of Array.from(this.#listeners.get(filter) ?? [])) tell();
    return { seq, duplicate: false };
  }

  /** @throws NatsError 10037 */
  at(seq: number): Kept {
    if (seq < 1 || seq > this.last || this.#deleted.has(seq)) throw noMessage();
    const recent = this.#recent.get(seq);
    if (recent) return recent;
    const record = this.#shelf.get(seq - 1);
    const end = record.indexOf('\n\n');
    const [subject, ...lines] = record.toString('utf8', 0, end).split('\n');
    const header = headers();
    for (const line of lines) {
      const cut = line.indexOf('\t');
      if (cut > 0) header.set(line.slice(0, cut), line.slice(cut + 1));
    }
    const data = record.subarray(end + 2);
    const kept = { seq, subject: subject!, time: new Date(this.#times[seq - 1]!), data, header };
    this.#recent.set(seq, kept);
    if (this.#recent.size > recentKept) this.#recent.delete(this.#recent.keys().next().value!);
    return kept;
  }

  /** @throws NatsError 10037 */
  lastOf(subject: string): Kept {
    return this.at(this.sequences(subject).at(-1) ?? this.#lastUnder.get(subject) ?? 0);
  }

  /** @throws NatsError 10037 */
  nextOf(subject: string, from: number): Kept {
    const list = this.sequences(subject);
    for (let i = firstFrom(list, from); i < list.length; i++)
      if (!this.#deleted.has(list[i]!)) return this.at(list[i]!);
    throw noMessage();
  }

  delete(seq: number): void {
    this.#deleted.add(seq);
  }

  /** Of a subject, or of all that begin so. Grows as messages come. */
  sequences(filter: string): readonly number[] {
    const map = filter.endsWith('>') ? this.#byBeginning : this.#bySubject;
    return map.get(filter) ?? none;
  }

  since(filter: string, time: number): number {
    const list = this.sequences(filter);
    const found = list.findIndex((seq) => this.#times[seq - 1]! >= time);
    return found < 0 ? this.last + 1 : list[found]!;
  }

  onAppend(filter: string, tell: () => void): () => void {
    const all = this.#listeners.get(filter) ?? new Set();
    this.#listeners.set(filter, all.add(tell));
    return () => all.delete(tell);
  }

  #forgetIds(now: number): void {
    for (const [id, { at }] of this.#ids) {
      if (at >= now - idWindowMs) return;
      this.#ids.delete(id);
    }
  }

  close(): void {
    this.#shelf.close();
  }
}

const none: readonly number[] = [];

function note(map: Map<string, number[]>, name: string, seq: number): void {
  const list = map.get(name);
  if (list) list.push(seq);
  else map.set(name, [seq]);
}

/** Index of the first entry of a rising list that is not less. */
export function firstFrom(list: readonly number[], from: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! < from) low = middle + 1;
    else high = middle;
  }
  return low;
}
