import { spawn, type ChildProcess } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startFakes, type DemoFake, type FakeKind } from '@tongsheng/fakes';
import {
  demoSeed,
  freePort,
  launchOf,
  makeStreams,
  startNewsroom,
  startUpstreams,
  type Certificates,
  type Links,
  type Newsroom,
  type Upstreams,
} from '@tongsheng/local';
import { startServers, type Servers } from './servers.ts';

const root = join(import.meta.dirname, '../..');
export const allServices = [
  'registry',
  'ingest',
  'reposts',
  'clock',
  'releases',
  'delivery',
  'oversight',
  'duty',
  'gateway',
  'portal',
] as const;
/** Of services that only linked deployments have. */
export type ServiceName = (typeof allServices)[number] | 'exchange';

/** The key that signs the logs of tests. */
const checkpointPem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

export type SystemOptions = {
  services?: readonly ServiceName[];
  /** How long ago the sample documents of the first look were put out, in minutes. */
  backlog?: readonly number[];
  /** The limit of the demonstration's rules. */
  limit?: string;
  /** Whether the sample sites are registered as sources. */
  samples?: boolean;
  /** Fakes of platforms, each with its channel, as `npm start` has them. */
  fakes?: readonly FakeKind[];
  environment?: NodeJS.ProcessEnv;
  /** Whether every service has a door for who runs it. */
  operations?: boolean;
  /** Where the log is kept: a disk of its own. */
  store?: string;
  /** Every hop over TLS. The test's own process believes the authority already. */
  tls?: Certificates;
  /** Other deployments; their exchange is started with the services. */
  links?: Links;
};

