import { readFile } from 'node:fs/promises';
import type { Bus } from '@tongsheng/bus';
import { publicKeyFrom, readNote, verifyArchive, verifyLog, type Verified } from '@tongsheng/evidence';
import { Misuse } from '../failure.ts';
import { plainly, signFirst } from './archive.ts';

export type VerifyCommand = { key?: string[]; anchor?: string[]; read?: boolean };

/**
 * A running system, or what was exported into a folder.
 * @throws Failure at the first break, with its position
 */
export async function verifyCommand(
  folder: string | undefined,
  { key = [], anchor = [], read = false }: VerifyCommand,
  onBus: (work: (bus: Bus) => Promise<Verified>) => Promise<Verified>,
  say: (line: string) => void,
): Promise<Verified> {
  const trusted = await keysIn(key);
  const anchors = await Promise.all(anchor.map(anchorIn));
  if (folder !== undefined) return verifyArchive(folder, { trusted, anchors, onProgress: say }).catch(plainly);
  return onBus(async (bus) => {
    await signFirst(bus, say);
    const onProgress = (at: number, end: number) => say(`${at} of ${end}`);
    return verifyLog(bus, { trusted, anchors, read, onProgress }).catch(plainly);
  });
}

/** What was found, for a person: one line that says it, then what it rests on. */
export function describeVerified(found: Verified): string[] {
  const { entries, aggregates, position, checkpoint, keys, unreadable, listSignedAt } = found;
  const said = [`whole: ${entries} entries of ${aggregates} aggregates, up to position ${position}`];
  if (checkpoint) said.push(`signed: up to position ${checkpoint.size}, at ${checkpoint.signedAt}`);
  else said.push('not signed: there is no checkpoint; set CHECKPOINT_KEY_FILE');
  if (listSignedAt) said.push(`list of files: signed at ${listSignedAt}`);
  if (listSignedAt === null) said.push('list of files: not signed; what is public and the files stand under it alone');
  for (const { keyId, algorithm } of keys)
    said.push(`key: ${keyId} (${algorithm}); is it the house's own? --key checks it`);
  if (unreadable.length > 0) said.push(`this release can't read what stands at ${unreadable.join(', ')}`);
  return said;
}

/** The ids of public keys in files. @throws Misuse */
export const keysIn = (files: string[]): Promise<string[]> =>
  Promise.all(
    files.map(async (file) => {
      try {
        return publicKeyFrom(await readFile(file, 'utf8')).keyId;
      } catch (error) {
        throw new Misuse(`--key ${file}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }),
  );

async function anchorIn(file: string) {
  const note = readNote(await readFile(file, 'utf8').catch(() => ''));
  if (!note) throw new Misuse(`--anchor ${file}: it holds no checkpoint; \`log checkpoint\` prints one`);
  return note;
}
