import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '@tongsheng/bus';
import { askProjections, askRebuild, type RunnerStatus } from '@tongsheng/projections';
import { Failure } from '../failure.ts';

/** Builds projections again beside the running ones, and tells how far each is, until all are done. */
export async function rebuildProjections(
  bus: Bus,
  name: string | undefined,
  print: (line: string) => void,
): Promise<void> {
  const found = await askProjections(bus);
  const names = [...new Set(found.map((each) => each.name))].sort();
  const wanted = name === undefined ? names : names.filter((each) => each === name);
  if (names.length === 0)
    throw new Failure('no service that keeps a projection is running; it is built again when it starts');
  if (wanted.length === 0) throw new Failure(`there is no projection ${name}; there are: ${names.join(', ')}`);
  for (const each of wanted) {
    await askRebuild(bus, each);
    await done(bus, each, print);
  }
}

async function done(bus: Bus, name: string, print: (line: string) => void): Promise<void> {
  for (let last = -1; ; await wait(100)) {
    const mine = (await askProjections(bus, 250)).filter((each) => each.name === name);
    if (mine.length === 0)
      throw new Failure(`${name}: the service stopped while it rebuilt; it goes on when it starts again`);
    const building = mine.find(({ rebuilding }) => rebuilding !== null);
    if (!building) return print(`${name}: done, at position ${Math.max(...mine.map(({ position }) => position))}`);
    const percent = Math.floor((building.rebuilding ?? 0) * 100);
    if (percent > last) print(`${name}: ${percent} %`);
    last = Math.max(last, percent);
  }
}

/** How far each projection is. */
export const listProjections = async (bus: Bus): Promise<RunnerStatus[]> =>
  (await askProjections(bus)).sort((one, other) => (one.name < other.name ? -1 : 1));
