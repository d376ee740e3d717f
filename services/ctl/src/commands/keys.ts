import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeKeys, renderAccounts } from '@tongsheng/bus';

/**
 * Keys that are there stay; `accounts.conf` is written anew, so that after an upgrade it says what this release needs.
 * @returns what was made, and where it goes
 */
export function writeKeys(folder: string): string {
  const file = join(folder, 'accounts.conf');
  writeFileSync(file, renderAccounts(makeKeys(folder)));
  return [
    `${file}: \`include\` it in nats.conf; it holds no secret`,
    `${folder}/<service>.nk: for that service alone, whose NATS_KEYS names the folder that it lies in`,
    `${folder}/tongsheng.nk: the administrator's, for this command line`,
  ].join('\n');
}
