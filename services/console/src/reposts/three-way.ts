import { pairs } from '../items/diff.ts';

/** A line of three texts beside each other; null: this one has none. `same`: all three have it. */
export type ThreeWay = {
  kind: 'same' | 'changed';
  before: string | null;
  now: string | null;
  ours: string | null;
};

/**
 * What the source had when it was reposted, what it has now, and what our page would have, line by line: a line stands
 * beside those that were made of it, or that it was made of.
 */
export function threeWay(before: string, now: string, ours: string): ThreeWay[] {
  const [one, two, three] = [before, now, ours].map(withoutBlank) as [string, string, string];
  const changed = pairs(one, two);
  const made = pairs(two, three);
  const rows: Omit<ThreeWay, 'kind'>[] = [];
  let [i, j] = [0, 0];
  // Both go through what the source has now, in its order.
  while (i < changed.length || j < made.length) {
    const left = changed[i];
    const right = made[j];
    const isLost = left?.after === null;
    const isOurs = right?.before === null;
    if (isLost && isOurs && left.before === right.after) {
      // The source dropped it, and our page has it still.
      rows.push({ before: left.before, now: null, ours: right.after });
      [i, j] = [i + 1, j + 1];
    } else if (isLost) {
      rows.push({ before: left.before, now: null, ours: null });
      i++;
    } else if (isOurs) {
      rows.push({ before: null, now: null, ours: right.after });
      j++;
    } else {
      rows.push({ before: left?.before ?? null, now: left?.after ?? null, ours: right?.after ?? null });
      [i, j] = [i + 1, j + 1];
    }
  }
  return rows.map((row) => ({ ...row, kind: row.before === row.now && row.now === row.ours ? 'same' : 'changed' }));
}

const withoutBlank = (text: string): string =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .join('\n');
