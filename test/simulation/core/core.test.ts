import { describe, expect, it } from 'vitest';
import { promises } from '../../support/promises.ts';
import { judged, liveHistory, type History, type Plant } from './history.ts';
import { corePlants } from './plants.ts';

/** `SIMULATION_HISTORY=7 npm test -- core` lives through one again; `npx tongsheng bench histories` through very many. */
const { SIMULATION_HISTORY: one } = process.env;
const seeds = one === undefined ? { from: 1, count: 300 } : { from: Number(one), count: 1 };

const endOf = ({ world }: History) => [
  world.now,
  world.steps,
  world.log.map(({ subject, events }) => [subject, events]),
];

it('whatever goes wrong in a small house, every promise is kept', { timeout: 600_000 }, () => {
  const seen = new Map<string, number>();
  const saw = (what: string, count = 1) => seen.set(what, (seen.get(what) ?? 0) + count);
  const broken: string[] = [];
  for (let seed = seeds.from; seed < seeds.from + seeds.count && broken.length < 20; seed++) {
    const history = liveHistory(seed);
    for (const { promise, about, wrong } of judged(history))
      broken.push(`SIMULATION_HISTORY=${seed} npm test -- core: ${promise}: ${about} ${wrong}`);
    saw('entries', history.world.log.length);
    for (const { deaths } of history.processes) saw('deaths', deaths);
    for (const { events } of history.world.log) for (const event of events) saw(event.type);
  }
  expect(broken).toEqual([]);
  if (one !== undefined) return;
  for (const what of mustBeSeen) expect(seen.get(what) ?? 0, what).toBeGreaterThan(0);
});

/** A history in which these never happen would show nothing. */
const mustBeSeen = [
  'deaths',
  'delivery.attempted',
  'delivery.answered',
  'delivery.probed',
  'delivery.resolved',
  'delivery.halted',
  'delivery.cancelled',
  'delivery.prepared',
  'delivery.committed',
  'linked.committed',
  'linked.opened',
  'linked.stopped',
  'linked.cancelled',
  'repost.approved',
  'repost.published',
  'repost.verified',
  'repost.warned',
];

it('the same seed is the same history', () => {
  for (const seed of [3, 4, 5]) expect(endOf(liveHistory(seed))).toEqual(endOf(liveHistory(seed)));
});

describe('a planted bug breaks a promise:', () => {
  it.each(corePlants)('$bug', { timeout: 120_000 }, ({ plant, breaks }) => {
    expect(breaksWith(plant, breaks)).toEqual(expect.arrayContaining([expect.toBeOneOf([...breaks])]));
  });

  it('and every promise has one that breaks it', () => {
    const broken = new Set(corePlants.flatMap(({ breaks }) => breaks));
    expect(Object.keys(promises).filter((each) => !broken.has(each as keyof typeof promises))).toEqual([]);
  });
});

/** At most so many histories until somebody must notice. */
const mostSeeds = 20_000;

function breaksWith(plant: Plant, breaks: readonly string[]): string[] {
  const found = new Set<string>();
  for (let seed = 1; seed <= mostSeeds && !breaks.some((each) => found.has(each)); seed++) {
    let undo = () => {};
    try {
      const history = liveHistory(seed, (house) => void (undo = plant(house)));
      for (const { promise } of judged(history)) found.add(promise);
    } finally {
      undo();
    }
  }
  return [...found];
}
