// What stands still, is slow or says no for a while, and comes back: a service (longer than the log waits for it, so that another
// process of it takes over, and it wakes into a world that went on), the log itself, and Redis in every way in which it can be ill.
// Judged from the log and from outside. Longer by STALL_SECONDS (12); among all other faults by `npx tongsheng bench soak`.
import { countDeadLetters } from '@tongsheng/bus';
import { until } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { faults, type FaultKind } from '../support/house-faults.ts';
import { startHouse, type House } from '../support/house.ts';

const stillMs = Number(process.env['STALL_SECONDS'] ?? 12) * 1_000;
let house: House;

beforeAll(async () => {
  house = await startHouse({ disk: null, stillMs: stillMs / 2, unwellMs: 2_000, itemMs: 1_000, releaseMs: 3_000 });
  // Whoever stands still is not alone.
  for (const service of ['reposts', 'delivery', 'releases'] as const) await house.system.startAnother(service, {});
});
afterAll(() => house?.[Symbol.asyncDispose]());

const one = () => 0.5;
const goesOn = async (): Promise<void> => {
  const { size } = house.people.told;
  await until(() => expect(house.people.told.size).toBeGreaterThan(size));
};
async function each(kinds: readonly FaultKind[]): Promise<void> {
  for (const kind of kinds) {
    await faults[kind](house, one);
    await goesOn();
  }
}
const stands = async (service: 'reposts' | 'delivery' | 'releases'): Promise<void> => {
  const pid = house.system.pidOf(service)!;
  process.kill(pid, 'SIGSTOP');
  await new Promise((resolve) => setTimeout(resolve, stillMs));
  process.kill(pid, 'SIGCONT');
};

it('nothing is lost, done twice or buried, whoever stood still meanwhile, and Redis was ill all the time', async () => {
  await goesOn();
  await Promise.all([
    ...(['reposts', 'delivery', 'releases'] as const).map(stands),
    each(['Redis slow', 'Redis read-only', 'Redis full', 'Redis emptied']),
  ]);
  await Promise.all([each(['log stopped']), each(['Redis stopped'])]);
  await house.rest(120_000);
  expect(await house.judge(true)).toEqual([]);
  expect(await countDeadLetters(house.bus)).toBe(0);
}, 300_000);
