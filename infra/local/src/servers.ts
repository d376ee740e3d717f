import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  addressOf,
  connectBus,
  ensureNeighbourStreams,
  ensureStreams,
  growStreams,
  linkAccount,
  linkUser,
  makeKeys,
  readSeed,
  renderAccounts,
  type StreamOptions,
  type User,
} from '@tongsheng/bus';
import { Neighbours } from '@tongsheng/contracts';
import { z } from 'zod';

/** A server of ours: where it listens, and how it ends. */
export type Server = {
  url: string;
  port: number;
  pid: number;
  /** Asks it to end and waits. */
  stop(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<void>;
};

/** `url` is the administrator's. */
export type NatsServer = Server & {
  /** Without a user. */
  address: string;
  /** The folder with the key of each user. */
  keys: string;
  urlOf(user: User): string;
};

const program = (variable: string, fallback: string) => process.env[variable] ?? fallback;

/** Servers that were unpacked, not installed, bring their libraries along. */
function environment(): NodeJS.ProcessEnv {
  const libraries = process.env['SERVER_LIBRARY_PATH'];
  return { ...process.env, ...(libraries && { LD_LIBRARY_PATH: libraries }) };
}

/** `nats-server: v2.9.10` → `2.9.10`; `0.0.0` when it can't be started. */
export function serverVersion(name: 'nats-server' | 'redis-server'): string {
  const command = program(name === 'nats-server' ? 'NATS_SERVER' : 'REDIS_SERVER', name);
  const said = spawnSync(command, ['--version'], { encoding: 'utf8', env: environment() }).stdout ?? '';
  return /v?(\d+\.\d+\.\d+)/.exec(said)?.[1] ?? '0.0.0';
}

function launch(command: string, args: string[], log?: 'inherit'): ChildProcess {
  return spawn(command, args, {
    stdio: ['ignore', log ?? 'ignore', log ?? 'ignore'],
    // Ctrl-C in the terminal is for us; the servers end after the services have.
    detached: true,
    env: environment(),
  });
}

function handle(child: ChildProcess, name: string): Omit<Server, 'url' | 'port'> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('error', () => {});
  if (child.pid === undefined) throw new Error(`local: ${name} could not be started; is it installed?`);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
  };
  return { pid: child.pid, ended, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

/**
 * A port that is free on the loopback. It lies below the range that systems take ports from by themselves, so that no
 * outgoing connection takes it before it is used, and processes with neighbouring pids look in different places.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < reservable; tries += 1) {
    const port = lowest + ((process.pid * apart + handedOut) % reservable);
    handedOut += 1;
    // One at a time: the next try is only needed when this one is taken.
    if (await isFree(port)) return port;
  }
  throw new Error(`no port is free between ${lowest} and ${lowest + reservable}`);
}

const lowest = 10_000;
const reservable = 22_000;
const apart = 100;
let handedOut = 0;

/** Whether a port of the loopback can be listened on at this moment. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

/** What a server proves itself with, and the authority that the others believe. Files in PEM. */
export type Certificates = { cert: string; key: string; ca: string };

/** With whom a server is linked: a lower deployment knocks at the upper one. */
export const Links = z.strictObject({
  with: Neighbours,
  /** The port at which others knock, with which passwords, and where they reach it if that is elsewhere: a server tells it on. */
  knocking: z
    .strictObject({
      port: z.int(),
      advertise: z.string().optional(),
      passwords: z.record(z.string(), z.string()),
    })
    .optional(),
  /** `nats-leaf://<us>:<password>@host:port` of each at whose door we knock. */
  knocksAt: z.record(z.string(), z.string()).optional(),
});
export type Links = z.infer<typeof Links>;

export type NatsOptions = {
  /** Holds the configuration and the streams. */
  dir: string;
  port?: number;
  /** Holds the key of each user; made where they are missing. */
  keys?: string;
  tls?: Certificates;
  /** Other deployments, whose servers connect to ours, or ours to theirs. */
  links?: Links;
  /** fsync before every acknowledgement; nats-server 2.10 or newer. */
  syncAlways?: boolean;
};

/** Starts nats-server with JetStream on the loopback, with a user for each service. */
export async function startNats(options: NatsOptions): Promise<NatsServer> {
  const { dir, syncAlways = false, tls, links, keys = join(dir, 'keys') } = options;
  const port = options.port ?? (await freePort());
  await mkdir(dir, { recursive: true });
  const config = `
    listen: "127.0.0.1:${port}"
    max_payload: 4MB
    ports_file_dir: ${JSON.stringify(dir)}
    jetstream { store_dir: ${JSON.stringify(dir)}${syncAlways ? ', sync_interval: always' : ''} }
    ${tls ? `tls { cert_file: ${JSON.stringify(tls.cert)}, key_file: ${JSON.stringify(tls.key)} }` : ''}
    ${leafnodes(links)}
    ${renderAccounts(
      makeKeys(
        keys,
        links?.with.neighbours.map(({ name }) => linkUser(name)),
      ),
      links?.with,
    )}
  `;
  const file = join(dir, 'nats.conf');
  await writeFile(file, config, { mode: 0o600 });
  for (const stale of (await readdir(dir)).filter((name) => name.endsWith('.ports'))) await rm(join(dir, stale));

  const server = handle(launch(program('NATS_SERVER', 'nats-server'), ['-c', file]), 'nats-server');
  // The server writes this file when it listens; no port has to be probed.
  await until(server, 'nats-server', async () => (await readdir(dir)).some((name) => name.endsWith('.ports')));
  const address = `${tls ? 'tls' : 'nats'}://127.0.0.1:${port}`;
  const urlOf = (user: User) => addressOf(address, readSeed(keys, user));
  return { ...server, port, address, keys, url: urlOf('tongsheng'), urlOf };
}

/** Where neighbours knock, with the password of each; or where we knock. */
const leafnodes = (links: Links | undefined): string => {
  if (!links) return '';
  const { knocking, knocksAt } = links;
  const users = Object.entries(knocking?.passwords ?? {}).map(([user, password]) => ({
    user,
    password,
    account: linkAccount(user),
  }));
  const remotes = Object.entries(knocksAt ?? {}).map(([name, url]) => ({ url, account: linkAccount(name) }));
  const parts = {
    ...(knocking && {
      listen: `127.0.0.1:${knocking.port}`,
      ...(knocking.advertise && { advertise: knocking.advertise }),
      authorization: { users },
    }),
    ...(remotes.length > 0 && { reconnect: 1, remotes }),
  };
  return `leafnodes: ${JSON.stringify(parts)}`;
};

/** Makes what the services find, and gives it more room where more is asked for: no service may make or change a stream. @param url the administrator's */
export async function makeStreams(
  url: string,
  options: StreamOptions = {},
  neighbours: readonly string[] = [],
): Promise<void> {
  const bus = await connectBus({ url, name: 'tongsheng-streams' });
  try {
    await ensureStreams(bus, options);
    if (options.maxBytes) await growStreams(bus, options.maxBytes);
    await ensureNeighbourStreams(bus, neighbours, options);
  } finally {
    await bus.close();
  }
}

export type RedisOptions = {
  dir: string;
  port?: number;
  password?: string;
  appendOnly?: boolean;
  tls?: Certificates;
  /** A file with the users of the server, as `tongsheng redis keys` writes it. */
  users?: string;
  /** A `redis.conf` in place of our own settings; what lies where on this machine is still said by us. */
  conf?: string;
};

/** Starts redis-server on the loopback. What it holds may be lost at any moment; the log builds it again. */
export async function startRedis({
  dir,
  port: wanted,
  password,
  tls,
  users,
  conf,
  appendOnly = false,
}: RedisOptions): Promise<Server> {
  const port = wanted ?? (await freePort());
  await mkdir(dir, { recursive: true });
  const pidFile = join(dir, 'redis.pid');
  await rm(pidFile, { force: true });
  const places = {
    bind: '127.0.0.1',
    ...(tls
      ? {
          'tls-port': String(port),
          'tls-cert-file': tls.cert,
          'tls-key-file': tls.key,
          'tls-ca-cert-file': tls.ca,
        }
      : { port: String(port) }),
    dir,
    pidfile: pidFile,
    ...(users && { aclfile: users }),
  };
  const settings = {
    ...(tls && { port: '0', 'tls-auth-clients': 'no' }),
    save: '',
    appendonly: appendOnly ? 'yes' : 'no',
    appendfsync: 'everysec',
    // A site's day of a compliance sheet in one piece: with Redis's own smaller bounds it takes twice the memory.
    'hash-max-listpack-entries': '512',
    'hash-max-listpack-value': '160',
    ...(password && { requirepass: password }),
  };
  const args = Object.entries({ ...places, ...(conf === undefined && settings) }).flatMap(([name, value]) => [
    `--${name}`,
    value,
  ]);
  if (conf !== undefined) {
    const file = join(dir, 'redis.conf');
    await writeFile(file, conf);
    args.unshift(file);
  }
  const server = handle(launch(program('REDIS_SERVER', 'redis-server'), args), 'redis-server');
  await until(server, 'redis-server', async () => (await readFile(pidFile, 'utf8').catch(() => '')) !== '');
  return { ...server, port, url: `${tls ? 'rediss' : 'redis'}://${password ? `:${password}@` : ''}127.0.0.1:${port}` };
}

async function until(server: { ended: Promise<void> }, name: string, ready: () => Promise<boolean>): Promise<void> {
  const gone = server.ended.then(() => 'gone' as const);
  for (let tries = 0; tries < 1_000; tries++) {
    if (await ready()) return;
    if ((await Promise.race([gone, wait(10)])) === 'gone')
      throw new Error(`local: ${name} ended at once; is its port taken?`);
  }
  throw new Error(`local: ${name} did not come up within 10 s`);
}
