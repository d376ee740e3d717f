import { environmentOf, isFront, services, type Service } from './services.ts';
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
 * readable by that service alone.
 */
export function renderSystemd(machine: Machine): Files {
  return {
    ...Object.fromEntries(services.map((service) => [`tongsheng-${service.name}.service`, unitOf(service, machine)])),
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

function unitOf(service: Service, { home, node }: Machine): string {
  const { name, needs, memoryMi } = service;
  const places = { keys: '%d', secrets: '%d', certificates: '/etc/tongsheng/tls', browser: '/usr/bin/chromium' };
  const environment = {
    ...environmentOf(service, { nats: 'tls://127.0.0.1:4222', redis: 'redis://127.0.0.1:6379', places }),
    OPERATIONS_HOST: '127.0.0.1',
    // Several processes share the machine: each its own port.
    OPERATIONS_PORT: String(9_500 + services.indexOf(service)),
    ...(needs.includes('browser') && { HOME: '/tmp' }),
  };
  const credential = (file: string, from: string) => `LoadCredential=${file}:/etc/tongsheng/${from}/${file}`;
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
    ...Object.entries(environment).map(([key, value]) => `Environment="${key}=${value}"`),
    'EnvironmentFile=-/etc/tongsheng/tongsheng.env',
    `EnvironmentFile=-/etc/tongsheng/${name}.env`,
    credential(`${name}.nk`, 'keys'),
    ...(needs.includes('secrets') ? [credential('secrets.key', 'secrets')] : []),
    ...(needs.includes('checkpoint') ? [credential('checkpoint.key', 'secrets')] : []),
    'Restart=always',
    'RestartSec=2',
    'TimeoutStopSec=20',
    `MemoryMax=${memoryMi}M`,
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
    ...calls[needs.includes('browser') ? 'browser' : 'usual'],
    'UMask=0077',
    '',
    '[Install]',
    'WantedBy=tongsheng.target',
    '',
  ].join('\n');
}
