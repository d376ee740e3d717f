import { AsyncLocalStorage } from 'node:async_hooks';
import type { CallLine, ToldCall, Transcript } from '@tongsheng/contracts';
import { FormData } from 'undici';
import { masker, type Mask } from './mask.ts';

/** What is kept of a body that was sent, and of an answer; and how many calls and lines. */
const keptOfRequest = 1_024;
const keptOfAnswer = 4_096;
const callsAtMost = 20;
const linesAtMost = 60;

type Body = string | Uint8Array | FormData | null;

/** A call while it is made. `at` is `performance.now()`. */
export type Exchange = {
  method: string;
  address: string;
  headers: Readonly<Record<string, string>>;
  body: Body;
  at: number;
  connectedAt: number | null;
  firstByteAt: number | null;
  endedAt: number | null;
  answer: { status: number; headers: Readonly<Record<string, string>>; body: Buffer } | null;
  detail: string;
  lines: string[];
};

const talking = new AsyncLocalStorage<Conversation>();

/**
 * What is said to others while something is done: everybody who calls out in here notes it without being asked to. No
 * secret is in what it tells, be it one that it was told of or one that stands where secrets stand.
 */
export class Conversation {
  #mask: Mask;
  readonly #calls: Exchange[] = [];

  /** @param mask made once for a channel: it costs more than what it masks */
  constructor(mask: Mask = masker([])) {
    this.#mask = mask;
  }

  during<T>(work: () => Promise<T>): Promise<T> {
    return talking.run(this, work);
  }

  /** Something to be masked that was learned on the way: an access token. */
  hide(secret: string): void {
    this.#mask = this.#mask.with(secret);
  }

  begin(exchange: Pick<Exchange, 'method' | 'address'> & Partial<Exchange>): Exchange {
    const nothing = { connectedAt: null, firstByteAt: null, endedAt: null, answer: null, detail: '', lines: [] };
    const begun = { headers: {}, body: null, at: performance.now(), ...nothing, ...exchange };
    // Of very many the first ones and the last tell the most.
    if (this.#calls.length === callsAtMost) this.#calls.splice(callsAtMost / 2, 1);
    this.#calls.push(begun);
    return begun;
  }

  get isEmpty(): boolean {
    return this.#calls.length === 0;
  }

  /** Each call in short. */
  lines(): CallLine[] {
    return this.#calls.map((call) => lineOf(call, this.#mask));
  }

  transcript(): Transcript {
    const first = this.#calls[0]?.at ?? 0;
    return { calls: this.#calls.map((call) => toldOf(call, first, this.#mask)) };
  }
}

/** The conversation that this is a part of, where somebody listens. */
export const heardBy = (): Conversation | undefined => talking.getStore();

const msOf = (from: number, to: number | null): number | null =>
  to === null ? null : Math.max(0, Math.round(to - from));

function lineOf({ method, address, answer, at, connectedAt, endedAt }: Exchange, mask: Mask): CallLine {
  const status = answer?.status ?? null;
  return {
    method,
    address: mask.address(address).slice(0, 300),
    status,
    connectMs: msOf(at, connectedAt),
    ms: msOf(at, endedAt) ?? 0,
  };
}

function toldOf(call: Exchange, first: number, mask: Mask): ToldCall {
  const { headers, body, answer, detail, lines, at, firstByteAt } = call;
  return {
    ...lineOf(call, mask),
    atMs: msOf(first, at) ?? 0,
    firstByteMs: msOf(at, firstByteAt),
    request: { headers: mask.headers(headers), ...shapeOf(body, mask) },
    answer: answer && {
      headers: mask.headers(answer.headers),
      body: mask.text(textIn(answer.body), keptOfAnswer),
      bytes: answer.body.length,
    },
    detail: mask.text(detail, keptOfRequest),
    lines: lines.slice(-linesAtMost).map((line) => mask.text(line, 500)),
  };
}

/** Text as its beginning, a form as its parts, anything else as its size. */
function shapeOf(body: Body, mask: Mask): { body: string; bytes: number | null } {
  if (body === null) return { body: '', bytes: 0 };
  if (typeof body === 'string') return { body: mask.text(body, keptOfRequest), bytes: Buffer.byteLength(body) };
  if (!(body instanceof FormData)) return { body: '', bytes: body.byteLength };
  const parts = [...body.entries()].map(([name, value]) =>
    typeof value === 'string'
      ? mask.field(name, value)
      : `${name}: ${value.name} (${value.type || 'application/octet-stream'}, ${value.size} bytes)`,
  );
  return { body: mask.text(parts.join('\n'), keptOfRequest), bytes: null };
}

/** Where it is not text, what of it can be read. */
const textIn = (bytes: Buffer): string => bytes.toString('utf8').replaceAll(/[^\t\n\r\u0020-\u{10ffff}]/gu, '·');
