import { mkdtemp, rm } from 'node:fs/promises';
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

/** Real servers on ports of their own, in a folder of their own; gone with the test. */
export type Servers = {
  dir: string;
  nats: NatsServer;
  redis: Server;
  /** Kills nats-server and starts it again on the same port and store. */
  restartNats(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
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
  const [nats, redis] = await Promise.all([
    startNats(log),
    startRedis({ dir: join(dir, 'redis'), ...(tls && { tls }) }),
  ]);
  const servers: Servers = {
    dir,
    nats,
    redis,
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
