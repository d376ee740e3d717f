/**
 * The part of a file that a player asks for, by its `Range` header: `bytes=1000-` or `bytes=0-99`. Null for anything else
 * that a header may say: then the whole is the answer (RFC 9110, 14.2).
 */
export function byteRange(header: string | undefined, length: number): { from: number; to: number } | null {
  const [, first, last] = /^bytes=(\d{1,12})-(\d{0,12})$/.exec(header ?? '') ?? [];
  if (first === undefined) return null;
  const from = Number(first);
  const to = last ? Math.min(Number(last), length - 1) : length - 1;
  return from < length && from <= to ? { from, to } : null;
}
