import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeKinds } from '@tongsheng/fakes';
import { z } from 'zod';
import { freePort } from './servers.ts';

/** The services of the back office, and the processes that `npm start` runs: all of them in one, or each in its own. */
export const back = ['registry', 'ingest', 'reposts', 'clock', 'releases', 'delivery', 'oversight', 'duty', 'gateway'];
const processes = ['back', ...back, 'exchange', 'portal'];

const Installation = z.object({
  ports: z.object({
    nats: z.number(),
    redis: z.number(),
    upstreams: z.number(),
    smtp: z.number(),
    newsroom: z.number(),
    /** Not in installations from before it existed. */
    ingest: z.number().optional(),
    delivery: z.number().optional(),
    releases: z.number().optional(),
    /** Of the fakes, by kind. */
    fakes: z.record(z.string(), z.number()).default({}),
    /** Where the processes tell their metrics and health, by name. */
    operations: z.record(z.string(), z.number()).default({}),
  }),
  passwords: z.object({ redis: z.string() }),
  webhookSecret: z.string(),
});
export type Installation = z.infer<typeof Installation>;

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivate(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** Ports and passwords of this installation, chosen at its first start and kept. */
export async function openInstallation(home: string): Promise<Installation> {
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const file = join(home, 'installation.json');
  if (existsSync(file)) {
    const kept = Installation.parse(JSON.parse(readFileSync(file, 'utf8')));
    const ingest = kept.ports.ingest ?? (await freePort());
    const delivery = kept.ports.delivery ?? (await freePort());
    const releases = kept.ports.releases ?? (await freePort());
    const fakes = await portsOf(fakeKinds, kept.ports.fakes);
    const operations = await portsOf(processes, kept.ports.operations);
    const whole = { ...kept, ports: { ...kept.ports, ingest, delivery, releases, fakes, operations } };
    writePrivate(file, whole);
    return whole;
  }
  const secret = () => randomBytes(18).toString('base64url');
  const [nats, redis, upstreams, smtp, newsroom, ingest, delivery, releases] = await Promise.all(
    Array.from({ length: 8 }, freePort),
  );
  const installation: Installation = {
    ports: {
      nats: nats!,
      redis: redis!,
      upstreams: upstreams!,
      smtp: smtp!,
      newsroom: newsroom!,
      ingest,
      delivery,
      releases,
      fakes: await portsOf(fakeKinds),
      operations: await portsOf(processes),
    },
    passwords: { redis: secret() },
    webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
  };
  writePrivate(file, installation);
  return installation;
}

/** A port for each, that stays: channels are registered with the addresses of fakes, and Prometheus is told where to look. */
const portsOf = async (names: readonly string[], kept: Record<string, number> = {}): Promise<Record<string, number>> =>
  Object.fromEntries(await Promise.all(names.map(async (name) => [name, kept[name] ?? (await freePort())] as const)));

/** The key that secrets of channels are encrypted with: made at the first start, unless one is configured. */
export function secretsKey(home: string, environment: NodeJS.ProcessEnv): { SECRETS_KEY_FILE?: string } {
  if (environment['SECRETS_KEYS'] || environment['SECRETS_KEY_FILE']) return {};
  const file = join(home, 'secrets.key');
  if (!existsSync(file)) writeFileSync(file, `k1:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  return { SECRETS_KEY_FILE: file };
}

/** The key that checkpoints of the log are signed with: made at the first start, unless one is configured. */
export function checkpointKey(home: string, environment: NodeJS.ProcessEnv): { CHECKPOINT_KEY_FILE?: string } {
  if (environment['CHECKPOINT_KEY'] || environment['CHECKPOINT_KEY_FILE']) return {};
  const file = join(home, 'checkpoint.key');
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  }
  return { CHECKPOINT_KEY_FILE: file };
}

const Run = z.object({ supervisor: z.number(), servers: z.array(z.object({ pid: z.number(), program: z.string() })) });

/** Ends servers that a killed supervisor of this very installation left behind; never anything else. */
export function endOrphans(home: string): void {
  const file = join(home, 'run.json');
  if (!existsSync(file)) return;
  const run = Run.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!run.success) return;
  if (isRunning(run.data.supervisor, 'start.js')) {
    throw new Error(
      `already running here (pid ${run.data.supervisor}); stop it first, or choose another TONGSHENG_HOME`,
    );
  }
  for (const { pid, program } of run.data.servers) {
    if (isRunning(pid, program) && commandOf(pid).includes(home)) process.kill(pid, 'SIGKILL');
  }
}

const commandOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
};

const isRunning = (pid: number, program: string) => pid !== process.pid && commandOf(pid).includes(program);
