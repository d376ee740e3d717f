import { openOperations } from '@tongsheng/telemetry';
import type { CommonConfig } from './config.ts';
import type { Log } from './log.ts';
import { onShutdown } from './shutdown.ts';

/** The services of this process, and whether each is ready; one process has one door for all of them. */
const services = new Map<string, () => boolean>();
let opening: Promise<void> | null = null;

/** Opens the process's door for Prometheus and probes where one is configured, and has it tell of this service. */
export function tellOperations(
  name: string,
  { OPERATIONS_HOST: host, OPERATIONS_PORT: port }: CommonConfig,
  log: Log,
  isReady: () => boolean,
): Promise<void> {
  services.set(name, isReady);
  if (port === undefined) return Promise.resolve();
  opening ??= open(host, port, log);
  return opening;
}

async function open(host: string, port: number, log: Log): Promise<void> {
  const notReady = () => [...services].filter(([, isReady]) => !isReady()).map(([name]) => name);
  const door = await openOperations({ host, port, notReady });
  log.info('operations.listening', { host, port: door.port });
  onShutdown('operations', () => door.close());
}
