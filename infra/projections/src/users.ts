import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rights, type BackOffice, type Rights } from '@tongsheng/contracts';
import { keys } from './projection.ts';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** What a runner and its readers say. */
const ofProjections = words(`
  ping watch unwatch multi exec get set scan unlink publish subscribe
  hget hgetall hmget hset hdel zadd zrem zrange zcount object|encoding
`);
/** What is said of the rest: sessions, rates, turns. What a script calls is checked like what is said. */
const ofTheRest = words(`
  get set del getdel getex incr expire ttl eval time
  sadd srem smembers hset hgetall hdel
`);

/** Of the servers themselves, and of who runs them; none of them reads what is kept. */
const ofServers = {
  /** The administrator: looks how it is, and has the users read again. */
  tongsheng: words(`
    ping info role dbsize latency slowlog memory|doctor memory|stats client|list
    acl|load acl|log acl|whoami
  `),
  /** HAProxy and probes: which is the master. */
  probe: words('ping role'),
  /** A replica at its master: copies everything. */
  replica: words('ping psync replconf'),
  /** Sentinel at those that it watches, by the list of its manual. */
  sentinel: words(`
    ping info role multi exec slaveof replicaof config|rewrite publish subscribe
    client|kill client|setname script|kill
  `),
};

const rightsOf = (service: BackOffice): Rights => rights[service];
const usesRedis = (service: BackOffice) => Boolean(rightsOf(service).projects ?? rightsOf(service).remembers);

/** Services that keep something in Redis. */
export const redisServices = (Object.keys(rights) as BackOffice[]).filter(usesRedis);
/** Every user of the server. */
export const redisUsers: readonly string[] = [...redisServices, ...Object.keys(ofServers)];

/** Where the password of a user lies. */
const passwordFile = (folder: string, user: string) => join(folder, `${user}.redis`);

/** A password for each user, one file each, made where it is missing. A service is given its own file and no other. */
export function makePasswords(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const user of redisUsers) {
    const file = passwordFile(folder, user);
    if (existsSync(file)) continue;
    // Without an end of line: a container may be given it as a variable.
    writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
    chmodSync(file, 0o600);
  }
}

/** @throws when there is no such file, or it is empty */
export function readPassword(folder: string, user: string): string {
  const file = passwordFile(folder, user);
  const password = readFileSync(file, 'utf8').trim();
  if (password === '') throw new Error(`${file} is empty`);
  return password;
}

/**
 * `users.acl` of a server: who may say what about which names. Nobody comes in without a password, of which only the
 * hash stands here.
 */
export function renderUsers(folder: string): string {
  const lines = [
    ...redisServices.map((service) => [service, ...keysOf(rightsOf(service)), ...said(commandsOf(rightsOf(service)))]),
    ...Object.entries(ofServers).map(([user, commands]) => [
      user,
      ...(user === 'sentinel' ? ['&__sentinel__:hello'] : []),
      ...said(commands),
    ]),
  ].map(([user, ...rules]) => {
    const hash = createHash('sha256').update(readPassword(folder, user!)).digest('hex');
    return `user ${user} reset on #${hash} ${rules.join(' ')}`;
  });
  return ['user default reset off', ...lines, ''].join('\n');
}

const keysOf = ({ projects = [], remembers = [] }: Rights): string[] => [
  ...projects.flatMap((name) => [`~${keys.whole(name)}`, `&${keys.changes(name)}`]),
  ...remembers.map((beginning) => `~${beginning}*`),
];
const commandsOf = ({ projects, remembers }: Rights): string[] => [
  ...new Set([...(projects ? ofProjections : []), ...(remembers ? ofTheRest : [])]),
];
const said = (commands: readonly string[]) => commands.map((command) => `+${command}`);
