import { diffArrays } from 'diff';

/** A run of text, and whether only one of the two versions has it. */
export type Piece = { kind: 'same' | 'added' | 'removed'; text: string };
/** A line of the comparison: the same in both, or made of pieces. */
export type Line = { kind: 'same'; text: string } | { kind: 'changed'; pieces: Piece[] };

/** Below this share of common characters two lines are different lines, not one that was edited. */
const alike = 0.3;

/** Words as Chinese has them; where the browser knows none, characters. */
const wordsOf: (text: string) => string[] = segmenter();

function segmenter(): (text: string) => string[] {
  // The oldest kernel has no Segmenter.
  if (!('Segmenter' in Intl)) return (text) => Array.from(text);
  const words = new Intl.Segmenter('zh', { granularity: 'word' });
  return (text) => Array.from(words.segment(text), ({ segment }) => segment);
}

/** A line beside what became of it; null: the other version has none. */
export type Pair = { before: string | null; after: string | null };

/** The lines of two versions, each beside the one that it was made of. */
export function pairs(before: string, after: string): Pair[] {
  const found: Pair[] = [];
  let removed: string[] = [];
  const flush = (added: string[]) => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) {
      const [one, other] = [removed[i] || null, added[i] || null];
      if (one !== null && other !== null && areAlike(one, other)) found.push({ before: one, after: other });
      else {
        if (one !== null) found.push({ before: one, after: null });
        if (other !== null) found.push({ before: null, after: other });
      }
    }
    removed = [];
  };
  for (const part of diffArrays(before.split('\n'), after.split('\n'))) {
    if (part.removed) {
      removed = part.value;
      continue;
    }
    flush(part.added ? part.value : []);
    if (!part.added) for (const text of part.value) found.push({ before: text, after: text });
  }
  flush([]);
  return found;
}

/** What became of a text, line by line, and within an edited line word by word. */
export const compare = (before: string, after: string): Line[] =>
  pairs(before, after).map(({ before: one, after: other }) => {
    if (one === other) return { kind: 'same', text: one ?? '' };
    return { kind: 'changed', pieces: piecesOf(one, other) };
  });

/** What became of a line, word by word. */
export function piecesOf(before: string | null, after: string | null): Piece[] {
  if (after === null) return before === null ? [] : [{ kind: 'removed', text: before }];
  if (before === null) return [{ kind: 'added', text: after }];
  return diffArrays(wordsOf(before), wordsOf(after)).map(({ added, removed, value }) => ({
    kind: added ? 'added' : removed ? 'removed' : 'same',
    text: value.join(''),
  }));
}

function areAlike(before: string, after: string): boolean {
  const same = piecesOf(before, after).filter(({ kind }) => kind === 'same');
  const common = same.reduce((sum, { text }) => sum + text.length, 0);
  return common / Math.max(before.length, after.length) >= alike;
}

/** Lines that are shown, and stretches without a change that are folded. */
export type Stretch<T = Line> = { folded: boolean; lines: T[] };

/** Folds what is the same, but for a line or two about each change. */
export function fold<T extends { kind: Line['kind'] }>(lines: T[], around = 2): Stretch<T>[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - around), i + around + 1).some(({ kind }) => kind === 'changed'),
  );
  const stretches: Stretch<T>[] = [];
  for (const [i, line] of lines.entries()) {
    const last = stretches.at(-1);
    if (last && last.folded === !near[i]) last.lines.push(line);
    else stretches.push({ folded: !near[i], lines: [line] });
  }
  // A fold that hides no more than it takes is none.
  return stretches.map((stretch) => (stretch.lines.length < 3 ? { ...stretch, folded: false } : stretch));
}
