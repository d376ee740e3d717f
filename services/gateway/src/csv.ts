export type Columns<Row> = readonly (readonly [head: string, cell: (row: Row) => string | null])[];

/** CSV for Chinese Excel: BOM, CRLF, and no cell that a spreadsheet would run. */
export function toCsv<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const lines = [columns.map(([head]) => head), ...rows.map((row) => columns.map(([, cell]) => cell(row) ?? ''))];
  return `\uFEFF${lines.map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

function csvCell(value: string): string {
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return `"${harmless.replaceAll('"', '""')}"`;
}
