import { stageNames, type Stage, type StageTime } from '@tongsheng/contracts';

/** When a task reached each stage; null: not yet, or unknown. */
export type Moments = {
  /** The stated time of publication, as exact as the source gave it. */
  upstreamAt: string | null;
  seenAt: string;
  /** First claim; many tasks are approved without one. */
  claimedAt: string | null;
  approvedAt: string | null;
  verifiedAt: string | null;
};

/** Seconds that each stage took. A stage that was skipped belongs to the next one: what nobody claimed waited for its approval. */
export function secondsOf(
  { upstreamAt, seenAt, claimedAt, approvedAt, verifiedAt }: Moments,
  publishedAt: string | null,
) {
  const reached: Record<Stage, string | null> = {
    seen: seenAt,
    claimed: claimedAt,
    approved: approvedAt,
    published: publishedAt,
    verified: verifiedAt,
  };
  const seconds: Partial<Record<Stage, number>> = {};
  let from = upstreamAt;
  for (const stage of stageNames) {
    const at = reached[stage];
    if (at === null) continue;
    // A date in the future, or a day that began before it was seen, says nothing of how fast we were.
    if (from !== null && from <= at) seconds[stage] = (Date.parse(at) - Date.parse(from)) / 1_000;
    from = at;
  }
  return seconds;
}

/** Median and 95th percentile of each stage. */
export function stageTimes(tasks: readonly { moments: Moments; publishedAt: string | null }[]): StageTime[] {
  const all = tasks.map(({ moments, publishedAt }) => secondsOf(moments, publishedAt));
  return stageNames.flatMap((stage) => {
    const sorted = all.flatMap((seconds) => seconds[stage] ?? []).sort((a, b) => a - b);
    if (sorted.length === 0) return [];
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
    return [{ stage, tasks: sorted.length, medianSeconds: at(0.5), p95Seconds: at(0.95) }];
  });
}
