import type { ItemKind, MatrixView } from '@tongsheng/contracts';
import { shortest } from '../parts/limit.ts';

/** What an item is, as far as obligations are narrowed by it. */
export type Sort = { columns: readonly string[]; kind: ItemKind | null };

/** The sites that the obligation policies would bind to an item on their websites, and the strictest of their limits. */
export function presetOf(cells: MatrixView['cells'], { columns, kind }: Sort): { sites: string[]; limit: string } {
  const bound = cells
    .map(({ site, owed }) => ({
      site,
      limits: owed
        .filter(
          (each) =>
            each.target === 'site' &&
            (each.columns.length === 0 || each.columns.some((column) => columns.includes(column))) &&
            (each.kinds.length === 0 || (kind !== null && each.kinds.includes(kind))),
        )
        .map(({ limit }) => limit),
    }))
    .filter(({ limits }) => limits.length > 0);
  return { sites: bound.map(({ site }) => site), limit: shortest(bound.flatMap(({ limits }) => limits)) ?? 'PT12H' };
}
