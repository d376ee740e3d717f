/** Where the time goes, from the upstream site's publication to the proof that ours can be read. */
export const stageNames = ['seen', 'claimed', 'approved', 'published', 'verified'] as const;
export type Stage = (typeof stageNames)[number];

/** When a task reached each stage; null: not yet, or unknown. `upstreamAt` is as exact as the source said it. */
export type Moments = { upstreamAt: string | null } & Record<`${Stage}At`, string | null>;

/**
 * Milliseconds of each stage that was passed. A stage that was skipped belongs to the next one: what nobody claimed waited
 * for its approval.
 */
export function stageSpans(moments: Moments): Partial<Record<Stage, number>> {
  const spans: Partial<Record<Stage, number>> = {};
  let from = moments.upstreamAt;
  for (const name of stageNames) {
    const at = moments[`${name}At`];
    if (at === null) continue;
    // A date in the future, or a day that began before it was seen, says nothing of how fast we were.
    if (from !== null && from <= at) spans[name] = Date.parse(at) - Date.parse(from);
    from = at;
  }
  return spans;
}
