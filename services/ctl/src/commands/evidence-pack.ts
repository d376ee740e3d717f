import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { Bus } from '@tongsheng/bus';
import { token } from '@tongsheng/contracts';
import { nameOf, NoPack, packEvidence, type Subject } from '@tongsheng/evidence';
import { Failure, Misuse } from '../failure.ts';
import { plainly } from './archive.ts';

export type PackCommand = { task?: string; site?: string; from?: string; to?: string; out?: string };

const dayMs = 86_400_000;

/** What is asked for. Days are Beijing's, and the last one counts. @throws Misuse */
export function subjectOf({ task, site, from, to }: PackCommand): Subject {
  if (task !== undefined) {
    const [at = '', taskId = ''] = task.split('/');
    if (site !== undefined || from !== undefined || to !== undefined)
      throw new Misuse('--task stands alone: a pack is about a task, or about a time');
    if (!token.safeParse(at).success || !token.safeParse(taskId).success)
      throw new Misuse('--task: <site>/<task>, as the address of its page names them');
    return { kind: 'task', site: at, taskId };
  }
  if (from === undefined || to === undefined)
    throw new Misuse('a pack is about a --task, or --from one day --to another');
  const period = { from: dayOf(from, '--from'), to: dayOf(to, '--to', dayMs) };
  if (period.from >= period.to) throw new Misuse(`--from ${from} is after --to ${to}`);
  if (site === undefined) return { kind: 'period', ...period };
  if (!token.safeParse(site).success) throw new Misuse(`--site: ${site} is no site's id`);
  return { kind: 'site', site, ...period };
}

function dayOf(text: string, option: string, afterMs = 0): string {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00+08:00`) : NaN;
  if (Number.isNaN(at)) throw new Misuse(`${option}: a day is needed, such as 2026-11-23`);
  return new Date(at + afterMs).toISOString();
}

/** Writes a pack to a file that is not there yet. @returns its name. @throws Failure */
export async function packCommand(bus: Bus, about: Subject, out: string | undefined, now: string): Promise<string> {
  const file = out ?? `${nameOf(about)}.tar.gz`;
  const pack = await packEvidence(bus, about, now).catch(saidOf);
  try {
    await pipeline(pack, createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new Failure(`${file} is there already`);
    await rm(file, { force: true });
    return saidOf(error);
  }
  return file;
}

function saidOf(error: unknown): never {
  if (error instanceof NoPack) throw new Failure(error.message);
  return plainly(error);
}
