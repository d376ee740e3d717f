import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bus } from '@tongsheng/bus';
import { makeBackup, restoreBackup } from '@tongsheng/evidence';
import { plainly, signFirst } from './archive.ts';

type Say = (line: string) => void;

/** What `npm start` keeps of an installation and nothing can make again, where it is there. */
export const configIn = (home: string): string[] =>
  ['installation.json', 'secrets.key', 'checkpoint.key', 'keys', 'seed.json']
    .map((name) => join(home, name))
    .filter((path) => existsSync(path));

/** @throws Failure when the folder is not empty, a file is not there, or the log is not whole */
export async function backupCommand(
  bus: Bus,
  folder: string,
  { config, now }: { config: readonly string[]; now: string },
  say: Say,
): Promise<string> {
  await signFirst(bus, say);
  const { entries, position } = await makeBackup(bus, folder, { madeAt: now, config, onProgress: say }).catch(plainly);
  if (!config.some((path) => path.endsWith('secrets.key')))
    say('without secrets.key: secrets of channels can’t be read after a restore; take it along with --config');
  return `${folder}: ${entries} entries, up to position ${position}, ${config.length} files of the configuration; it holds secrets`;
}

/** @throws Failure when the backup is not whole, or the server not empty */
export async function restoreBackupCommand(
  bus: Bus,
  folder: string,
  { config, trusted }: { config: string | null; trusted: string[] },
  say: Say,
): Promise<string> {
  const { entries, position } = await restoreBackup(bus, folder, { config, trusted, onProgress: say }).catch(plainly);
  return `restored and whole: ${entries} entries, up to position ${position}; start the services, which build their views from it`;
}
