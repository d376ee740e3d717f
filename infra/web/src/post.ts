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

/** POST to a partner: addresses checked, no redirects, at most 64 KiB of answer read. */
export async function safePost(
  url: string,
  options: ReachOptions & { body: string; headers: Record<string, string>; timeoutMs?: number },
): Promise<Posted> {
  const timeout = options.timeoutMs ?? 20_000;
  const agent = guardedAgent(options, { headersMs: timeout, bodyMs: timeout });
  try {
    const { body, headers } = options;
    const answer = await request(url, { method: 'POST', dispatcher: agent, body, headers });
    const retryAfter = Number(answer.headers['retry-after']);
    const { statusCode: status } = answer;
    // The status is known; what the partner wrote beside it may be cut off without changing that.
    const text = await answer.body.text().catch(() => '');
    return {
      kind: 'answered',
      status,
      body: text.slice(0, 65_536),
      retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
    };
  } catch (error) {
    return explain(error);
  } finally {
    await agent.destroy();
  }
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
