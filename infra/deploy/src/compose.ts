import { stringify } from 'yaml';
import { linksConf, natsConf } from './nats.ts';
import {
  asked,
  environmentOf,
  inContainer as places,
  isFront,
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
const image = '${TONGSHENG_IMAGE:-tongsheng:latest}';
const probe = (port: number) =>
  `fetch('http://127.0.0.1:${port}/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;

/** One host, everything on it: the portal in a network in which only the bus stands beside it. */
export function renderCompose(): Files {
  const compose = {
    name: 'tongsheng',
    services: Object.fromEntries([
      ...services.map((service) => [service.name, serviceOf(service)] as const),
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
    'nats/links.conf': linksConf,
    'nats/nats.conf': natsConf({ name: 'nats', others: [], certificates: places.certificates, store: '/data' }),
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
      ...environmentOf(service, { nats: 'tls://nats:4222', redis: 'redis://valkey:6379', places }),
      ...Object.fromEntries(own),
      // Passed on where it is set.
      ...(settings.includes('NEIGHBOURS') && { NEIGHBOURS: null }),
    },
    volumes: [
      service.isLinked ? `./keys/${name}:${places.keys}:ro` : `./keys/${name}.nk:${places.keys}/${name}.nk:ro`,
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
  volumes: [
    './nats/nats.conf:/etc/nats/nats.conf:ro',
    './nats/links.conf:/etc/nats/links.conf:ro',
    './keys/accounts.conf:/etc/nats/accounts.conf:ro',
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
  command: [
    'valkey-server',
    '--save',
    '',
    '--appendonly',
    'no',
    '--hash-max-listpack-entries',
    '512',
    '--hash-max-listpack-value',
    '160',
  ],
  networks: ['house'],
  tmpfs: ['/data'],
  ...hardened,
};

/** Makes the streams that are missing, then ends: the services may make none. */
const streams = {
  image,
  command: ['infra/local/tongsheng.mjs', 'bus', 'streams'],
  environment: {
    NATS_URL: 'tls://nats:4222',
    NATS_KEYS: places.keys,
    NODE_EXTRA_CA_CERTS: `${places.certificates}/ca.crt`,
  },
  volumes: [`./keys/tongsheng.nk:${places.keys}/tongsheng.nk:ro`, `./tls/ca.crt:${places.certificates}/ca.crt:ro`],
  networks: ['house'],
  depends_on: { nats: { condition: 'service_healthy' } },
  ...hardened,
  restart: 'on-failure',
};

const prometheus = {
  image: '${PROMETHEUS_IMAGE:-prom/prometheus:v3.5.0}',
  command: ['--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus'],
  volumes: ['./prometheus:/etc/prometheus:ro', './monitoring:/etc/monitoring:ro', 'prometheus:/prometheus'],
  networks: ['front', 'house', 'world'],
  ports: ['127.0.0.1:9090:9090'],
  ...hardened,
};
