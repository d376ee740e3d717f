import { access } from 'node:fs/promises';
import { reasonOf, type Bus } from '@tongsheng/bus';
import {
  BadArchive,
  BrokenLog,
  coverAll,
  exportLog,
  publicPem,
  readCheckpoints,
  restoreLog,
  signedNoteOf,
} from '@tongsheng/evidence';
import { Failure } from '../failure.ts';

type Say = (line: string) => void;

/** Trouble that a person can do something about, in words. */
export function plainly(error: unknown): never {
  throw error instanceof BrokenLog || error instanceof BadArchive ? new Failure(error.message) : error;
}

/** Has the system sign for its whole log, where it can; what can't be signed is said. */
export async function signFirst(bus: Bus, say: Say): Promise<void> {
  await coverAll(bus).catch((error: unknown) => say(`no new checkpoint: ${reasonOf(error)}`));
}

/** @throws Failure when the folder is not empty or the log is not whole */
export async function exportCommand(bus: Bus, folder: string, now: string, say: Say): Promise<string> {
  await signFirst(bus, say);
  const { entries, position } = await exportLog(bus, folder, now, say).catch(plainly);
  return `${folder}: ${entries} entries, up to position ${position}`;
}

/** @throws Failure when the archive is not whole, or the server not empty */
export async function restoreCommand(bus: Bus, folder: string, trusted: string[], say: Say): Promise<string> {
  await access(folder).catch(() => {
    throw new Failure(`there is no folder ${folder}`);
  });
  const { entries, position } = await restoreLog(bus, folder, { trusted, onProgress: say }).catch(plainly);
  return `restored and whole: ${entries} entries, up to position ${position}; start the services, which build their views from it`;
}

/** The newest checkpoint, to be kept elsewhere. @throws Failure when there is none */
export async function checkpointCommand(bus: Bus, say: Say): Promise<string> {
  await signFirst(bus, say);
  const last = (await readCheckpoints(bus)).checkpoints.at(-1);
  if (!last)
    throw new Failure('there is no checkpoint yet: oversight makes them when it has a key (CHECKPOINT_KEY_FILE)');
  return signedNoteOf(last).trimEnd();
}

/** The public keys that checkpoints are verified with, as openssl reads them. */
export async function keysCommand(bus: Bus): Promise<string[]> {
  const { keys } = await readCheckpoints(bus);
  if (keys.length === 0) throw new Failure('no key has signed yet: oversight needs one (CHECKPOINT_KEY_FILE)');
  return keys.map((key) => `# ${key.keyId} ${key.algorithm}\n${publicPem(key).trimEnd()}`);
}
