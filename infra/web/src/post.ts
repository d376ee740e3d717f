import { request } from 'undici';
import { AddressRefused } from './address.ts';
import { guardedAgent, type ReachOptions } from './agent.ts';

/**
 * What became of a POST. `not_sent` only where no byte of the request can have arrived; whatever else went wrong is
 * `unknown`, because a time-out after sending is not a failure.
 */
export type Posted =
  | { kind: 'answered'; status: number; body: string; retryAfterSeconds: number | null }
  | { kind: 'not_sent'; detail: string; refused: boolean }
  | { kind: 'unknown'; detail: string };

const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** POST to a partner: addresses checked, no redirects, at most 64 KiB of answer read, all within `timeoutMs`. */
export async function safePost(
  url: string,
  options: ReachOptions & { body: string; headers: Record<string, string>; timeoutMs?: number },
): Promise<Posted> {
  const timeout = options.timeoutMs ?? 20_000;
  const agent = guardedAgent(options, { headersMs: timeout, bodyMs: timeout });
  const clock = new AbortController();
  // A little later than the agent's own limits, which know whether the connection ever stood.
  const timer = setTimeout(() => clock.abort(new Error(`no complete answer within ${timeout} ms`)), timeout + 1_000);
  try {
    const { body, headers } = options;
    const answer = await request(url, { method: 'POST', dispatcher: agent, body, headers, signal: clock.signal });
    const { statusCode: status } = answer;
    const retryAfterSeconds = secondsOf(answer.headers['retry-after']);
    return { kind: 'answered', status, body: await beginningOf(answer.body), retryAfterSeconds };
  } catch (error) {
    return explain(error);
  } finally {
    clearTimeout(timer);
    await agent.destroy();
  }
}

/** The status is known; what the partner wrote beside it may be endless or cut off without changing that. */
async function beginningOf(body: AsyncIterable<Buffer>, limit = 65_536): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= limit) break;
    }
  } catch {
    // What came before the cut is what there is.
  }
  return Buffer.concat(chunks).subarray(0, limit).toString('utf8');
}

/** `Retry-After` in either of its forms, seconds or a date (RFC 9110 10.2.3). */
function secondsOf(header: string | string[] | undefined): number | null {
  const value = Array.isArray(header) ? header[0] : header;
  if (!value) return null;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

function explain(error: unknown): Posted {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  const syscall = typeof error === 'object' && error !== null && 'syscall' in error ? String(error.syscall) : '';
  const detail = error instanceof Error ? error.message || code : String(error);
  if (error instanceof AddressRefused) return { kind: 'not_sent', detail, refused: true };
  if (code === 'ERR_INVALID_URL') return { kind: 'not_sent', detail, refused: true };
  if (neverConnected.has(code) || syscall === 'connect')
    return { kind: 'not_sent', detail: detail || code, refused: false };
  return { kind: 'unknown', detail };
}
