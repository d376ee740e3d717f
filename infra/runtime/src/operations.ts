import { openOperations, startTracing } from '@tongsheng/telemetry';
import type { CommonConfig } from './config.ts';
import type { Log } from './log.ts';
import { onShutdown } from './shutdown.ts';

/** The services of this process, and whether each is ready; one process has one door for all of them. */
const services = new Map<string, () => boolean>();
let opening: Promise<void> | null = null;
let tracing: Promise<void> | null = null;

/** Opens the process's door for Prometheus and probes, and traces its steps, where either is configured. */
export async function tellOperations(
  name: string,
  { OPERATIONS_HOST: host, OPERATIONS_PORT: port, OTEL_EXPORTER_OTLP_ENDPOINT: collector }: CommonConfig,
  log: Log,
  isReady: () => boolean,
): Promise<void> {
  services.set(name, isReady);
  if (collector !== undefined) await (tracing ??= trace(collector, log));
  if (port !== undefined) await (opening ??= open(host, port, log));
}

async function trace(collector: string, log: Log): Promise<void> {
  const sendTheLast = await startTracing(collector);
  onShutdown('tracing', sendTheLast);
  log.info('tracing.on', { collector });
}

async function open(host: string, port: number, log: Log): Promise<void> {
  const notReady = () => [...services].filter(([, isReady]) => !isReady()).map(([name]) => name);
  const door = await openOperations({ host, port, notReady });
  log.info('operations.listening', { host, port: door.port });
  onShutdown('operations', () => door.close());
}
