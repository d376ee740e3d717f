/** Buckets of a second's length doubled every eight: what one holds is told within 4.5 %. The last is beyond two months. */
export const buckets = 181;

const perDoubling = 8;

/** Below a second is bucket 0. */
export function bucketOf(ms: number): number {
  const seconds = ms / 1_000;
  return seconds < 1 ? 0 : Math.min(buckets - 1, 1 + Math.floor(Math.log2(seconds) * perDoubling));
}

const secondsOf = (bucket: number) => (bucket === 0 ? 0 : 2 ** ((bucket - 0.5) / perDoubling));

/** The value that a share of all do not pass, in seconds; null of none. `counts` are those of the buckets. */
export function quantile(counts: ArrayLike<number>, share: number): number | null {
  let all = 0;
  for (let i = 0; i < counts.length; i++) all += counts[i]!;
  if (all === 0) return null;
  const rank = Math.ceil(all * share);
  let seen = 0;
  for (let i = 0; i < counts.length; i++) {
    seen += counts[i]!;
    if (seen >= rank) return Math.round(secondsOf(i) * 1_000) / 1_000;
  }
  return null;
}
