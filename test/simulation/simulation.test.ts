import { describe, expect, it } from 'vitest';
import { judge, type Counts } from './invariants.ts';
import { week } from './sizes.ts';
import { live, type Year } from './year.ts';

/** `SIMULATION_SEED=7 npm test -- simulation` lives through one seed again. */
const asked = process.env['SIMULATION_SEED'];
const seeds = asked === undefined ? [1, 2, 3] : [Number(asked)];

const endOf = ({ house: { server, complaints } }: Year) => {
  const { journal, time } = server;
  return [journal.last, journal.at(journal.last).header.get('ce-previoushash'), time.steps, complaints];
};

describe('a week of everything that goes wrong', () => {
  const total: Counts = {};

  it.each(seeds)(
    'leaves no duty forgotten, doubled or moved (seed %i)',
    async (seed) => {
      const lived = await live({ ...week, seed });
      const { findings, counts } = judge(lived);
      lived.house.server.close();
      expect(findings.slice(0, 20), `SIMULATION_SEED=${seed} npm test -- simulation`).toEqual([]);
      for (const { name, deaths } of lived.processes) counts[`deaths of ${name}`] = deaths;
      for (const [what, count] of Object.entries(counts)) total[what] = (total[what] ?? 0) + count;
    },
    300_000,
  );

  it
    .runIf(asked === undefined)
    .each([
      'updates',
      'obligations settled late',
      'late and somebody was called',
      'tasks of several sources',
      'approvals that came second',
      'repost.approval_voided',
      'repost.review_passed',
      'repost.exempted',
      'repost.edited',
      'repost.drifted',
      'withdrawals answered',
      'repost.removed',
      'repost.withdrawn',
      'deaths of ingest',
      'deaths of reposts-1',
      'deaths of reposts-2',
      'deaths of publisher',
      'deaths of verifier',
      'deaths of clock',
      'deaths of duty',
      'deaths of desk',
    ])('saw %s', (what) => {
    expect(total[what] ?? 0).toBeGreaterThan(0);
  });

  it('is the same whenever it is lived through', async () => {
    const plan = { ...week, days: 2, seed: 11 };
    expect(endOf(await live(plan))).toEqual(endOf(await live(plan)));
  }, 300_000);
});
