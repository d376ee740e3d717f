import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkUser, makeKeys, renderAccounts } from '@tongsheng/bus';
import type { Neighbours } from '@tongsheng/contracts';
import { linksConf } from '@tongsheng/deploy';
import { makePasswords, redisServices, renderUsers } from '@tongsheng/projections';

/**
 * Keys that are there stay, and so does `links.conf`; `accounts.conf` is written anew, so that after an upgrade it says what
 * this release needs.
 * @returns what was made, and where it goes
 */
export function writeKeys(folder: string, neighbours: Neighbours | undefined): string {
  const file = join(folder, 'accounts.conf');
  const linksFile = join(folder, 'links.conf');
  const links = neighbours?.neighbours.map(({ name }) => linkUser(name)) ?? [];
  writeFileSync(file, renderAccounts(makeKeys(folder, links), neighbours));
  if (!existsSync(linksFile)) writeFileSync(linksFile, linksConf, { mode: 0o600 });
  return [
    `${file}: \`include\` it in nats.conf; it holds no secret`,
    `${linksFile}: \`include\` it, too; linked with others, it holds passwords`,
    `${folder}/<service>.nk: for that service alone, whose NATS_KEYS names the folder that it lies in`,
    ...links.map((user) => `${folder}/${user}.nk: for the service exchange, beside its own`),
    `${folder}/tongsheng.nk: the administrator's, for this command line`,
  ].join('\n');
}

/**
 * Passwords that are there stay; `users.acl` is written anew, so that after an upgrade it says what this release needs.
 * @returns what was made, and where it goes
 */
export function writePasswords(folder: string): string {
  const file = join(folder, 'users.acl');
  makePasswords(folder);
  writeFileSync(file, renderUsers(folder), { mode: 0o600 });
  return [
    `${file}: the \`aclfile\` of redis.conf; it holds the hashes of the passwords`,
    `${folder}/<service>.redis: for that service alone (${redisServices.join(', ')}), whose REDIS_KEYS names the folder that it lies in`,
    `${folder}/{probe,replica,sentinel}.redis: for the servers, where there are several`,
    `${folder}/tongsheng.redis: the administrator's, for redis-cli`,
  ].join('\n');
}
