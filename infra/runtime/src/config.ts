import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asFront, defaultMaxBytes, inboxOf, readSeed } from '@tongsheng/bus';
import { z } from 'zod';
import { BadConfig } from './bad-config.ts';
import { believe, tlsConfig } from './tls.ts';

/** `host:port,host:port`: what may be reached although it is not public. */
export const allowList = z
  .string()
  .default('')
  .transform((value) => value.split(',').filter(Boolean));

/** What every service is told. */
export const commonConfig = z.object({
  /** `nats://host:port`, or `tls://` where the server must have a certificate; several separated by commas; with `NATS_KEYS`, or with a user before the host. */
  NATS_URL: z.string().min(1),
  /** A folder with the key of this service, `<service>.nk`, as `tongsheng bus keys` makes them. */
  NATS_KEYS: z.string().optional(),
  /** A folder with the password of this service at Redis, `<service>.redis`, as `tongsheng redis keys` makes them. */
  REDIS_KEYS: z.string().optional(),
  /** Where whoever runs the process reads its metrics and health; without a port it has no such door. */
  OPERATIONS_HOST: z.string().default('127.0.0.1'),
  OPERATIONS_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  /** Base address of an OpenTelemetry collector (OTLP over HTTP): steps are sent there. Without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  ...tlsConfig,
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Replicas of the streams; above 1 needs nats-server 2.10.27 or newer on every server. */
  NATS_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  /** Size fuse of the journal and of PUBLIC, in bytes; keep it below the real disk. */
  NATS_MAX_BYTES: z.coerce.number().int().positive().default(defaultMaxBytes),
  /** Tests only: milliseconds between tries of a failing reaction, comma-separated. */
  REACTION_BACKOFF: z
    .string()
    .optional()
    .transform((value) => value?.split(',').map(Number)),
});
export type CommonConfig = z.infer<typeof commonConfig>;

/** How a service signs in at the bus. @throws BadConfig when its key is not there */
export function signIn(service: string, { NATS_URL: url, NATS_KEYS: folder }: CommonConfig) {
  const who = { url, name: service, inboxPrefix: inboxOf(service), ...(service === 'portal' && asFront) };
  if (folder === undefined) return who;
  try {
    return { ...who, seed: readSeed(folder, service) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BadConfig(
      `settings: NATS_KEYS names no key of ${service} (${why}); \`tongsheng bus keys <folder>\` makes the keys`,
      { cause: error },
    );
  }
}

/** The same settings, with the user that this service is in the address of Redis. @throws BadConfig when its password is not there */
export function asRedisUser<T extends { REDIS_URL?: string | undefined; REDIS_KEYS?: string | undefined }>(
  service: string,
  settings: T,
): T {
  const { REDIS_URL: address, REDIS_KEYS: folder } = settings;
  if (address === undefined || folder === undefined) return settings;
  const url = new URL(address);
  url.username = service;
  try {
    url.password = readFileSync(join(folder, `${service}.redis`), 'utf8').trim();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BadConfig(
      `settings: REDIS_KEYS names no password of ${service} (${why}); \`tongsheng redis keys <folder>\` makes them`,
      { cause: error },
    );
  }
  return { ...settings, REDIS_URL: url.href };
}

/** Reads the environment once. @throws BadConfig naming every wrong setting. */
export function readConfig<T extends z.ZodObject>(schema: T): z.infer<typeof commonConfig> & z.infer<T> {
  const parsed = commonConfig.extend(schema.shape).safeParse(process.env);
  if (!parsed.success) throw new BadConfig(`settings: ${z.prettifyError(parsed.error)}`);
  believe(parsed.data);
  return parsed.data as z.infer<typeof commonConfig> & z.infer<T>;
}
