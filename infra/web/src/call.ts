import { FormData, request } from 'undici';
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
  const clock = new AbortController();
  // A little later than the agent's own limits, which know whether the connection ever stood.
  const late = () => clock.abort(new Error(`no complete answer within ${timeoutMs} ms`));
  const timer = setTimeout(late, timeoutMs + 1_000);
  try {
    const { signal } = clock;
    const answer = await request(target.url, { method, dispatcher: agent, body: body ?? null, headers, signal });
    if (told) told.firstByteAt = performance.now();
    const beginning = await beginningOf(answer.body, maxBytes);
    const { statusCode: status } = answer;
    const said = Object.fromEntries(
      Object.entries(answer.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : (value ?? ''),
      ]),
    );
    if (told) told.answer = { status, headers: said, body: beginning.body };
    return {
      kind: 'answered',
      status,
      headers: said,
      ...beginning,
      retryAfterSeconds: retryAfterSeconds(answer.headers['retry-after']),
    };
  } catch (error) {
    const { code, detail } = troubleOf(error);
    if (told) told.detail = `${code}: ${detail}`;
    if (!neverConnected.has(code)) return { kind: 'unknown', detail };
    return { kind: 'not_sent', detail, refused: code === 'address_refused' || code === 'bad_request' };
  } finally {
    clearTimeout(timer);
    if (told) told.endedAt = performance.now();
    if (!reuse) void agent.destroy();
  }
}

/** The status is known; what was written beside it may be endless or cut off without changing that. */
async function beginningOf(body: AsyncIterable<Buffer>, limit: number): Promise<{ body: Buffer; whole: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  let whole = true;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      whole = size <= limit;
      if (!whole) break;
    }
  } catch {
    // What came before the cut is what there is.
    whole = false;
  }
  return { body: Buffer.concat(chunks).subarray(0, limit), whole };
}
