import { redisConf } from './redis.ts';
import {
  environmentOf,
  environmentOfAdministrator,
  isFront,
  keepings,
  keyFilesOf,
  services,
  type Service,
} from './services.ts';
import type { Files } from './monitoring.ts';

export type Machine = {
  /** Where the checkout, set up, lies. */
  home: string;
  /** Node 24. */
  node: string;
};

/** Chromium makes a sandbox of namespaces for itself. */
const calls = {
  usual: ['RestrictNamespaces=yes', 'SystemCallFilter=@system-service', 'SystemCallFilter=~@privileged @resources'],
  browser: ['RestrictNamespaces=no', 'SystemCallFilter=@system-service chroot'],
};

/**
 * Units for machines without containers, one a service, each a user that exists while it runs. Keys come as credentials:
 * readable by that service alone. Redis is Debian's own unit, which gets its configuration and a drop-in.
 */
export function renderSystemd(machine: Machine): Files {
  return {
    ...Object.fromEntries(services.map((service) => [`tongsheng-${service.name}.service`, unitOf(service, machine)])),
    ...Object.fromEntries(keepings.flatMap((each) => keepingOf(each, machine))),
    'redis.conf': redisConf({
      bind: '127.0.0.1',
      certificates: redisCredentials,
      users: `${redisCredentials}/users.acl`,
      store: '/var/lib/redis',
    }),
    'redis-server.service.d/tongsheng.conf': [
      '[Service]',
      ...['ca.crt', 'tls.crt', 'tls.key'].map((file) => credential(file, 'tls')),
      credential('users.acl', 'keys'),
      '',
    ].join('\n'),
    'tongsheng.target': [
      '[Unit]',
      'Description=Tongsheng',
      `Wants=${services
        .filter(({ isLinked }) => !isLinked)
        .map(({ name }) => `tongsheng-${name}.service`)
        .join(' ')}`,
      '',
      '[Install]',
      'WantedBy=multi-user.target',
      '',
    ].join('\n'),
  };
}

const redisCredentials = '/run/credentials/redis-server.service';
const credential = (file: string, from: string) => `LoadCredential=${file}:/etc/tongsheng/${from}/${file}`;

const places = { keys: '%d', secrets: '%d', certificates: '/etc/tongsheng/tls', browser: '/usr/bin/chromium' };
const natsUrl = 'tls://127.0.0.1:4222';
const variables = (environment: Record<string, string>) =>
  Object.entries(environment).map(([key, value]) => `Environment="${key}=${value}"`);
const hardened = [
  'DynamicUser=yes',
  'ProtectSystem=strict',
  'ProtectHome=yes',
  'PrivateDevices=yes',
  'PrivateUsers=yes',
  'ProtectClock=yes',
  'ProtectControlGroups=yes',
  'ProtectHostname=yes',
  'ProtectKernelLogs=yes',
  'ProtectKernelModules=yes',
  'ProtectKernelTunables=yes',
  'ProtectProc=invisible',
  'ProcSubset=pid',
  'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX',
  'RestrictRealtime=yes',
  'RestrictSUIDSGID=yes',
  'LockPersonality=yes',
  'CapabilityBoundingSet=',
  'SystemCallArchitectures=native',
  'UMask=0077',
];

/** Where the other system's disk is mounted; the user of the same name owns it. */
const archive = '/srv/tongsheng-archive';

/** A timer, and what it starts. */
const keepingOf = (
  { name, options, calendar }: (typeof keepings)[number],
  { home, node }: Machine,
): [file: string, unit: string][] => [
  [
    `tongsheng-${name}.service`,
    [
      '[Unit]',
      `Description=Tongsheng ${name}`,
      'After=nats-server.service',
      // Rather not at all than on the disk that is to be guarded.
      `AssertPathIsMountPoint=${archive}`,
      '',
      '[Service]',
      'Type=oneshot',
      `ExecStart=${node} ${home}/infra/local/tongsheng.mjs log keep ${[...options, archive].join(' ')}`,
      ...variables(environmentOfAdministrator(natsUrl, places)),
      'EnvironmentFile=-/etc/tongsheng/tongsheng.env',
      credential('tongsheng.nk', 'keys'),
      'User=tongsheng-archive',
      `ReadWritePaths=${archive}`,
      'MemoryMax=1024M',
      ...hardened,
      ...calls.usual,
      '',
    ].join('\n'),
  ],
  [
    `tongsheng-${name}.timer`,
    [
      '[Unit]',
      `Description=Tongsheng ${name}`,
      '',
      '[Timer]',
      `OnCalendar=${calendar}`,
      'Persistent=yes',
      '',
      '[Install]',
      'WantedBy=timers.target',
      '',
    ].join('\n'),
  ],
];

function unitOf(service: Service, { home, node }: Machine): string {
  const { name, needs, memoryMi } = service;
  const environment = {
    ...environmentOf(service, { nats: natsUrl, redis: 'rediss://127.0.0.1:6379', places }),
    OPERATIONS_HOST: '127.0.0.1',
    // Several processes share the machine: each its own port.
    OPERATIONS_PORT: String(9_500 + services.indexOf(service)),
    ...(needs.includes('browser') && { HOME: '/tmp' }),
  };
  return [
    '[Unit]',
    `Description=Tongsheng ${name}`,
    'PartOf=tongsheng.target',
    'Wants=network-online.target',
    `After=network-online.target${isFront(service) ? '' : ' nats-server.service redis-server.service'}`,
    // It waits for the bus by itself, for 10 s; after that it is started again, for ever.
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=exec',
    `ExecStart=${node} --enable-source-maps ${home}/services/${name}/dist/main.js`,
    `WorkingDirectory=${home}`,
    ...variables(environment),
    'EnvironmentFile=-/etc/tongsheng/tongsheng.env',
    `EnvironmentFile=-/etc/tongsheng/${name}.env`,
    ...keyFilesOf(service).map((file) => credential(file, 'keys')),
    ...(needs.includes('secrets') ? [credential('secrets.key', 'secrets')] : []),
    ...(needs.includes('checkpoint') ? [credential('checkpoint.key', 'secrets')] : []),
    'Restart=always',
    'RestartSec=2',
    'TimeoutStopSec=20',
    `MemoryMax=${memoryMi}M`,
    ...hardened,
    ...calls[needs.includes('browser') ? 'browser' : 'usual'],
    '',
    '[Install]',
    'WantedBy=tongsheng.target',
    '',
  ].join('\n');
}
