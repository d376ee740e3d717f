/** A bucket of so many tokens, full again after so many seconds. */
export type Rate = { tokens: number; perSeconds: number };

/**
 * Takes one token, by the generic cell rate algorithm: all that a bucket needs to remember is the instant at which it
 * would be full again.
 * @param full that instant, ms; anything in the past for a full bucket
 * @param now ms
 */
export function take(full: number, now: number, { tokens, perSeconds }: Rate): { full: number; waitMs: number } {
  const each = (perSeconds * 1_000) / tokens;
  const then = Math.max(full, now) + each;
  const waitMs = then - now - perSeconds * 1_000;
  return waitMs > 0 ? { full, waitMs } : { full: then, waitMs: 0 };
}

/** The same in Redis, which has one clock for all processes: answers the wait in ms, 0 when the token was taken. */
export const takeScript = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local each, span = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
local next = math.max(full, now) + each
local wait = next - now - span
if wait > 0.001 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.3f', next), 'PX', math.ceil(next - now) + 1)
return 0
`;
