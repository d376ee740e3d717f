import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nkeys } from 'nats';
import { users, type Keys } from './accounts.ts';

const encoder = new TextEncoder();

/** A user's secret key as the client signs with it, `SU…`. */
export const isSeed = (text: string): boolean => /^SU[A-Z2-7]{56}$/.test(text);

/**
 * The keys of all users, one file each, made where they are missing. A service is given its own file and no other.
 * @param others users that not every deployment has
 * @returns the public ones
 */
export function makeKeys(folder: string, others: readonly string[] = []): Keys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const made = [...users, ...others].map((user): [string, string] => {
    const file = keyFile(folder, user);
    if (!existsSync(file)) {
      writeFileSync(file, `${new TextDecoder().decode(nkeys.createUser().getSeed())}\n`, { mode: 0o600 });
      chmodSync(file, 0o600);
    }
    return [user, nkeys.fromSeed(encoder.encode(readSeed(folder, user))).getPublicKey()];
  });
  return Object.fromEntries(made) as Keys;
}

export const keyFile = (folder: string, user: string): string => join(folder, `${user}.nk`);

/** @throws when there is no such file, or it holds something else */
export function readSeed(folder: string, user: string): string {
  const file = keyFile(folder, user);
  const seed = readFileSync(file, 'utf8').trim();
  if (!isSeed(seed)) throw new Error(`bus: ${file} holds no key of a user (it begins with SU)`);
  return seed;
}

/** An address that signs with a user's key. */
export const addressOf = (place: string, seed: string): string => place.replace('://', `://${seed}@`);
