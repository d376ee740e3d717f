import { readFile } from 'node:fs/promises';
import { reasonOf, type Bus } from '@tongsheng/bus';
import { BrokenLog, coverAll, publicKeyFrom, readNote, verifyLog, type Verified } from '@tongsheng/evidence';
import { Failure, Misuse } from '../failure.ts';

export type VerifyCommand = { key?: string[]; anchor?: string[]; read?: boolean };

/** @throws Failure at the first break, with its position */
export async function verifyCommand(
  { key = [], anchor = [], read = false }: VerifyCommand,
  onBus: (work: (bus: Bus) => Promise<Verified>) => Promise<Verified>,
  say: (line: string) => void,
): Promise<Verified> {
  const trusted = await Promise.all(key.map(keyIn));
  const anchors = await Promise.all(anchor.map(anchorIn));
  const options = { trusted, anchors, read, onProgress: (at: number, end: number) => say(`${at} of ${end}`) };
  try {
    return await onBus(async (bus) => {
      await coverAll(bus).catch((error: unknown) => say(`no new checkpoint: ${reasonOf(error)}`));
      return verifyLog(bus, options);
    });
  } catch (error) {
    throw error instanceof BrokenLog ? new Failure(error.message) : error;
  }
}

/** What was found, for a person: one line that says it, then what it rests on. */
export function describeVerified({ entries, aggregates, position, checkpoint, keys, unreadable }: Verified): string[] {
  const said = [`whole: ${entries} entries of ${aggregates} aggregates, up to position ${position}`];
  if (checkpoint) said.push(`signed: up to position ${checkpoint.size}, at ${checkpoint.signedAt}`);
  else said.push('not signed: there is no checkpoint; set CHECKPOINT_KEY_FILE');
  for (const { keyId, algorithm } of keys)
    said.push(`key: ${keyId} (${algorithm}); is it the house's own? --key checks it`);
  if (unreadable.length > 0) said.push(`this release can't read what stands at ${unreadable.join(', ')}`);
  return said;
}

async function keyIn(file: string): Promise<string> {
  try {
    return publicKeyFrom(await readFile(file, 'utf8')).keyId;
  } catch (error) {
    throw new Misuse(`--key ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function anchorIn(file: string) {
  const note = readNote(await readFile(file, 'utf8').catch(() => ''));
  if (!note) throw new Misuse(`--anchor ${file}: it holds no checkpoint; \`log checkpoint\` prints one`);
  return note;
}
