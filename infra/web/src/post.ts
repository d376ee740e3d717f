import { request } from 'undici';
import { guardedAgent, type ReachOptions } from './agent.ts';
import { httpUrl } from './http-url.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { troubleOf, type NetworkTrouble } from './trouble.ts';

/**
 * What became of a POST. `not_sent` only where no byte of the request can have arrived; whatever else went wrong is
 * `unknown`, because a time-out after sending is not a failure.
 */
export type Posted =
  | { kind: 'answered'; status: number; body: string; retryAfterSeconds: number | null }
  | { kind: 'not_sent'; detail: string; refused: boolean }
  | { kind: 'unknown'; detail: string };

/** Where a request stops before a byte of it is written. */
const neverConnected = new Set<NetworkTrouble>([
  'bad_request',
  'address_refused',
  'dns_failed',
  'connect_failed',
  'certificate_refused',
]);

/** POST to a partner: addresses checked, no redirects, at most 64 KiB of answer read, all within `timeoutMs`. */
export async function safePost(
  address: string,
  options: ReachOptions & { body: string; headers: Record<string, string>; timeoutMs?: number },
): Promise<Posted> {
  const target = httpUrl(address);
  if ('fault' in target) return { kind: 'not_sent', detail: target.fault, refused: true };
  const timeout = options.timeoutMs ?? 20_000;
  const agent = guardedAgent(options, { headersMs: timeout, bodyMs: timeout });
  const clock = new AbortController();
  // A little later than the agent's own limits, which know whether the connection ever stood.
  const timer = setTimeout(() => clock.abort(new Error(`no complete answer within ${timeout} ms`)), timeout + 1_000);
  try {
    const { body, headers } = options;
    const { signal } = clock;
    const answer = await request(target.url, { method: 'POST', dispatcher: agent, body, headers, signal });
    const { statusCode: status } = answer;
    const wait = retryAfterSeconds(answer.headers['retry-after']);
    return { kind: 'answered', status, body: await beginningOf(answer.body), retryAfterSeconds: wait };
  } catch (error) {
    return explain(error);
  } finally {
    clearTimeout(timer);
    void agent.destroy();
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

function explain(error: unknown): Posted {
  const { code, detail } = troubleOf(error);
  if (!neverConnected.has(code)) return { kind: 'unknown', detail };
  return { kind: 'not_sent', detail, refused: code === 'address_refused' || code === 'bad_request' };
}