/** The whole system as it is deployed: every service a process of its own, on servers, sites and a newsroom of its own. */
export type System = {
  servers: Servers;
  upstreams: Upstreams;
  newsroom: Newsroom;
  fakes: DemoFake[];
  consoleUrl: string;
  portalUrl: string;
  /** Where webhooks and pushes arrive. */
  ingestUrl: string;
  /** Where platforms call us back. */
  doorUrl: string;
  /** Starts a service and waits until it is ready. */
  start(service: ServiceName): Promise<void>;
  /** Starts one more process of a service beside the first, told otherwise in some points; or out of another release. */
  startAnother(service: ServiceName, environment: NodeJS.ProcessEnv, release?: string): Promise<void>;
  /** `kill -9`. */
  kill(service: ServiceName): Promise<void>;
  /** Asks it to end, and waits. */
  stop(service: ServiceName): Promise<void>;
  /** The door of a service for who runs it, where the system was started with such doors. */
  operationsOf(service: ServiceName): string;
  /** The process of a service, or null while it does not run. */
  pidOf(service: ServiceName): number | null;
  /** What a service said last, for a failed test. */
  logOf(service: ServiceName): Promise<string>;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const { services = allServices, backlog = [30, 10], limit, samples = true, fakes: kinds = [], tls, links } = options;
  const servers = await startServers({ ...(tls && { tls }), ...(links && { links }) }, options.store);
  const { dir } = servers;
  await makeStreams(
    servers.nats.url,
    { maxBytes: 512 * 2 ** 20 },
    links?.with.neighbours.map(({ name }) => name),
  );
  const secret = `whsec_${Buffer.from('a secret of twenty-four!').toString('base64')}`;
  const [upstreams, newsroom, fakes, consolePort, portalPort, ingestPort, deliveryPort, releasesPort] =
    await Promise.all([
      startUpstreams({ home: join(dir, 'upstreams'), pace: 0, backlog }),
      startNewsroom({ dir: join(dir, 'newsroom'), secret }),
      startFakes(kinds, { dir: join(dir, 'fakes') }),
      freePort(),
      freePort(),
      freePort(),
      freePort(),
      freePort(),
    ]);
  const scheme = tls ? 'https' : 'http';
  const consoleUrl = `${scheme}://127.0.0.1:${consolePort}`;
  const portalUrl = `${scheme}://127.0.0.1:${portalPort}`;
  const ingestUrl = `http://127.0.0.1:${ingestPort}`;
  const seedFile = join(dir, 'seed.json');
  const seed = demoSeed({
    portalUrl,
    part: links?.with.us === 'national' ? 'national' : undefined,
    upstreams: samples ? upstreams : null,
    newsroom,
    fakes,
    webhookSecret: secret,
    pollSeconds: 1,
    ...(limit && { limit }),
  });
  await writeFile(seedFile, JSON.stringify(seed));

  const ours = [upstreams.port, newsroom.ports.http, newsroom.ports.smtp, portalPort, ...fakes.map(({ port }) => port)]
    .map((port) => `127.0.0.1:${port}`)
    .join(',');
  const environment = {
    ...process.env,
    REDIS_URL: servers.redis.url,
    REDIS_KEYS: servers.redisKeys,
    CONSOLE_PORT: String(consolePort),
    PORTAL_PORT: String(portalPort),
    PORTAL_URL: portalUrl,
    INGEST_PORT: String(ingestPort),
    INGEST_URL: ingestUrl,
    DELIVERY_PORT: String(deliveryPort),
    RELEASES_PORT: String(releasesPort),
    SUBMISSIONS_SMTP: newsroom.smtpUrl,
    SUBMISSIONS_FROM: 'submissions@tax.example',
    OVERSIGHT_SMTP: newsroom.smtpUrl,
    OVERSIGHT_FROM: 'corrections@tax.example',
    // A browser that is driven fills in a form at once.
    PORTAL_FORM_SECONDS: '0',
    SEED_FILE: seedFile,
    CONSOLE_URL: consoleUrl,
    DUTY_SMTP: newsroom.smtpUrl,
    DUTY_FROM: 'duty@tax.example',
    SECRETS_KEYS: `test:${Buffer.alloc(32, 7).toString('base64')}`,
    CHECKPOINT_KEY: checkpointPem,
    // Tests that are not about it don't wait for it.
    REPOST_HOLD: 'PT0S',
    // Nor do they take pictures of pages.
    CHROMIUM: '/none',
    ...(links && { NEIGHBOURS: JSON.stringify(links.with) }),
    ...(tls && { TLS_CA_FILE: tls.ca, TLS_CERT_FILE: tls.cert, TLS_KEY_FILE: tls.key }),
    ...options.environment,
    WEB_ALLOW: [ours, options.environment?.['WEB_ALLOW']].filter(Boolean).join(','),
  };
  const doors = new Map<ServiceName, number>();
  const wanted: readonly ServiceName[] = [...services, ...(links ? (['exchange'] as const) : [])];
  if (options.operations) for (const service of wanted) doors.set(service, await freePort());
  const running = new Map<ServiceName, ChildProcess>();
  const logFile = (service: ServiceName) => join(dir, `${service}.log`);

  const others: ChildProcess[] = [];
  const launch = async (
    service: ServiceName,
    more: NodeJS.ProcessEnv,
    keep: (child: ChildProcess) => void,
    release = root,
  ) => {
    const { flags, environment: lean } = launchOf([service], join(root, '.tongsheng'));
    const child = spawn(process.execPath, [...flags, join(release, 'services', service, 'dist/main.js')], {
      env: {
        ...environment,
        ...lean,
        NATS_URL: servers.nats.address,
        NATS_KEYS: servers.nats.keys,
        ...(doors.has(service) && { OPERATIONS_PORT: String(doors.get(service)) }),
        ...more,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    keep(child);
    const log = createWriteStream(logFile(service), { flags: 'a' });
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const ready = Promise.withResolvers<void>();
    child.once('exit', (code, signal) => {
      void system.logOf(service).then((text) => {
        const last = text.trimEnd().split('\n').slice(-12).join('\n');
        ready.reject(new Error(`${service} ended before it was ready (${signal ?? code}):\n${last}`));
      });
    });
    child.stdout.on('data', (data: Buffer) => {
      if (data.includes(service === 'portal' ? 'portal.ready' : 'service.ready')) ready.resolve();
    });
    await ready.promise;
  };
  const start = (service: ServiceName) => launch(service, {}, (child) => running.set(service, child));
  const end = async (service: ServiceName, signal: NodeJS.Signals): Promise<void> => {
    const child = running.get(service);
    running.delete(service);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };

  const system: System = {
    servers,
    upstreams,
    newsroom,
    fakes,
    consoleUrl,
    portalUrl,
    ingestUrl,
    doorUrl: `http://127.0.0.1:${deliveryPort}`,
    start,
    startAnother: (service, more, release) =>
      launch(
        service,
        { DELIVERY_PORT: '0', RELEASES_PORT: '0', OPERATIONS_PORT: '0', ...more },
        (child) => others.push(child),
        release,
      ),
    kill: (service) => end(service, 'SIGKILL'),
    stop: (service) => end(service, 'SIGTERM'),
    operationsOf: (service) => `http://127.0.0.1:${doors.get(service)}`,
    pidOf: (service) => running.get(service)?.pid ?? null,
    logOf: (service) => readFile(logFile(service), 'utf8').catch(() => ''),
    async [Symbol.asyncDispose]() {
      for (const other of others) other.kill('SIGKILL');
      await Promise.all([...running.keys()].map((service) => end(service, 'SIGKILL')));
      await Promise.all([upstreams, newsroom, ...fakes].map((each) => each.stop()));
      const logs = await Promise.all([...allServices, 'exchange' as const].map((service) => system.logOf(service)));
      await servers[Symbol.asyncDispose]();
      // What a service may not do, nothing else would tell: it goes on without it.
      const refused = logs
        .join('\n')
        .split('\n')
        .filter((line) => /bus\.refused|NOPERM|ACL failure|user executing the script/.test(line))
        // Where a file could not be kept to its end, the client would take away what there is of it; nobody may take anything away.
        .filter((line) => !line.includes('$JS.API.STREAM.PURGE.OBJ_'));
      if (refused.length > 0) throw new Error(`not in contracts/src/rights.ts:\n${refused.join('\n')}`);
    },
  };
  try {
    await Promise.all(wanted.map(start));
  } catch (error) {
    await system[Symbol.asyncDispose]();
    throw error;
  }
  return system;
}
