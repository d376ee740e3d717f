import { setTimeout as wait } from 'node:timers/promises';
import { connectBus, growStreams, type Bus } from '@tongsheng/bus';
import { streams } from '@tongsheng/contracts';
import { makeDurable, serverVersion, startNats, startRedis } from '@tongsheng/local';
import { createRedis, type Redis } from '@tongsheng/projections';
import type { House } from './house.ts';
import { usersIn } from './servers.ts';
import { allServices, type ServiceName } from './system.ts';
import { until } from './until.ts';

export type Random = () => number;
/** Strikes and heals: when it resolves, everything runs again. */
type Fault = (house: House, random: Random) => Promise<void>;

const room = 512 * 2 ** 20;
const ballastLeft = 64 * 1_024;
/** How long a slow Redis takes for everything, in ms. */
const slowMs = 200;
/** Somewhere between two entries, and two calls, of whatever is being done. */
async function anyMoment({ entries }: House, random: Random): Promise<void> {
  await entries(1 + Math.floor(random() * 12));
  await wait(random() * 15);
}

const oneOf = <T>(all: readonly T[], random: Random): T => all[Math.floor(random() * all.length)]!;

/** Starts a service again until it stays, as a supervisor does. */
async function up({ system, down }: House, service: ServiceName): Promise<void> {
  await until(() => system.start(service), 120_000);
  down.delete(service);
}

async function kill(house: House, services: readonly ServiceName[]): Promise<void> {
  for (const service of services) house.down.add(service);
  await Promise.all(services.map((service) => house.system.kill(service)));
}

async function startLog({ system: { servers }, disk }: House): Promise<void> {
  const { keys, port } = servers.nats;
  const dir = disk?.path ?? `${servers.dir}/nats`;
  const { syncAlways } = makeDurable(serverVersion('nats-server'), dir);
  servers.nats = await startNats({ dir, port, keys, syncAlways });
}

async function startRedisAgain({ system: { servers } }: House): Promise<void> {
  const { dir, redisKeys, redis } = servers;
  servers.redis = await startRedis({ dir: `${dir}/redis`, port: redis.port, users: usersIn(redisKeys) });
}

async function freeze(pid: number, ms: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await wait(ms);
  process.kill(pid, 'SIGCONT');
}

async function withRedis(house: House, work: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = createRedis(house.system.servers.redis.url, () => {});
  await redis.connect();
  try {
    await work(redis);
  } finally {
    redis.destroy();
  }
}

async function withBus(house: House, work: (bus: Bus) => Promise<unknown>): Promise<void> {
  const bus = await connectBus({ url: house.system.servers.nats.url, name: 'soak' });
  try {
    await work(bus);
  } finally {
    await bus.nc.close();
  }
}

export const faults = {
  'service killed': async (house, random) => {
    const service = oneOf(allServices, random);
    await anyMoment(house, random);
    await kill(house, [service]);
    await up(house, service);
  },
  'all services killed': async (house, random) => {
    await anyMoment(house, random);
    await kill(house, allServices);
    await Promise.all(allServices.map((service) => up(house, service)));
  },
  'service stopped': async (house, random) => {
    const pid = house.system.pidOf(oneOf(allServices, random));
    await anyMoment(house, random);
    if (pid !== null) await freeze(pid, house.stillMs);
  },
  'log killed': async (house, random) => {
    await anyMoment(house, random);
    await house.system.servers.nats.kill();
    await startLog(house);
  },
  'log stopped': async (house, random) => {
    await anyMoment(house, random);
    await freeze(house.system.servers.nats.pid, house.stillMs);
  },
  'Redis killed': async (house, random) => {
    await anyMoment(house, random);
    await house.system.servers.redis.kill();
    await wait(random() * 3_000);
    await startRedisAgain(house);
  },
  'Redis emptied': (house) => withRedis(house, (redis) => redis.flushAll()),
  'Redis stopped': (house) => freeze(house.system.servers.redis.pid, house.stillMs),
  'Redis slow': (house) =>
    withRedis(house, async (redis) => {
      for (let n = 0; n < house.unwellMs / slowMs; n++) {
        await redis.sendCommand(['CLIENT', 'PAUSE', String(slowMs), 'ALL']);
        await wait(20);
      }
    }),
  'Redis read-only': (house) =>
    withRedis(house, async (redis) => {
      await redis.sendCommand(['REPLICAOF', '127.0.0.1', '1']);
      await wait(house.unwellMs);
      await redis.sendCommand(['REPLICAOF', 'NO', 'ONE']);
    }),
  'Redis full': (house) =>
    withRedis(house, async (redis) => {
      await redis.configSet({ 'maxmemory-policy': 'noeviction', maxmemory: '1mb' });
      await wait(house.unwellMs);
      await redis.configSet({ maxmemory: '0' });
    }),
  /** The log's own fuse has blown: it says no, and goes on when it is given more. */
  'log full': (house) =>
    withBus(house, async (bus) => {
      // Were it less than what is there, the server would forget the oldest.
      const { state } = await bus.jsm.streams.info(streams.journal);
      const limit = state.bytes + 100_000;
      await bus.jsm.streams.update(streams.journal, { max_bytes: limit });
      await until(async () => {
        const { bytes } = (await bus.jsm.streams.info(streams.journal)).state;
        if (bytes < limit - 2_000) throw new Error('not full yet');
      }).catch(() => {});
      await wait(house.unwellMs);
      await growStreams(bus, room);
    }),
  /** As its runbook says: 2.9 freezes, or refuses one stream or another until it is started again, and does not hear SIGTERM. */
  'disk full': async (house, random) => {
    await house.disk!.fill(ballastLeft);
    await wait(house.unwellMs * (1 + random()));
    house.disk!.clear();
    await house.system.servers.nats.kill();
    await startLog(house);
  },
  /** The log's machine and all that ran on it: what had not reached the disk is gone. */
  'power cut': async (house, random) => {
    await anyMoment(house, random);
    const { servers } = house.system;
    process.kill(servers.nats.pid, 'SIGSTOP');
    await kill(house, allServices);
    house.disk!.snapshot();
    await Promise.all([servers.nats.kill(), servers.redis.kill()]);
    house.disk!.restore();
    await Promise.all([startLog(house), startRedisAgain(house)]);
    // What was set of a stream last may not have reached the disk: the fuse of a log that had been full is back.
    await withBus(house, (bus) => growStreams(bus, room));
    await Promise.all(allServices.map((service) => up(house, service)));
  },
} as const satisfies Record<string, Fault>;
export type FaultKind = keyof typeof faults;
export const needsDisk: ReadonlySet<FaultKind> = new Set(['disk full', 'power cut']);
