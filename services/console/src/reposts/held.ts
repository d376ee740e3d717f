import type { RepostRow } from '@tongsheng/contracts';

/** What was decided and has not gone out, or come down, and until when that can be taken back. */
export type Held = { row: RepostRow; at: string; until: string };

function holdOf(row: RepostRow): (Held & { byName: string }) | null {
  const { state, approvedBy, approvedAt, heldUntil, removal, goingOut } = row;
  if (goingOut.attempts > 0) return null;
  if (state === 'retracting' && removal)
    return { row, byName: removal.byName, at: removal.at, until: removal.heldUntil };
  if (state !== 'approved' || approvedBy === null || approvedAt === null || heldUntil === null) return null;
  return { row, byName: approvedBy, at: approvedAt, until: heldUntil };
}

/** Decisions of one person that can be taken back, the newest first. */
export const heldOf = (rows: readonly RepostRow[], name: string, now: number): Held[] =>
  rows
    .map(holdOf)
    .filter((held) => held !== null)
    .filter(({ byName, until }) => byName === name && Date.parse(until) > now)
    .sort((a, b) => (a.at < b.at ? 1 : -1));

/** Whether anything waits for its hold to end. */
export const isHeld = (row: RepostRow): boolean => holdOf(row) !== null;
