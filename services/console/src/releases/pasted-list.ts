import { checkKinds, type Checklist, type CheckKind } from '@tongsheng/contracts';

export type Pasted = { entries: Checklist['entries']; wrong: { line: number; text: string }[] };

/** What severities are called in the lists of offices. */
const severities: Record<string, string> = { 禁用: 'block', 提示: 'warn' };

/** Entries as people paste them from a table or a CSV file: one a line, the cells by tab or comma; nothing is dropped silently. */
export function readPasted(kind: CheckKind, pasted: string): Pasted {
  const { columns, entry } = checkKinds[kind];
  const entries: unknown[] = [];
  const wrong: Pasted['wrong'] = [];
  for (const [i, line] of pasted
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    if (line.trim() === '') continue;
    const cells = cellsOf(line);
    const fields = columns.flatMap((name, at) => {
      const cell = cells[at]?.trim() ?? '';
      return cell === '' ? [] : [[name, name === 'severity' ? (severities[cell] ?? cell) : cell]];
    });
    const read = entry.safeParse(Object.fromEntries(fields));
    if (read.success) entries.push(read.data);
    else wrong.push({ line: i + 1, text: line.trim().slice(0, 80) });
  }
  return { entries: entries as Checklist['entries'], wrong };
}

/** A line of a table: by tabs where it has any, else by commas; a cell in quotes may hold either. */
function cellsOf(line: string): string[] {
  if (line.includes('\t')) return line.split('\t');
  return [...line.matchAll(/(?:^|[,，])(?:"((?:[^"]|"")*)"|([^,，]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

/** The same the other way round, for the field in which a list is edited and for its file. */
export function writeList({ kind, entries }: Pick<Checklist, 'kind' | 'entries'>, separator = '\t'): string {
  const words = Object.fromEntries(Object.entries(severities).map(([word, code]) => [code, word]));
  const cell = (name: string, value: unknown) => {
    const text = name === 'severity' ? (words[String(value)] ?? String(value)) : String(value ?? '');
    return separator === ',' && /[",，\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return entries
    .map((entry) =>
      checkKinds[kind].columns.map((name) => cell(name, (entry as Record<string, unknown>)[name])).join(separator),
    )
    .join('\n');
}
