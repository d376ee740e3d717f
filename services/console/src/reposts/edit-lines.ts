import type { Block, EditedText } from './blocks.ts';

/** A line on the screen: one of the text (`id`), or a new one after such a line. */
export type Line = {
  key: string;
  id: number | null;
  after: number;
  kind: Block['kind'];
  was: string;
  words: string;
  gone: boolean;
};

export const linesOf = (blocks: readonly Block[]): Line[] =>
  blocks.map(({ id, kind, words }) => ({
    key: String(id),
    id,
    after: id,
    kind,
    was: words,
    words,
    gone: false,
  }));

export const isChanged = (lines: readonly Line[]): boolean =>
  lines.some(({ id, was, words, gone }) => (id === null ? words.trim() !== '' : gone || words !== was));

/** A new line after another one, with the place in the text that it belongs to. */
export function withLineAfter(lines: readonly Line[], at: number, key: string): Line[] {
  const { after, kind } = lines[at]!;
  const line: Line = { key, id: null, after, kind: kind === 'item' ? 'item' : 'text', was: '', words: '', gone: false };
  return [...lines.slice(0, at + 1), line, ...lines.slice(at + 1)];
}

/** The HTML of a text with what the lines say; `text` is freshly opened. */
export function written(text: EditedText, lines: readonly Line[]): string {
  // From the last one on, because each goes directly behind its line; and before that line may be taken out.
  for (const { id, after, words } of [...lines].reverse()) if (id === null) text.add(after, words);
  for (const { id, was, words, gone } of lines) if (id !== null && !gone && words !== was) text.write(id, words);
  for (const { id, gone } of lines) if (id !== null && gone) text.remove(id);
  return text.html;
}
