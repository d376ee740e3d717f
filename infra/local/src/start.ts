import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fakeKinds, startFakes } from '@tongsheng/fakes';
import { keepRunning, launchOf, type Child } from './children.ts';
import { makeDurable } from './durability.ts';
import { callBack } from './fake-channels.ts';
import { back, checkpointKey, endOrphans, openInstallation, secretsKey, writePrivate } from './installation.ts';
import { startFederation, type Ready } from './federation.ts';
import { startNewsroom } from './newsroom.ts';
import { busySampleDuty } from './sample-duty.ts';
import { reportSamples } from './sample-corrections.ts';
import { sampleDeliveries } from './sample-deliveries.ts';
import { inspectSamples } from './sample-inspection.ts';
import { offerSample } from './sample-offer.ts';
import { sampleFederation } from './sample-federation.ts';
import { samplePublication } from './sample-publication.ts';
import { demoPassword, demoPeople, demoSeed } from './seed.ts';
import {
  isFree,
  Links,
  makeStreams,
  serverVersion,
  startNats,
  startRedis,
  type Certificates,
  type NatsServer,
  type Server,
} from './servers.ts';
import { startUpstreams } from './upstreams/index.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');

const usage = `npm start -- [--pace <seconds>] [--poll <seconds>] [--split] [--no-samples] [--baijiahao] [--federation]

  --pace        seconds between new documents of the sample sites (60; 0 for none)
  --poll        seconds between looks at a sample site (10)
  --split       every service in a process of its own
  --no-samples  no sample sites, no sample newsroom and no fakes of platforms
  --baijiahao   also the fake of 百家号, whose interface is known from examples only
  --federation  two deployments, a national one and a province (its ports are 100 above), joined by a leaf node

Settings: TONGSHENG_HOME, CONSOLE_PORT (8080), PORTAL_PORT (8081), INGEST_PORT, DELIVERY_PORT, RELEASES_PORT, NATS_URL, REDIS_URL;
TLS_CERT_FILE, TLS_KEY_FILE and TLS_CA_FILE for TLS on every hop; LINKS_FILE for links with other deployments.`;

const flags = readFlags();

