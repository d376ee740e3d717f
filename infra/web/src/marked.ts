import { Parser } from 'htmlparser2';
import { breaksLine, isUnseen } from './html.ts';

/** A character of the visible text, and where it stands in the HTML; `from` is -1 for a break between blocks. */
type Place = { char: string; from: number; to: number };

const isSpace = ({ char }: Place) => /[\s\u00A0\u3000]/u.test(char);
const lineBreak: Place = { char: '\n', from: -1, to: -1 };

/** The visible text of HTML as `textOf` gives it, character by character, each with its place. */
function placesOf(html: string): Place[] {
  const lines: Place[][] = [[]];
  let hidden = 0;
  const parser = new Parser({
    onopentagname(name) {
      if (isUnseen(name)) hidden++;
      if (breaksLine(name)) lines.push([]);
    },
    ontext(text) {
      if (hidden > 0) return;
      const [from, to] = [parser.startIndex, parser.endIndex + 1];
      // An entity is one character at several places.
      const isPlain = to - from === text.length;
      for (let i = 0; i < text.length; i++) {
        if (text[i] === '\n') lines.push([]);
        else lines.at(-1)!.push({ char: text[i]!, from: isPlain ? from + i : from, to: isPlain ? from + i + 1 : to });
      }
    },
    onclosetag(name) {
      if (isUnseen(name)) hidden--;
      if (breaksLine(name)) lines.push([]);
    },
  });
  parser.end(html);
  return lines
    .map((line) => line.filter((place, i) => !isSpace(place) || (i > 0 && !isSpace(line[i - 1]!))))
    .map((line) => line.map((place) => (isSpace(place) ? { ...place, char: ' ' } : place)))
    .map((line) => (line.at(-1)?.char === ' ' ? line.slice(0, -1) : line))
    .filter((line) => line.length > 0)
    .flatMap((line, i) => (i === 0 ? line : [lineBreak, ...line]));
}

/** HTML in which passages of its visible text (`start` to `end` of what `textOf` gives) stand inside `<mark>`. */
export function markHtml(html: string, passages: readonly { start: number; end: number }[]): string {
  const places = placesOf(html);
  const runs: { from: number; to: number }[] = [];
  let reached = 0;
  for (const { start, end } of [...passages].sort((a, b) => a.start - b.start)) {
    for (const { from, to } of places.slice(Math.max(start, reached), end)) {
      const last = runs.at(-1);
      if (last?.to === from) last.to = to;
      else if (from !== -1) runs.push({ from, to });
    }
    reached = Math.max(reached, end);
  }
  return runs
    .reverse()
    .reduce(
      (marked, { from, to }) => `${marked.slice(0, from)}<mark>${marked.slice(from, to)}</mark>${marked.slice(to)}`,
      html,
    );
}
