import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher, FormData } from 'undici';
import { guardedAgent, sharedAgent, type ReachOptions } from './agent.ts';
import { heardBy } from './conversation.ts';
import { httpUrl } from './http-url.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { troubleOf, type NetworkTrouble } from './trouble.ts';

/**
 * What became of a call that may change something. `not_sent` only where no byte of the request can have arrived;
 * whatever else went wrong is `unknown`, because a time-out after sending is not a failure.
 */
export type Called =
  | {
      kind: 'answered';
      status: number;
      /** Names in lower case. */
      headers: Record<string, string>;
      body: Buffer;
      /** False where the answer was longer than was wanted, or cut off. */
      whole: boolean;
      retryAfterSeconds: number | null;
    }
  | { kind: 'not_sent'; detail: string; refused: boolean }
  | { kind: 'unknown'; detail: string };

export type CallOptions = ReachOptions & {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  headers?: Record<string, string>;
  body?: string | Uint8Array | FormData;
  /** From the first byte of the request to the last of the answer. */
  timeoutMs?: number;
  /** Bytes of answer that are read at most. */
  maxBytes?: number;
  /**
   * Whether a connection that stands may be used again. It may break just as we write, which is then `unknown`: only for
   * calls that the other side tells a second copy of.
   */
  reuse?: boolean;
};

/** Where a request stops before a byte of it is written. */
const neverConnected = new Set<NetworkTrouble>([
  'bad_request',
  'address_refused',
  'dns_failed',
  'connect_failed',
  'certificate_refused',
]);

/** One call to another's interface: addresses checked, no redirects, a limit to the answer and to the time. */
export async function safeCall(address: string, options: CallOptions): Promise<Called> {
  const { method = 'POST', body, headers = {}, timeoutMs = 20_000, maxBytes = 65_536, reuse = false } = options;
  const target = httpUrl(address);
  if ('fault' in target) return { kind: 'not_sent', detail: target.fault, refused: true };
  const told = heardBy()?.begin({ method, address, headers, body: body ?? null });
  const limits = { headersMs: timeoutMs, bodyMs: timeoutMs };
  const onConnect = () => void (told && (told.connectedAt = performance.now()));
  // A connection that others use as well is nobody's own.
  const agent = reuse ? sharedAgent(options, limits) : guardedAgent({ ...options, onConnect }, limits);
  try {
    const { origin, pathname, search } = target.url;
    const asked = { origin, path: `${pathname}${search}`, method, body: body ?? null, headers };
    const onStatus = () => void (told && (told.firstByteAt = performance.now()));
    const answer = await exchanged(agent, asked, { timeoutMs, maxBytes, onStatus });
    if (told) told.answer = answer;
    return { kind: 'answered', ...answer };
  } catch (error) {
    const { code, detail } = troubleOf(error);
    if (told) told.detail = `${code}: ${detail}`;
    if (!neverConnected.has(code)) return { kind: 'unknown', detail };
    return { kind: 'not_sent', detail, refused: code === 'address_refused' || code === 'bad_request' };
  } finally {
    if (told) told.endedAt = performance.now();
    if (!reuse) void agent.destroy();
  }
}

type Limits = {
  timeoutMs: number;
  maxBytes: number;
  /** Told when the answer begins. */
  onStatus: () => void;
};
type Answer = Omit<Extract<Called, { kind: 'answered' }>, 'kind'>;

/** @throws what kept the answer from beginning. Whatever comes after its status changes nothing but how much of it there is. */
const exchanged = (agent: Dispatcher, asked: Dispatcher.DispatchOptions, limits: Limits): Promise<Answer> =>
  new Promise((resolve, reject) => agent.dispatch(asked, new Exchanging(limits, resolve, reject)));

/**
 * Takes one answer in. `request` of the same library makes a stream, a signal and its listeners for each, which took longer
 * than what is said.
 */
class Exchanging implements Dispatcher.DispatchHandler {
  readonly #limits: Limits;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #controller: Dispatcher.DispatchController | null = null;
  #late: Error | null = null;
  #begun: Pick<Answer, 'status' | 'headers' | 'retryAfterSeconds'> | null = null;

  constructor(limits: Limits, resolve: (answer: Answer) => void, reject: (error: Error) => void) {
    this.#limits = limits;
    this.#resolve = resolve;
    this.#reject = reject;
    const { timeoutMs } = limits;
    // A little later than the agent's own limits, which know whether the connection ever stood.
    this.#timer = setTimeout(() => {
      this.#late = new Error(`no complete answer within ${timeoutMs} ms`);
      this.#controller?.abort(this.#late);
    }, timeoutMs + 1_000);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#late) controller.abort(this.#late);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // 1xx say that the answer is still to come.
    if (status < 200) return;
    this.#begun = { status, headers: flat(headers), retryAfterSeconds: retryAfterSeconds(headers['retry-after']) };
    this.#limits.onStatus();
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    // It may be endless.
    if (this.#size > this.#limits.maxBytes) controller.abort(new Error('longer than is read'));
  }

  onResponseEnd(): void {
    this.#end(true);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#begun) return this.#end(false);
    clearTimeout(this.#timer);
    this.#reject(error);
  }

  #end(whole: boolean): void {
    clearTimeout(this.#timer);
    const { maxBytes } = this.#limits;
    const body = Buffer.concat(this.#chunks).subarray(0, maxBytes);
    this.#resolve({ ...this.#begun!, body, whole: whole && this.#size <= maxBytes });
  }
}

/** What is said twice under one name is one text. */
function flat(headers: IncomingHttpHeaders): Record<string, string> {
  const said: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers))
    said[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  return said;
}
