import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkUser, makeKeys, renderAccounts } from '@tongsheng/bus';
import type { Neighbours } from '@tongsheng/contracts';

/**
 * Keys that are there stay; `accounts.conf` is written anew, so that after an upgrade it says what this release needs.
 * @returns what was made, and where it goes
 */
export function writeKeys(folder: string, neighbours: Neighbours | undefined): string {
  const file = join(folder, 'accounts.conf');
  const links = neighbours?.neighbours.map(({ name }) => linkUser(name)) ?? [];
  writeFileSync(file, renderAccounts(makeKeys(folder, links), neighbours));
  return [
    `${file}: \`include\` it in nats.conf; it holds no secret`,
    `${folder}/<service>.nk: for that service alone, whose NATS_KEYS names the folder that it lies in`,
    ...links.map((user) => `${folder}/${user}.nk: for the service exchange, beside its own`),
    `${folder}/tongsheng.nk: the administrator's, for this command line`,
  ].join('\n');
}
