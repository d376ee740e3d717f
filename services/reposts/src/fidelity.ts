import { diffArrays } from 'diff';

/** Edits beyond which a stretch counts as replaced: what differs more is not the same text any more. */
const mostEdits = 3_000;

/**
 * How faithful ours is to the source: of all characters that either has, the share that stands in both, in the same order.
 * 1: nothing was left out or added. 0: nothing was kept. What was moved was left out at one place and added at another;
 * spaces, and where a line ends, don't count.
 */
export function fidelityOf(source: string, ours: string): number {
  const [theirs, mine] = [linesOf(source), linesOf(ours)];
  const kept = keptOf(theirs, mine);
  const all = lengthOf(theirs) + lengthOf(mine) - kept;
  return share(kept, all);
}

/** Of the source's characters alone, the share that stands in ours, in the same order, whatever else is there. */
export function shareKept(source: string, ours: string): number {
  const [theirs, mine] = [linesOf(source), linesOf(ours)];
  return share(keptOf(theirs, mine), lengthOf(theirs));
}

/** Rounded down: 1 says that nothing is missing. */
const share = (kept: number, all: number) => (all === 0 ? 1 : Math.floor((kept / all) * 10_000) / 10_000);

const linesOf = (text: string): string[] =>
  text
    .toWellFormed()
    .split('\n')
    .map((line) => line.replace(/\s+/gu, ''))
    .filter(Boolean);
const lengthOf = (lines: readonly string[]): number => lines.reduce((sum, line) => sum + Array.from(line).length, 0);

/**
 * Characters that stand in both. Where there are too many edits to compare all of them one by one, of whole lines first,
 * and of what lies between them by itself.
 */
function keptOf(theirs: string[], mine: string[]): number {
  const exactly = commonOf(theirs, mine);
  if (exactly !== null) return exactly;
  const parts = diffArrays(theirs, mine, { maxEditLength: mostEdits });
  if (!parts) return 0;
  let kept = 0;
  let removed: string[] = [];
  let added: string[] = [];
  const between = () => {
    kept += commonOf(removed, added) ?? 0;
    [removed, added] = [[], []];
  };
  for (const part of parts) {
    if (part.removed) removed = part.value;
    else if (part.added) added = part.value;
    else {
      between();
      kept += lengthOf(part.value);
    }
  }
  between();
  return kept;
}

/** Characters that two stretches have in common, in their order; null: too many edits lie between them. */
function commonOf(removed: string[], added: string[]): number | null {
  if (removed.length === 0 || added.length === 0) return 0;
  const parts = diffArrays(Array.from(removed.join('')), Array.from(added.join('')), { maxEditLength: mostEdits });
  return parts?.reduce((sum, part) => (part.added || part.removed ? sum : sum + part.value.length), 0) ?? null;
}
