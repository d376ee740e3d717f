import { useEffect, useState } from 'react';
import { useShortcuts } from '../keys.ts';

/** The row of a table that the keys J, K and Enter mean; until one is pressed, the one where they begin. */
export function useRowKeys(count: number, open: (index: number) => void, begin = 0): number {
  const [moved, setAt] = useState<number | null>(null);
  const at = moved ?? begin;
  const chosen = Math.max(0, Math.min(at, count - 1));
  const go = (step: number) => setAt(Math.min(Math.max(chosen + step, 0), count - 1));
  useShortcuts([
    { keys: ['j', 'ArrowDown'], says: 'keys.down', group: 'keys.list', run: () => go(1), repeats: true },
    { keys: ['k', 'ArrowUp'], says: 'keys.up', group: 'keys.list', run: () => go(-1), repeats: true },
    { keys: ['Enter'], says: 'keys.enter', group: 'keys.list', run: () => chosen < count && open(chosen) },
  ]);
  useEffect(() => {
    // Where one begins nothing has to move.
    if (at > 0) document.querySelector('tr[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [at]);
  return chosen;
}
