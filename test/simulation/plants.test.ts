import { describe, expect, it } from 'vitest';
import { judge, rules, type Rule } from './invariants.ts';
import { plants } from './plants.ts';
import { days } from './sizes.ts';
import { live } from './year.ts';

/** So many pairs of days at most until somebody must notice. */
const mostSeeds = 8;

describe('a planted bug is noticed:', () => {
  it.each(plants)(
    '$bug',
    async ({ plant, breaks }) => {
      const broken = new Set<Rule>();
      for (let seed = 1; seed <= mostSeeds && !breaks.some((rule) => broken.has(rule)); seed++) {
        let undo = () => {};
        try {
          const lived = await live({ ...days, seed, plant: (house) => void (undo = plant(house)) });
          for (const { rule } of judge(lived).findings) broken.add(rule);
          lived.house.server.close();
        } finally {
          undo();
        }
      }
      expect([...broken]).toEqual(expect.arrayContaining([expect.toBeOneOf([...breaks])]));
    },
    300_000,
  );

  it('where there is none, nobody notices anything', async () => {
    const lived = await live({ ...days, seed: 1 });
    expect(judge(lived).findings).toEqual([]);
    lived.house.server.close();
  }, 300_000);

  it('and every rule has one that breaks it', () => {
    const broken = new Set(plants.flatMap(({ breaks }) => breaks));
    expect(Object.keys(rules).filter((rule) => !broken.has(rule as Rule))).toEqual([]);
  });
});
