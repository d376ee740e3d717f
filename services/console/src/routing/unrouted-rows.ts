import type { ItemRow } from '@tongsheng/contracts';

/** What still waits for a person, due first; of equals, what came first. */
export function waiting<Row extends ItemRow>(rows: readonly Row[]): Row[] {
  return rows
    .filter(({ routing }) => routing?.effect === 'unrouted')
    .sort((a, b) => compare(dueOf(a), dueOf(b)) || compare(a.firstSeenAt, b.firstSeenAt));
}

export const dueOf = ({ routing, firstSeenAt }: ItemRow): string => routing?.routeBy ?? firstSeenAt;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
