import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  makeDurable,
  serverVersion,
  startNats,
  startRedis,
  type NatsOptions,
  type NatsServer,
  type Server,
} from '@tongsheng/local';
import { renderCompose } from '@tongsheng/deploy';
import { makePasswords, renderUsers } from '@tongsheng/projections';

/** Real servers on ports of their own, in a folder of their own; gone with the test. */
export type Servers = {
  dir: string;
  nats: NatsServer;
  redis: Server;
  /** The folder with the password of each user of Redis, and its users.acl. */
  redisKeys: string;
  /** Kills nats-server and starts it again on the same port and store. */
  restartNats(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Each service is a user of Redis as deployments have it. Tests come in as the default user, which deployments have not;
 * over TLS there is none here either, and the server is configured as Compose has it.
 * @param more over TLS alone; linked with other deployments
 * @param store where the log is kept, when it is not to lie among the rest; as durable as `npm start` makes it there
 */
export async function startServers(
  more: Pick<NatsOptions, 'tls' | 'links'> = {},
  store: string | null = null,
): Promise<Servers> {
  const { tls } = more;
  const dir = await mkdtemp(join(tmpdir(), 'tongsheng-test-'));
  const durable = store === null ? {} : { syncAlways: makeDurable(serverVersion('nats-server'), store).syncAlways };
  const log = { dir: store ?? join(dir, 'nats'), ...durable, ...more };
  const redisKeys = join(dir, 'redis-keys');
  makePasswords(redisKeys);
  const users = renderUsers(redisKeys);
  await writeFile(
    usersIn(redisKeys),
    tls ? users : users.replace('user default reset off', 'user default on nopass ~* &* +@all'),
  );
  // Redis looks at once for the folder that a file names.
  const conf = tls && renderCompose()['valkey/valkey.conf']!.replace('dir /data\n', '');
  const [nats, redis] = await Promise.all([
    startNats(log),
    startRedis({ dir: join(dir, 'redis'), users: usersIn(redisKeys), ...(tls && { tls }), ...(conf && { conf }) }),
  ]);
  const servers: Servers = {
    dir,
    nats,
    redis,
    redisKeys,
    async restartNats() {
      await servers.nats.kill();
      servers.nats = await startNats({ ...log, port: servers.nats.port });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([servers.nats.kill(), servers.redis.kill()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
  return servers;
}

export const usersIn = (redisKeys: string): string => join(redisKeys, 'users.acl');
