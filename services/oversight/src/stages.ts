import { stageNames, stageSpans, type Moments, type StageTime } from '@tongsheng/contracts';

/** Median and 95th percentile of each stage. */
export function stageTimes(tasks: readonly Moments[]): StageTime[] {
  const all = tasks.map(stageSpans);
  return stageNames.flatMap((stage) => {
    const sorted = all.flatMap((spans) => spans[stage] ?? []).sort((a, b) => a - b);
    if (sorted.length === 0) return [];
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]! / 1_000;
    return [{ stage, tasks: sorted.length, medianSeconds: at(0.5), p95Seconds: at(0.95) }];
  });
}
