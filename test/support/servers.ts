import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNats, startRedis, type NatsOptions, type NatsServer, type Server } from '@tongsheng/local';

/** Real servers on ports of their own, in a folder of their own; gone with the test. */
export type Servers = {
  dir: string;
  nats: NatsServer;
  redis: Server;
  /** Kills nats-server and starts it again on the same port and store. */
  restartNats(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** @param more over TLS alone; linked with other deployments */
export async function startServers(more: Pick<NatsOptions, 'tls' | 'links'> = {}): Promise<Servers> {
  const { tls } = more;
  const dir = await mkdtemp(join(tmpdir(), 'tongsheng-test-'));
  const [nats, redis] = await Promise.all([
    startNats({ dir: join(dir, 'nats'), ...more }),
    startRedis({ dir: join(dir, 'redis'), ...(tls && { tls }) }),
  ]);
  const servers: Servers = {
    dir,
    nats,
    redis,
    async restartNats() {
      await servers.nats.kill();
      servers.nats = await startNats({ dir: join(dir, 'nats'), port: servers.nats.port, ...more });
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([servers.nats.kill(), servers.redis.kill()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
  return servers;
}
