import type { MatrixView } from '@tongsheng/contracts';
import { shortest } from '../parts/limit.ts';

export type Cell = MatrixView['cells'][number];

/** What a cell says at a glance. */
export type Face = { limit: string | null; narrowed: boolean; said: 'bound' | 'free' | null };

export function faceOf(cell: Cell | undefined): Face {
  const owed = cell?.owed ?? [];
  const effect = cell?.override?.effect;
  return {
    limit: shortest(owed.map(({ limit }) => limit)),
    narrowed: owed.length > 0 && owed.every(({ columns, kinds }) => columns.length > 0 || kinds.length > 0),
    said: effect === 'bound' || effect === 'free' ? effect : null,
  };
}

export const cellKey = (site: string, sourceId: string): string => `${site} ${sourceId}`;

/** Where an arrow key leads in a grid, or null when it is none. */
export function step(
  key: string,
  [row, column]: readonly [number, number],
  [rows, columns]: readonly [number, number],
): [number, number] | null {
  const to: Record<string, [number, number]> = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, columns - 1],
  };
  const found = to[key];
  if (!found) return null;
  return [Math.min(Math.max(found[0], 0), rows - 1), Math.min(Math.max(found[1], 0), columns - 1)];
}

/** CSV for Chinese Excel: BOM, CRLF, and no cell that a spreadsheet would run. */
export const csvOf = (rows: readonly (readonly string[])[]): string =>
  `\uFEFF${rows.map((row) => row.map(csvCell).join(',')).join('\r\n')}\r\n`;

function csvCell(value: string): string {
  const harmless = /^[=+\-@\t\r\n＝＋－＠]/u.test(value) ? `'${value}` : value;
  return `"${harmless.replace(/"/g, '""')}"`;
}
