import { flushCompileCache } from 'node:module';
import 'reflect-metadata';
import { Module, StandardSchemaValidationPipe, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Bus,
  BusClient,
  BusServer,
  connectBus,
  EvidenceStore,
  ensureStreams,
  Journal,
  PublicFiles,
  reasonOf,
} from '@tongsheng/bus';
import { Refusal } from '@tongsheng/contracts';
import { z } from 'zod';
import { Clock, Ids, RandomIds, SystemClock } from './clock.ts';
import { asRedisUser, readConfig, signIn, type CommonConfig } from './config.ts';
import { JsonLog, Log } from './log.ts';
import { tellOperations } from './operations.ts';
import { PassErrors } from './pass-errors.ts';
import { onShutdown } from './shutdown.ts';

export type Service<C extends z.ZodObject> = {
  name: string;
  config?: C;
  /** The Nest module, and what of the configuration its providers need. */
  module: Type;
  providers?(config: CommonConfig & z.infer<C>): Provider[];
};

@Module({})
class RuntimeModule {}

/** What every service may ask for: the journal, the client, the bus itself, time, ids and the log. */
function runtimeModule(providers: Provider[]): DynamicModule {
  const exports = providers.map((provider) => (typeof provider === 'function' ? provider : provider.provide));
  return { module: RuntimeModule, global: true, providers, exports };
}

/**
 * A service's shell: reads its settings, connects, checks the streams, opens its doors and reactions, and closes
 * them in order on SIGTERM. Several services may live in one process; each calls this once.
 */
export async function serve<C extends z.ZodObject>({ name, config, module, providers }: Service<C>): Promise<void> {
  const settings = asRedisUser(name, readConfig(config ?? z.object({})) as CommonConfig & z.infer<C>);
  const log = new JsonLog(name, settings.LOG_LEVEL);
  const clock = new SystemClock();
  let open = false;
  await tellOperations(name, settings, log, () => open);
  const bus = await connectBus({
    ...signIn(name, settings),
    // Once for each subject, however often it is tried: somebody has to give the right, or to see who asks for it.
    onRefused: (reason) => log.error('bus.refused', { reason }),
  });
  await ensureStreams(bus, { replicas: settings.NATS_REPLICAS, maxBytes: settings.NATS_MAX_BYTES });

  const strategy = new BusServer({
    bus,
    service: name,
    now: () => clock.now(),
    ...(settings.REACTION_BACKOFF && { backoff: settings.REACTION_BACKOFF }),
    onFailure: ({ durable, message, entry, try: attempt, error, dead }) =>
      log[dead ? 'error' : 'warn'](dead ? 'reaction.dead' : 'reaction.failed', {
        durable,
        subject: message.subject,
        position: message.seq,
        entryId: entry?.envelope.id,
        try: attempt,
        reason: reasonOf(error),
      }),
    onError: (subject, error) =>
      log.error('request.failed', { subject, reason: reasonOf(error), stack: stackOf(error) }),
  });

  const shared = runtimeModule([
    { provide: Bus, useValue: bus },
    { provide: Journal, useValue: new Journal(bus, name) },
    { provide: EvidenceStore, useValue: new EvidenceStore(bus) },
    { provide: PublicFiles, useValue: new PublicFiles(bus) },
    { provide: BusClient, useValue: new BusClient(bus) },
    { provide: Clock, useValue: clock },
    { provide: Ids, useValue: new RandomIds() },
    { provide: Log, useValue: log },
    ...(providers?.(settings) ?? []),
  ]);
  const root: DynamicModule = { module: class Root {}, imports: [shared, module] };
  const app = await NestFactory.createMicroservice(root, { strategy, logger: ['error', 'fatal'], abortOnError: false });
  app.useGlobalFilters(new PassErrors());
  app.useGlobalPipes(new StandardSchemaValidationPipe({ exceptionFactory: invalid }));
  await app.listen();
  open = true;
  log.info('service.ready', { nats: bus.nc.info?.version });
  // Who is killed writes nothing on his way out.
  flushCompileCache();

  onShutdown(name, async () => {
    open = false;
    await app.close();
    await bus.close();
    log.info('service.stopped');
  });
}

function invalid(issues: readonly { message: string; path?: readonly unknown[] | undefined }[]): Refusal {
  const said = issues.map(({ path, message }) => `${(path ?? []).map(segment).join('.') || 'command'}: ${message}`);
  return new Refusal('command_invalid', said.join('; '));
}

const segment = (part: unknown): string =>
  typeof part === 'object' && part !== null && 'key' in part ? String(part.key) : String(part);

const stackOf = (error: unknown) => (error instanceof Error ? error.stack : undefined);
