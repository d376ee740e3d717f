import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Refusal } from '@tongsheng/contracts';
import { verifyArchive } from './archive.ts';

const dayMs = 86_400_000;

/** The longest half-year: logs are kept for six months by law (网络安全法; 税总发〔2017〕84号). */
export const leastDays = 184;

/**
 * Whether what was archived may be deleted.
 * @param keepDays how long the house keeps it; never less than the law wants
 * @throws Refusal retention_not_over
 */
export function mustBeOver(archivedAt: string, now: string, keepDays: number): void {
  if (keepDays < leastDays)
    throw new Refusal('retention_not_over', `logs are kept for at least ${leastDays} days, not ${keepDays}`);
  const until = Date.parse(archivedAt) + keepDays * dayMs;
  if (Date.parse(now) < until) {
    const day = new Date(until).toISOString();
    throw new Refusal('retention_not_over', `it holds entries of ${archivedAt}; they are kept until ${day}`, {
      until: day,
    });
  }
}

/**
 * Deletes an archive whose time is over. In the running journal nothing can be deleted at all.
 * @throws Refusal retention_not_over; BadArchive or BrokenLog when it is not what was archived: a date in it may be false
 */
export async function discardArchive(folder: string, now: string, keepDays: number): Promise<void> {
  await verifyArchive(folder);
  // What it holds is no younger than the archive.
  const { madeAt } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as { madeAt: string };
  mustBeOver(madeAt, now, keepDays);
  await rm(folder, { recursive: true });
}
