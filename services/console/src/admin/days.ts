/** The last span that is read: a notice gives no holiday longer than this. */
const longest = 20;
const dayMs = 86_400_000;
const line = /^(\d{4}-\d{2}-\d{2})(?:\s*(?:至|到|~|－|—|-)\s*(\d{4}-\d{2}-\d{2}))?$/;

/** Days as people write them, a date or a span a line; null when a line can't be read. */
export function daysOf(text: string): string[] | null {
  const days: string[] = [];
  for (const each of text.split('\n').map((part) => part.trim())) {
    if (each === '') continue;
    const [, from, to = from] = line.exec(each) ?? [];
    const [first, last] = [Date.parse(`${from}T00:00:00Z`), Date.parse(`${to}T00:00:00Z`)];
    if (!(last >= first) || last - first > longest * dayMs) return null;
    for (let at = first; at <= last; at += dayMs) days.push(new Date(at).toISOString().slice(0, 10));
  }
  // A day that does not exist is read as another one.
  return days.some((day, i) => days.indexOf(day) !== i) || !wasWritten(text, days) ? null : days;
}

const wasWritten = (text: string, days: readonly string[]) =>
  [...text.matchAll(/\d{4}-\d{2}-\d{2}/g)].every(([day]) => days.includes(day));

/** The same days as few lines. */
export function linesOf(days: readonly string[]): string {
  const spans: [string, string][] = [];
  for (const day of [...days].sort()) {
    const last = spans.at(-1);
    if (last && Date.parse(day) - Date.parse(last[1]) === dayMs) last[1] = day;
    else spans.push([day, day]);
  }
  return spans.map(([from, to]) => (from === to ? from : `${from} - ${to}`)).join('\n');
}
