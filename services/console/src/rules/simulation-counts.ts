import type { Simulation } from '@tongsheng/contracts';

/** What changes, in figures: obligations more and fewer, and items that are decided otherwise. */
export function countsOf(changes: Simulation['changes']) {
  const sum = (count: (change: Simulation['changes'][number]) => number) =>
    changes.reduce((total, change) => total + count(change), 0);
  return {
    gained: sum(({ gained }) => gained.length),
    lost: sum(({ lost }) => lost.length),
    effects: sum(({ before, after }) => Number(before.effect !== after.effect)),
    limits: sum(({ before, after }) => Number(before.effect === after.effect && before.limit !== after.limit)),
  };
}
