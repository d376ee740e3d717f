import type { Msg, MsgHdrs } from 'nats';

/**
 * Headers of what we write and of what is read on. The client's own look through all names before each one is set, and spell it
 * anew letter by letter: a third of all that a delivery allocated, and more than half of what checking the log took.
 */
export class EntryHeaders implements MsgHdrs {
  readonly hasError = false;
  readonly status = '';
  readonly code = 0;
  readonly description = '';
  readonly #values = new Map<string, string[]>();

  /** What came with a message; undefined where nothing did. */
  static of(message: Msg): MsgHdrs | undefined {
    // The client keeps the bytes to itself. Should another version of it keep them elsewhere, its own reading will do.
    const { _rdata: bytes, _msg: at } = message as Msg & { _rdata?: unknown; _msg?: { hdr?: unknown } };
    if (!(bytes instanceof Uint8Array) || typeof at?.hdr !== 'number') return message.headers;
    return at.hdr > 0 ? EntryHeaders.read(bytes.subarray(0, at.hdr)) : undefined;
  }

  /** As they travel: a line that says so, then a name and a value a line. */
  static read(bytes: Uint8Array): EntryHeaders {
    const head = new EntryHeaders();
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
    let from = text.indexOf('\r\n') + 2;
    for (let end = text.indexOf('\r\n', from); end > from; end = text.indexOf('\r\n', from)) {
      const colon = text.indexOf(':', from);
      if (colon > -1 && colon < end) head.#add(text.slice(from, colon), text.slice(colon + 1, end).trim());
      from = end + 2;
    }
    return head;
  }

  [Symbol.iterator](): IterableIterator<[string, string[]]> {
    return this.#values.entries();
  }

  get(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  last(name: string): string {
    return this.#values.get(name)?.at(-1) ?? '';
  }

  values(name: string): string[] {
    return [...(this.#values.get(name) ?? [])];
  }

  keys(): string[] {
    return [...this.#values.keys()];
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** @throws when it would begin another line */
  set(name: string, value: string): void {
    // Said anew it goes to the end, as the client has it.
    this.#values.delete(name);
    this.#values.set(name, [oneLine(name, value)]);
  }

  append(name: string, value: string): void {
    this.#add(name, oneLine(name, value));
  }

  #add(name: string, value: string): void {
    const before = this.#values.get(name);
    if (before) before.push(value);
    else this.#values.set(name, [value]);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  /** As they travel; what the client calls when it publishes. */
  encode(): Uint8Array {
    let lines = 'NATS/1.0\r\n';
    for (const [name, values] of this.#values) for (const value of values) lines += `${name}: ${value}\r\n`;
    return Buffer.from(`${lines}\r\n`);
  }
}

function oneLine(name: string, value: string): string {
  if (value.includes('\n') || value.includes('\r')) throw new Error(`bus: the header ${name} is not one line`);
  return value.trim();
}
