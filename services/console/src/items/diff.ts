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

/** What became of a text, line by line, and within an edited line word by word. */
export function compare(before: string, after: string): Line[] {
  const lines: Line[] = [];
  let removed: string[] = [];
  const flush = (added: string[]) => {
    for (let i = 0; i < Math.max(removed.length, added.length); i++) lines.push(...edited(removed[i], added[i]));
    removed = [];
  };
  for (const part of diffArrays(before.split('\n'), after.split('\n'))) {
    if (part.removed) {
      removed = part.value;
      continue;
    }
    flush(part.added ? part.value : []);
    if (!part.added) for (const text of part.value) lines.push({ kind: 'same', text });
  }
  flush([]);
  return lines;
}

function edited(before: string | undefined, after: string | undefined): Line[] {
  const removed: Line[] = before ? [{ kind: 'changed', pieces: [{ kind: 'removed', text: before }] }] : [];
  const added: Line[] = after ? [{ kind: 'changed', pieces: [{ kind: 'added', text: after }] }] : [];
  if (!before || !after) return [...removed, ...added];
  const pieces: Piece[] = diffArrays(wordsOf(before), wordsOf(after)).map(
    ({ added: isNew, removed: isOld, value }) => ({
      kind: isNew ? 'added' : isOld ? 'removed' : 'same',
      text: value.join(''),
    }),
  );
  const common = pieces.filter(({ kind }) => kind === 'same').reduce((sum, { text }) => sum + text.length, 0);
  if (common / Math.max(before.length, after.length) < alike) return [...removed, ...added];
  return [{ kind: 'changed', pieces }];
}

/** Lines that are shown, and stretches without a change that are folded. */
export type Stretch = { folded: boolean; lines: Line[] };

/** Folds what is the same, but for a line or two about each change. */
export function fold(lines: Line[], around = 2): Stretch[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - around), i + around + 1).some(({ kind }) => kind === 'changed'),
  );
  const stretches: Stretch[] = [];
  for (const [i, line] of lines.entries()) {
    const last = stretches.at(-1);
    if (last && last.folded === !near[i]) last.lines.push(line);
    else stretches.push({ folded: !near[i], lines: [line] });
  }
  // A fold that hides no more than it takes is none.
  return stretches.map((stretch) => (stretch.lines.length < 3 ? { ...stretch, folded: false } : stretch));
}
