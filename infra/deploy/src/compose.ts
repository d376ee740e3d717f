import { stringify } from 'yaml';
import { natsConf } from './nats.ts';
import { redisConf } from './redis.ts';
import {
  asked,
  environmentOf,
  environmentOfAdministrator,
  inContainer as places,
  isFront,
  keepings,
  keyFilesOf,
  operationsPort,
  services,
  type Service,
} from './services.ts';
import { scrapeConfig } from './scrape.ts';
import type { Files } from './monitoring.ts';

const hardened = {
  read_only: true,
  cap_drop: ['ALL'],
  security_opt: ['no-new-privileges:true'],
  restart: 'unless-stopped',
};
const natsUrl = 'tls://nats:4222';
const image = '${TONGSHENG_IMAGE:-tongsheng:latest}';
const probe = (port: number) =>
  `fetch('http://127.0.0.1:${port}/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;

/** One host, everything on it: the portal in a network in which only the bus stands beside it. */
export function renderCompose(): Files {
  const compose = {
    name: 'tongsheng',
    services: Object.fromEntries([
      ...services.map((service) => [service.name, serviceOf(service)] as const),
      ...keepings.map((each) => [each.name, keeping(each)] as const),
      ['nats', nats],
      ['prometheus', prometheus],
      ['streams', streams],
      ['valkey', valkey],
    ]),
    networks: {
      front: {},
      // Without a way out.
      house: { internal: true },
      world: {},
    },
    volumes: { nats: {}, prometheus: {} },
  };
  return {
    'compose.yaml': stringify(compose, { lineWidth: 120, version: '1.1' }),
    'nats/nats.conf': natsConf({ name: 'nats', others: [], certificates: places.certificates, store: '/data' }),
    'valkey/valkey.conf': redisConf({
      bind: '* -::*',
      certificates: places.certificates,
      users: `${places.keys}/users.acl`,
      store: '/data',
    }),
    'prometheus/prometheus.yml': scrapeConfig(
      services.map(({ name }) => ({ service: name, targets: [`${name}:${operationsPort}`] })),
    ),
    '.env.example': [
      '# Copy to .env and fill in. Everything else has a default.',
      ...Object.entries(asked).map(([name, value]) => `${name}=${value}`),
      '',
    ].join('\n'),
  };
}

function serviceOf(service: Service): object {
  const { name, needs, door, settings, memoryMi } = service;
  const own = settings.filter((each) => each in asked).map((each) => [each, `\${${each}}`]);
  return {
    image: needs.includes('browser') ? `${image}-browser` : image,
    command: [`services/${name}/dist/main.js`],
    environment: {
      ...environmentOf(service, { nats: natsUrl, redis: 'rediss://valkey:6379', places }),
      ...Object.fromEntries(own),
      // Passed on where it is set.
      ...(settings.includes('NEIGHBOURS') && { NEIGHBOURS: null }),
    },
    volumes: [
      ...(service.isLinked
        ? [`./keys/${name}:${places.keys}:ro`]
        : keyFilesOf(service).map((file) => `./keys/${file}:${places.keys}/${file}:ro`)),
      `./tls/ca.crt:${places.certificates}/ca.crt:ro`,
      ...(needs.includes('secrets') ? [`./secrets/secrets.key:${places.secrets}/secrets.key:ro`] : []),
      ...(needs.includes('checkpoint') ? [`./secrets/checkpoint.key:${places.secrets}/checkpoint.key:ro`] : []),
    ],
    networks: [isFront(service) ? 'front' : 'house', ...(needs.includes('world') || door ? ['world'] : [])],
    // TLS ends at the proxy before it, on this host.
    ...(door && { ports: [`127.0.0.1:${door.port}:${door.port}`] }),
    depends_on: { streams: { condition: 'service_completed_successfully' } },
    healthcheck: {
      test: ['CMD', 'node', '-e', probe(operationsPort)],
      interval: '10s',
      timeout: '5s',
      start_period: '60s',
    },
    mem_limit: `${memoryMi}m`,
    stop_grace_period: '20s',
    tmpfs: ['/tmp'],
    ...(service.isLinked && { profiles: ['linked'] }),
    ...hardened,
  };
}

const nats = {
  // Built from Debian's package where no registry can be reached; 2.10.27 at least.
  image: '${NATS_IMAGE:-nats:2.11-alpine}',
  command: ['-c', '/etc/nats/nats.conf'],
  // The image's root may read what is given to this group, and nothing else that is not its own.
  group_add: ['1000'],
  volumes: [
    './nats/nats.conf:/etc/nats/nats.conf:ro',
    './keys/accounts.conf:/etc/nats/accounts.conf:ro',
    './keys/links.conf:/etc/nats/links.conf:ro',
    `./tls:${places.certificates}:ro`,
    'nats:/data',
  ],
  networks: ['front', 'house'],
  healthcheck: { test: ['CMD', 'wget', '-qO-', 'http://127.0.0.1:8222/healthz?js-enabled-only=true'], interval: '5s' },
  stop_grace_period: '30s',
  ...hardened,
};

/** Read models only: it may lose everything at any moment. */
const valkey = {
  image: '${VALKEY_IMAGE:-valkey/valkey:8-alpine}',
  command: ['valkey-server', '/etc/valkey/valkey.conf'],
  // Who may read the keys; the image changes to a user of its own, for which it needs rights that are dropped here.
  user: '1000:1000',
  volumes: [
    './valkey/valkey.conf:/etc/valkey/valkey.conf:ro',
    `./keys/users.acl:${places.keys}/users.acl:ro`,
    `./tls:${places.certificates}:ro`,
  ],
  networks: ['house'],
  tmpfs: ['/data'],
  ...hardened,
};

/** The command line of the administrator. */
const administrator = (...args: string[]) => ({
  image,
  command: ['infra/local/tongsheng.mjs', ...args],
  environment: environmentOfAdministrator(natsUrl, places),
  volumes: [`./keys/tongsheng.nk:${places.keys}/tongsheng.nk:ro`, `./tls/ca.crt:${places.certificates}/ca.crt:ro`],
  networks: ['house'],
  depends_on: { nats: { condition: 'service_healthy' } },
  ...hardened,
});

/** Makes the streams that are missing, then ends: the services may make none. */
const streams = { ...administrator('bus', 'streams'), restart: 'on-failure' };

/** Run by a timer of the host, since Compose has none: `docker compose run --rm <name>`. */
function keeping({ options }: (typeof keepings)[number]): object {
  const job = administrator('log', 'keep', ...options, '/archive');
  return {
    ...job,
    volumes: [...job.volumes, '${ARCHIVE:-./archive}:/archive'],
    restart: 'no',
    profiles: ['archive'],
  };
}

const prometheus = {
  image: '${PROMETHEUS_IMAGE:-prom/prometheus:v3.5.0}',
  command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
  volumes: ['./prometheus:/etc/prometheus:ro', './monitoring:/etc/monitoring:ro', 'prometheus:/prometheus'],
  networks: ['front', 'house', 'world'],
  ports: ['127.0.0.1:9090:9090'],
  ...hardened,
};
