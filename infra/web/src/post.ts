import { safeCall, type Called, type CallOptions } from './call.ts';

/** What became of a POST whose answer is text. @see Called */
export type Posted =
  | { kind: 'answered'; status: number; body: string; retryAfterSeconds: number | null }
  | Exclude<Called, { kind: 'answered' }>;

/** POST to a partner: addresses checked, no redirects, at most 64 KiB of answer read, all within `timeoutMs`. */
export async function safePost(
  address: string,
  options: Pick<CallOptions, 'allow' | 'lookup' | 'timeoutMs' | 'reuse'> & {
    body: string;
    headers: Record<string, string>;
  },
): Promise<Posted> {
  const called = await safeCall(address, { ...options, method: 'POST' });
  if (called.kind !== 'answered') return called;
  const { status, body, retryAfterSeconds } = called;
  return { kind: 'answered', status, body: body.toString('utf8'), retryAfterSeconds };
}
