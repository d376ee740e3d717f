import type { ReactElement } from 'react';

/** A text with the words that were looked for marked in it. */
export function Marked({ text, words }: { text: string; words: string }): ReactElement {
  const wanted = words
    .split(/\s+/u)
    .filter(Boolean)
    .map((word) => word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  if (wanted.length === 0) return <>{text}</>;
  const pieces = text.split(new RegExp(`(${wanted.join('|')})`, 'giu'));
  // Every second piece is one of the words.
  return <>{pieces.map((piece, i) => (i % 2 === 1 ? <mark key={`${String(i)} ${piece}`}>{piece}</mark> : piece))}</>;
}
