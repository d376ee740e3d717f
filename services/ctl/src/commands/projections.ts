import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '@tongsheng/bus';
import { askProjections, askRebuild, type RunnerStatus } from '@tongsheng/projections';
import { Failure } from '../failure.ts';

/**
 * Has the services build projections again beside the running ones, one after the other, and tells how far each is. The
 * work is theirs, because only they know the folds: interrupting this command does not interrupt it.
 */
export async function rebuildProjections(
  bus: Bus,
  name: string | undefined,
  print: (line: string) => void,
): Promise<void> {
  const found = await askProjections(bus);
  for (const each of chosen(found, name)) {
    const before = new Set(found.filter((one) => one.name === each).map(({ generation }) => generation));
    await askRebuild(bus, each);
    await followRebuild(bus, each, before, print);
  }
}

/** The names to build again. @throws Failure when there is nothing, or not that one. */
export function chosen(found: Pick<RunnerStatus, 'name'>[], name: string | undefined): string[] {
  const names = [...new Set(found.map((each) => each.name))].sort();
  if (names.length === 0)
    throw new Failure('no service that keeps a projection is running; run `npm start`, or name its bus with NATS_URL');
  if (name === undefined) return names;
  if (!names.includes(name)) throw new Failure(`there is no projection ${name}; there are: ${names.join(', ')}`);
  return [name];
}

async function followRebuild(
  bus: Bus,
  name: string,
  before: ReadonlySet<string | null>,
  print: (line: string) => void,
): Promise<void> {
  for (let last = -1; ; await wait(pollMs)) {
    const progress = progressOf(
      (await askProjections(bus, answerMs)).filter((each) => each.name === name),
      before,
    );
    if (progress.state === 'gone')
      throw new Failure(`${name}: the service stopped while it rebuilt; start it and ask again`);
    if (progress.state === 'failed')
      throw new Failure(`${name} was not built again; the log of the service that keeps it says why`);
    if (progress.state === 'done') return print(`${name}: done, at position ${progress.position}`);
    if (progress.percent > last) print(`${name}: ${progress.percent} %`);
    last = Math.max(last, progress.percent);
  }
}

const pollMs = 100;
const answerMs = 250;

export type Progress =
  | { state: 'building'; percent: number }
  | { state: 'done'; position: number }
  | { state: 'failed' }
  | { state: 'gone' };

/** What the processes that keep one projection say together: one builds it, the others follow its new generation. */
export function progressOf(kept: RunnerStatus[], before: ReadonlySet<string | null>): Progress {
  if (kept.length === 0) return { state: 'gone' };
  const building = kept.flatMap(({ rebuilding }) => rebuilding ?? []);
  if (building.length > 0) return { state: 'building', percent: Math.floor(Math.max(...building) * 100) };
  const fresh = kept.filter(({ generation }) => !before.has(generation));
  if (fresh.length === 0) return { state: 'failed' };
  return { state: 'done', position: Math.max(...fresh.map(({ position }) => position)) };
}

/** How far each projection is. */
export const listProjections = async (bus: Bus): Promise<RunnerStatus[]> =>
  (await askProjections(bus)).sort((one, other) => (one.name < other.name ? -1 : 1));
