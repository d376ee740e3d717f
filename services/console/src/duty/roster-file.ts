import Papa from 'papaparse';
import type { Table } from './roster-import.ts';

/** CSV, or what a spreadsheet puts on the clipboard; the separator is found by itself. */
export const tableOfText = (text: string): Table => Papa.parse<string[]>(text.replace(/^\uFEFF/, '')).data;

/** A roster's file: XLSX, or CSV in UTF-8 or, as Chinese Excel writes it, GB 18030. @throws when it is neither */
export async function tableOfFile(file: File): Promise<Table> {
  if (/\.xlsx$/i.test(file.name)) {
    const { readSheet } = await import('read-excel-file/browser');
    const rows = await readSheet(file);
    // Its types name the constructor where a cell holds a date.
    return rows.map((row) => row.map((cell) => (typeof cell === 'function' ? null : cell)));
  }
  const bytes = await file.arrayBuffer();
  try {
    return tableOfText(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return tableOfText(new TextDecoder('gb18030', { fatal: true }).decode(bytes));
  }
}
