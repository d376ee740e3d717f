/** Where words stand in a text, the leftmost and longest first; none overlaps another. */
export function findWords<E>(
  text: string,
  entries: readonly E[],
  wordOf: (entry: E) => string,
): { start: number; end: number; entry: E }[] {
  const byWord = new Map(entries.map((entry) => [wordOf(entry), entry]));
  // By their first character, the lengths that words have: almost no place of a text has to be looked at twice.
  const lengths = new Map<string, number[]>();
  for (const { 0: first, length } of byWord.keys()) {
    const known = lengths.get(first!) ?? [];
    if (!known.includes(length))
      lengths.set(
        first!,
        [...known, length].sort((a, b) => b - a),
      );
  }
  const found: { start: number; end: number; entry: E }[] = [];
  for (let start = 0; start < text.length; start++) {
    const length = lengths.get(text[start]!)?.find((each) => byWord.has(text.slice(start, start + each)));
    if (length === undefined) continue;
    found.push({ start, end: start + length, entry: byWord.get(text.slice(start, start + length))! });
    start += length - 1;
  }
  return found;
}
