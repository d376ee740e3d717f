import type { RepostRow } from '@tongsheng/contracts';

/** Approvals of one person that have not gone out and can be taken back, the newest first. */
export const heldOf = (rows: readonly RepostRow[], name: string, now: number): RepostRow[] =>
  rows
    .filter(
      ({ state, approvedBy, heldUntil, goingOut }) =>
        state === 'approved' &&
        approvedBy === name &&
        heldUntil !== null &&
        goingOut.attempts === 0 &&
        Date.parse(heldUntil) > now,
    )
    .sort((a, b) => (a.approvedAt! < b.approvedAt! ? 1 : -1));