/** What was asked for; of what nobody knows it is said what there is. */
function readFlags() {
  try {
    return parseArgs({
      options: {
        pace: { type: 'string', default: '60' },
        poll: { type: 'string', default: '10' },
        split: { type: 'boolean', default: false },
        'no-samples': { type: 'boolean', default: false },
        baijiahao: { type: 'boolean', default: false },
        federation: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

async function main(): Promise<void> {
  if (flags.help) return console.log(usage);
  const begun = performance.now();
  const home = resolve(root, process.env['TONGSHENG_HOME'] ?? '.tongsheng');
  const consolePort = process.env['CONSOLE_PORT'] ?? '8080';
  const portalPort = process.env['PORTAL_PORT'] ?? '8081';
  if (flags.federation) return startBoth(join(home, 'federation'), { console: consolePort, portal: portalPort });
  const links = linksFrom(process.env['LINKS_FILE']);
  const part = parts.find((each) => each === links?.with.us);
  const say = (line: string) => console.log(part === undefined ? line : `${part}: ${line.trim()}`);
  endOrphans(home);
  await mustBeFree('CONSOLE_PORT', consolePort);
  await mustBeFree('PORTAL_PORT', portalPort);
  const installation = await openInstallation(home);
  const logs = join(home, 'logs');
  mkdirSync(logs, { recursive: true });
  const stops: (() => Promise<void>)[] = [];
  const stopAll = stopping(stops);

  const tls = certificates();
  const scheme = tls ? 'https' : 'http';
  const nats = await openNats(home, installation, stops, tls, links);
  const redis = process.env['REDIS_URL']
    ? { url: process.env['REDIS_URL'], server: null }
    : await openRedis(home, installation, stops, tls);

  const portalUrl = process.env['PORTAL_URL'] ?? `${scheme}://127.0.0.1:${portalPort}`;
  const { ports, webhookSecret } = installation;
  const ingestPort = process.env['INGEST_PORT'] ?? String(ports.ingest);
  const deliveryPort = process.env['DELIVERY_PORT'] ?? String(ports.delivery);
  const releasesPort = process.env['RELEASES_PORT'] ?? String(ports.releases);
  const upstreams = flags['no-samples']
    ? null
    : await startUpstreams({
        home: join(home, 'upstreams'),
        pace: Number(flags.pace),
        port: ports.upstreams,
        onPosted: ({ title }, { name, sourceId }) => {
          if (part === undefined || (sourceId === 'national-policy') === (part === 'national'))
            say(`  ${name} 发布了《${title}》`);
        },
      });
  const newsroom = flags['no-samples']
    ? null
    : await startNewsroom({
        dir: join(home, 'newsroom'),
        secret: webhookSecret,
        smtpPort: ports.smtp,
        httpPort: ports.newsroom,
      });
  const wanted = fakeKinds.filter((kind) => part !== 'national' && (kind !== 'baijiahao' || flags.baijiahao));
  const fakes = flags['no-samples'] ? [] : await startFakes(wanted, { dir: join(home, 'fakes'), ports: ports.fakes });
  const samples = [upstreams, newsroom, ...fakes].filter((sample) => sample !== null);
  stops.unshift(async () => void (await Promise.all(samples.map((sample) => sample.stop()))));

  const seedFile = join(home, 'seed.json');
  writePrivate(
    seedFile,
    demoSeed({
      portalUrl,
      part,
      upperUrl: process.env['UPPER_URL'],
      upstreams,
      newsroom,
      fakes,
      webhookSecret,
      pollSeconds: Number(flags.poll),
    }),
  );

  const allow = [
    upstreams?.port,
    newsroom?.ports.http,
    newsroom?.ports.smtp,
    portalPort,
    ...fakes.map(({ port }) => port),
  ]
    .filter(Boolean)
    .map((port) => `127.0.0.1:${port}`);
  const environment = {
    ...process.env,
    REDIS_URL: redis.url,
    CONSOLE_PORT: consolePort,
    PORTAL_PORT: portalPort,
    PORTAL_URL: portalUrl,
    INGEST_PORT: ingestPort,
    DELIVERY_PORT: deliveryPort,
    RELEASES_PORT: releasesPort,
    INGEST_URL: process.env['INGEST_URL'] ?? `http://127.0.0.1:${ingestPort}`,
    WEB_ALLOW: [process.env['WEB_ALLOW'], ...allow].filter(Boolean).join(','),
    SEED_FILE: process.env['SEED_FILE'] ?? seedFile,
    DURABILITY: nats.guarantee,
    ...(links && { NEIGHBOURS: JSON.stringify(links.with) }),
    ...secretsKey(home, process.env),
    ...checkpointKey(home, process.env),
    CONSOLE_URL: process.env['CONSOLE_URL'] ?? `${scheme}://127.0.0.1:${consolePort}`,
    ...(newsroom && { DUTY_SMTP: process.env['DUTY_SMTP'] ?? newsroom.smtpUrl, DUTY_FROM: 'duty@tax.example' }),
    ...(newsroom && {
      SUBMISSIONS_SMTP: process.env['SUBMISSIONS_SMTP'] ?? newsroom.smtpUrl,
      SUBMISSIONS_FROM: 'submissions@tax.example',
      OVERSIGHT_SMTP: process.env['OVERSIGHT_SMTP'] ?? newsroom.smtpUrl,
      OVERSIGHT_FROM: 'corrections@tax.example',
    }),
  };
  const mainOf = (service: string) => join(root, 'services', service, 'dist/main.js');
  const host = fileURLToPath(new URL('host.js', import.meta.url));
  const run = (name: string, services: string[]): Child => {
    const launch = launchOf(services, home);
    return keepRunning({
      name,
      args: [...launch.flags, '--enable-source-maps', host, ...services.map(mainOf)],
      environment: {
        ...environment,
        ...launch.environment,
        ...nats.signIn(services),
        OPERATIONS_PORT: String(ports.operations[name]),
      },
      logs,
      say,
    });
  };
  const services = links ? [...back, 'exchange'] : back;
  const children = [
    ...(flags.split ? services.map((service) => run(service, [service])) : [run('back', services)]),
    run('portal', ['portal']),
  ];
  stops.unshift(async () => void (await Promise.all(children.map((child) => child.stop()))));

  const consoleUrl = `${scheme}://127.0.0.1:${consolePort}`;
  const servers = [nats.server, redis.server]
    .filter((server) => server !== null)
    .map(({ pid, program }) => ({ pid, program }));
  writePrivate(join(home, 'run.json'), {
    supervisor: process.pid,
    servers,
    children: children.map(({ name, pid }) => ({ name, pid: pid() })),
    natsUrl: nats.url,
    redisUrl: redis.url,
    consoleUrl,
    portalUrl,
  });
  const ready = await Promise.race([
    Promise.all([isUp(`${consoleUrl}/api/health`), isUp(`${scheme}://127.0.0.1:${portalPort}/health`)]).then(
      () => true,
    ),
    wait(60_000, false),
  ]);
  if (!ready) {
    say(
      `\nNot ready after a minute. The logs are in ${logs}; is port ${consolePort} or ${portalPort} taken? CONSOLE_PORT and PORTAL_PORT choose others.`,
    );
    return stopAll(1);
  }
  if (part !== 'national') await callBack(fakes, 'province', `http://127.0.0.1:${deliveryPort}`);
  // The demonstration is one also without it.
  if (!flags['no-samples'] && part)
    await sampleFederation(consoleUrl, part).catch((error: unknown) => say(`  示例互联没有建立：${String(error)}`));
  if (!flags['no-samples'] && part !== 'national') {
    await offerSample(consoleUrl).catch((error: unknown) => say(`  示例报送没有建立：${String(error)}`));
    await busySampleDuty(consoleUrl).catch((error: unknown) => say(`  示例事件没有建立：${String(error)}`));
    await reportSamples(nats.portalUrl).catch((error: unknown) => say(`  示例纠错没有建立：${String(error)}`));
    if (upstreams)
      await inspectSamples(consoleUrl, upstreams.url).catch((error: unknown) =>
        say(`  示例抽查没有建立：${String(error)}`),
      );
  }
  // Of two the one who started them both says it.
  if (process.send) process.send({ consoleUrl, portalUrl, newsroom: newsroom?.pageUrl, logs } satisfies Ready);
  else
    say(
      banner({
        consoleUrl,
        portalUrl,
        newsroom: newsroom?.pageUrl,
        upstreams: upstreams?.sites,
        fakes,
        listUrl: upstreams ? `${upstreams.url}/national/` : undefined,
        operations: children.map(({ name }) => ({ name, port: ports.operations[name]! })),
        guarantee: nats.guarantee,
        ms: performance.now() - begun,
        logs,
      }),
    );
  // It takes a minute, and nobody need wait for it.
  if (newsroom && part !== 'national')
    void sampleDeliveries(consoleUrl, { fakes, smtpUrl: newsroom.smtpUrl })
      .catch((error: unknown) => say(`  示例投递没有全部建立：${String(error)}`))
      .then(() => samplePublication(consoleUrl))
      .catch((error: unknown) => say(`  示例辟谣、联动和报送没有全部建立：${String(error)}`));
}

const parts = ['national', 'province'] as const;

async function startBoth(home: string, { console: consolePort, portal }: { console: string; portal: string }) {
  const above = (port: string) => String(Number(port) + 100);
  const ports = {
    national: { console: consolePort, portal },
    province: { console: above(consolePort), portal: above(portal) },
  };
  const args = process.argv.slice(2).filter((arg) => arg !== '--federation');
  process.exitCode = await startFederation({ main: fileURLToPath(import.meta.url), args, home, ports });
}

/** Other deployments that this one is linked with. @throws when the file is none */
function linksFrom(file: string | undefined): Links | undefined {
  return file === undefined ? undefined : Links.parse(JSON.parse(readFileSync(file, 'utf8')));
}

async function mustBeFree(name: string, port: string): Promise<void> {
  if (await isFree(Number(port))) return;
  throw new Error(`port ${port} is taken by another program; choose another: ${name}=${Number(port) + 100} npm start`);
}

/** What TLS is done with on every hop of this machine, or null. @throws when only a part is set */
function certificates(): Certificates | null {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key, TLS_CA_FILE: ca } = process.env;
  if (!cert && !key) return null;
  if (!cert || !key || !ca)
    throw new Error('TLS needs TLS_CERT_FILE, TLS_KEY_FILE and TLS_CA_FILE; set all three, or none');
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(ca, 'utf8')]);
  return { cert: resolve(cert), key: resolve(key), ca: resolve(ca) };
}

type Opened = { url: string; server: { pid: number; program: string; it: Server } | null };

async function openNats(
  home: string,
  installation: Awaited<ReturnType<typeof openInstallation>>,
  stops: (() => Promise<void>)[],
  tls: Certificates | null,
  links: Links | undefined,
) {
  const given = process.env['NATS_URL'];
  if (given) {
    const portalUrl = process.env['NATS_PORTAL_URL'] ?? given;
    const signIn = ([service]: string[]) => ({ NATS_URL: service === 'portal' ? portalUrl : given });
    return { url: given, portalUrl, signIn, guarantee: 'decided by the server that NATS_URL names', server: null };
  }
  const dir = join(home, 'nats');
  const { syncAlways, guarantee } = makeDurable(serverVersion('nats-server'), dir);
  const keys = join(home, 'nats-keys');
  const server: NatsServer = await startNats({
    dir,
    keys,
    port: installation.ports.nats,
    syncAlways,
    ...(tls && { tls }),
    ...(links && { links }),
  });
  stops.push(() => server.stop());
  const { NATS_REPLICAS: replicas, NATS_MAX_BYTES: maxBytes } = process.env;
  await makeStreams(
    server.url,
    {
      ...(replicas && { replicas: Number(replicas) }),
      ...(maxBytes && { maxBytes: Number(maxBytes) }),
    },
    links?.with.neighbours.map(({ name }) => name),
  );
  return {
    url: server.url,
    portalUrl: server.urlOf('portal'),
    /** The portal is given its own key alone, as on the other host that it is made for. */
    signIn: ([service]: string[]) =>
      service === 'portal' ? { NATS_URL: server.urlOf('portal') } : { NATS_URL: server.address, NATS_KEYS: keys },
    guarantee,
    server: { pid: server.pid, program: 'nats-server', it: server },
  };
}

async function openRedis(
  home: string,
  installation: Awaited<ReturnType<typeof openInstallation>>,
  stops: (() => Promise<void>)[],
  tls: Certificates | null,
): Promise<Opened> {
  const { ports, passwords } = installation;
  const server = await startRedis({
    dir: join(home, 'redis'),
    port: ports.redis,
    password: passwords.redis,
    appendOnly: true,
    ...(tls && { tls }),
  });
  stops.push(() => server.stop());
  return { url: server.url, server: { pid: server.pid, program: 'redis-server', it: server } };
}

/** A terminal's Ctrl-C arrives twice, from it and passed on by our parent. */
const sameSignalMs = 1_000;

/** First signal: everything in order, services before servers. Second signal: at once. */
function stopping(stops: (() => Promise<void>)[]): (code: number) => Promise<void> {
  let begun: number | null = null;
  const stopAll = async (code: number) => {
    if (begun !== null) {
      if (performance.now() - begun > sameSignalMs) process.exit(130);
      return;
    }
    begun = performance.now();
    console.log('\n正在停止 … stopping');
    for (const stop of stops) await stop();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stopAll(0));
  // Of two that were started together, none stays when the one who started them is gone.
  process.once('disconnect', () => void stopAll(0));
  return stopAll;
}

async function isUp(url: string): Promise<void> {
  for (;;) {
    const up = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (up) return;
    await wait(50);
  }
}

function banner(facts: {
  consoleUrl: string;
  portalUrl: string;
  newsroom: string | undefined;
  upstreams: { name: string; feedUrl: string }[] | undefined;
  fakes: { name: string; url: string }[];
  listUrl: string | undefined;
  operations: { name: string; port: number }[];
  guarantee: string;
  ms: number;
  logs: string;
}): string {
  const people = demoPeople.map(
    ({ personId, name, roles }) => `    ${personId.padEnd(16)} ${name}（${roles.join('、')}）`,
  );
  return [
    '',
    `  同声 Tongsheng 已就绪 · ready in ${Math.round(facts.ms)} ms`,
    '',
    `  控制台 console    ${facts.consoleUrl}`,
    `  门户   portal     ${facts.portalUrl}`,
    ...(facts.newsroom ? [`  示例编辑部        ${facts.newsroom}`] : []),
    ...(facts.upstreams ?? []).map(({ name, feedUrl }) => `  来源              ${name} ${feedUrl}`),
    ...(facts.listUrl ? [`  可试添加的列表页  ${facts.listUrl}`] : []),
    ...(facts.fakes.length > 0
      ? ['', '  模拟平台，都是假的，只在本机 · fakes of platforms; nothing leaves this machine']
      : []),
    ...facts.fakes.map(({ name, url }) => `    ${url}/  ${name}`),
    '',
    `  登录 sign in as（密码都是 password: ${demoPassword}）`,
    ...people,
    '',
    `  指标 metrics: ${facts.operations.map(({ name, port }) => `${name} http://127.0.0.1:${port}/metrics`).join('  ')}`,
    `  日志存储 log storage: ${facts.guarantee}`,
    `  运行日志 logs: ${facts.logs}`,
    '  Ctrl-C 停止 stops everything',
    '',
  ].join('\n');
}

main().catch((error: unknown) => {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
