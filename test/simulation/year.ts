import { Bus, carryOut, Journal, listDeadLetters, replayDeadLetter } from '@tongsheng/bus';
import type { RegistryCommand } from '@tongsheng/contracts';
import { registrations } from '../../services/registry/src/registration.ts';
import { Chance } from './chance.ts';
import { connectTo, noFaults, type Faults } from './connection.ts';
import { countryOf, type Country, type Volume } from './country.ts';
import { People } from './people.ts';
import { Portal } from './portal.ts';
import { processesOf, readModels, type House, type SimulatedProcess } from './processes.ts';
import { SimulatedServer } from './server.ts';
import { VirtualTime } from './time.ts';
import { Upstreams, usualHabits } from './upstreams.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

export type Plan = {
  seed: number;
  days: number;
  platforms: number;
  volume: Volume;
  /** Hours between two deaths of each process, on average, and minutes that it is away. */
  deathEveryHours: number;
  awayMinutes: number;
  /** How long everything is left alone at the end, so that what can be finished is. */
  quietDays: number;
  /** Verified pages are looked at again at these times after publication. */
  rechecks: readonly string[];
  /** A bug is planted in what has just been built. */
  plant?(house: House): void;
  /** Told now and then how far it is. */
  onDay?(day: number, year: Year): void;
};

export type Year = {
  plan: Plan;
  country: Country;
  house: House;
  processes: readonly SimulatedProcess[];
  people: People;
  time: VirtualTime;
  /** When publications and faults ended, in ms since 1970. */
  endedAt: number;
  clockJumps: number;
  modelsLost: number;
};

const network: Faults = {
  slow: 0.03,
  slowMs: 1_500,
  requestLost: 0.0003,
  answerLost: 0.0003,
  crash: 0.00004,
  ackLost: 0.002,
  gap: 0.0005,
};

export const startsAt = '2025-12-31T16:00:00.000Z';
/** A minute at most: what a clock that is kept by NTP is wrong by when it jumps. */
export const clockErrorMs = 60_000;
/** Lives through a plan: first with everything that goes wrong, then some days without, so that all that is owed is done. */
export async function live(plan: Plan): Promise<Year> {
  const chance = new Chance(plan.seed);
  const time = new VirtualTime(startsAt);
  const server = new SimulatedServer(time, chance.of('server').is(0.7));
  const endsAt = time.now + plan.days * dayMs;
  const period = { from: startsAt, to: new Date(endsAt + 60 * dayMs).toISOString() };
  const country = countryOf(plan.platforms, plan.volume, period);
  const faults = { ...network };
  const house: House = {
    server,
    chance,
    faults,
    upstreams: new Upstreams(time, country.columns, chance.of('upstreams'), usualHabits),
    portal: new Portal(server, chance.of('portal')),
    rechecks: plan.rechecks,
    models: readModels(plan.rechecks),
    complaints: new Map(),
  };
  plan.plant?.(house);
  const people = new People(house, country.sites, country.people);
  const processes = processesOf(house, { mean: plan.awayMinutes }, (desk) => (people.desk = desk));
  const year: Year = { plan, country, house, processes, people, time, endedAt: endsAt, clockJumps: 0, modelsLost: 0 };

  await time.run(time.now);
  const registry = registering(server);
  let registered = false;
  time.after(0, () => void register(registry, country).then(() => (registered = true)), null);
  await time.run(time.now + 60_000);
  if (!registered) throw new Error('simulation: the registry was not filled');

  house.portal.troubles = { unreachable: 0.01, tampered: 0.004 };
  for (const process of processes) process.boot();
  house.upstreams.begin();
  people.begin();
  people.onMorning = () => void replayLetters(registry);
  trouble(year);

  for (let day = 1; day <= plan.days; day++) {
    await time.run(Math.min(endsAt, time.now - (time.now % dayMs) + dayMs));
    plan.onDay?.(day, year);
  }
  await time.run(endsAt);
  Object.assign(faults, noFaults);
  house.upstreams.stop();
  house.portal.troubles = { unreachable: 0, tampered: 0 };
  for (const process of processes) process.clockErrorMs = 0;
  people.tireless = true;
  await time.run(endsAt + plan.quietDays * dayMs);
  return year;
}

/** Processes die, clocks jump, Redis is emptied. */
function trouble(year: Year): void {
  const { processes, plan, house, time, endedAt } = year;
  const chance = house.chance.of('trouble');
  const again = (meanMs: number, work: () => void) =>
    time.after(
      chance.wait(meanMs),
      () => {
        if (time.now >= endedAt) return;
        work();
        again(meanMs, work);
      },
      null,
    );
  for (const process of processes) {
    // Most are back in minutes; one in twelve is away for hours.
    again(plan.deathEveryHours * hourMs, () =>
      process.die(process.owner, chance.is(1 / 12) ? chance.wait(2 * hourMs) : undefined),
    );
    again(30 * hourMs, () => {
      year.clockJumps++;
      process.clockErrorMs = chance.between(-clockErrorMs, clockErrorMs);
      time.after(chance.wait(hourMs), () => (process.clockErrorMs = 0), null);
    });
  }
  const keepers = {
    watched: 'verifier',
    deadlines: 'clock',
    waits: 'duty',
    reposts: 'desk',
    compliance: 'desk',
  } as const;
  for (const [name, keeper] of Object.entries(keepers) as [keyof typeof keepers, string][])
    again(plan.days > 60 ? 60 * dayMs : 6 * dayMs, () => {
      year.modelsLost++;
      processes.find((process) => process.name === keeper)!.die();
      house.models[name].lose();
    });
}

/** A connection on which nothing goes wrong: the administrator's. */
function registering(server: SimulatedServer): Bus {
  const owner = { name: 'administrator', alive: true };
  return connectTo({ server, owner, chance: new Chance(1), faults: noFaults, die: () => {} });
}

async function register(bus: Bus, country: Country): Promise<void> {
  const journal = new Journal(bus, 'registry');
  const head = (name: string) => ({
    id: `seed/${name}`,
    at: startsAt,
    actor: { kind: 'service' as const, id: 'registry' },
  });
  const commands: RegistryCommand[] = [
    ...country.sites.map((site) => ({ type: 'site.register' as const, ...head(site.siteId), site })),
    ...country.policies.map((policy) => ({ type: 'policy.register' as const, ...head(policy.policyId), policy })),
    ...country.rules.map((rule) => ({ type: 'rule.register' as const, ...head(rule.ruleId), rule })),
    ...country.chains.map((chain) => ({ type: 'chain.register' as const, ...head(chain.chainId), chain })),
    ...country.people.map((person) => ({ type: 'person.register' as const, ...head(person.personId), person })),
    ...country.shifts.map((shift) => ({ type: 'shift.register' as const, ...head(shift.shiftId), shift })),
    ...country.ladders.map((ladder) => ({ type: 'ladder.register' as const, ...head('ladder'), ladder })),
    ...country.columns.map(({ source }) => ({ type: 'source.register' as const, ...head(source.sourceId), source })),
  ];
  for (const command of commands) await carryOut(journal, registrations[command.type], command);
}

/** What no try could handle is tried again by an administrator, when whatever was wrong is over. */
async function replayLetters(bus: Bus): Promise<void> {
  for (const { position } of await listDeadLetters(bus)) await replayDeadLetter(bus, position).catch(() => {});
}
