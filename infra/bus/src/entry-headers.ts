import type { MsgHdrs } from 'nats';

const encoder = new TextEncoder();

/**
 * Headers of what we write. The client's own look through all names before each one is set, and spell it anew letter by
 * letter: a third of all that a delivery allocated.
 */
export class EntryHeaders implements MsgHdrs {
  readonly hasError = false;
  readonly status = '';
  readonly code = 0;
  readonly description = '';
  readonly #values = new Map<string, string[]>();

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
    this.#values.set(name, [...this.values(name), oneLine(name, value)]);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  /** As they travel; what the client calls when it publishes. */
  encode(): Uint8Array {
    let lines = 'NATS/1.0\r\n';
    for (const [name, values] of this.#values) for (const value of values) lines += `${name}: ${value}\r\n`;
    return encoder.encode(`${lines}\r\n`);
  }
}

function oneLine(name: string, value: string): string {
  if (value.includes('\n') || value.includes('\r')) throw new Error(`bus: the header ${name} is not one line`);
  return value.trim();
}
