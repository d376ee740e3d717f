import { stringify } from 'yaml';
import { linksPort, natsConf } from './nats.ts';
import { redisConf, sentinelConf } from './redis.ts';
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
import type { Files } from './monitoring.ts';

export type Cluster = {
  /** `registry/tongsheng:tag`; with `-browser` behind it, the one that has Chromium. */
  image: string;
  /** Processes of each service. */
  copies: number;
};

type Manifest = { apiVersion: string; kind: string; metadata: object } & Record<string, unknown>;

const house = 'tongsheng';
const front = 'tongsheng-front';
const servers = 3;
const labels = (name: string) => ({ 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'tongsheng' });
const meta = (name: string, namespace: string) => ({ name, namespace, labels: labels(name) });
const natsHost = (i: number) => `nats-${i}.nats.${house}.svc`;
const natsUrl = Array.from({ length: servers }, (_, i) => `tls://${natsHost(i)}:4222`).join(',');

/** One pod must not take the others with it, nor gain what it was not given. */
const securityContext = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
};
const podSecurity = {
  runAsNonRoot: true,
  runAsUser: 1_000,
  fsGroup: 1_000,
  seccompProfile: { type: 'RuntimeDefault' },
};

/** Not all of a kind on one machine. */
const apart = (name: string) => [
  {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: { 'app.kubernetes.io/name': name } },
  },
];

/**
 * Manifests for a cluster, a file for each part: the back office, the bus, Valkey, and the portal in a namespace of its own.
 * What only linked deployments need lies in a folder of its own, which `kubectl apply -f` of the whole leaves out.
 */
export function renderKubernetes(cluster: Cluster): Files {
  const yaml = (manifests: Manifest[]) =>
    manifests.map((each) => stringify(each, { lineWidth: 120, version: '1.1' })).join('---\n');
  return {
    '00-namespaces.yaml': yaml([house, front].map(namespace)),
    '10-network.yaml': yaml(network()),
    '20-nats.yaml': yaml([...bus(), streamsJob(cluster.image)]),
    '30-valkey.yaml': yaml(valkey()),
    '40-archive.yaml': yaml(keepings.map((each) => keeping(each, cluster.image))),
    ...Object.fromEntries(
      services.map((service) => [
        `${service.isLinked ? 'linked/' : ''}50-${service.name}.yaml`,
        yaml(manifestsOf(service, cluster)),
      ]),
    ),
    'linked/40-links.yaml': yaml(links()),
  };
}

const namespace = (name: string): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name,
    labels: { 'pod-security.kubernetes.io/enforce': 'restricted', 'kubernetes.io/metadata.name': name },
  },
});

function manifestsOf(service: Service, { image, copies }: Cluster): Manifest[] {
  const { name, needs, door, settings, memoryMi } = service;
  const where = isFront(service) ? front : house;
  const environment = environmentOf(service, {
    nats: natsUrl,
    redis: `rediss://valkey-master.${house}.svc:6379`,
    places,
  });
  const probe = (path: string) => ({ httpGet: { path, port: 'operations' } });
  const files = (secret: string, items: string[]) => ({
    secret: { secretName: secret, items: items.map((key) => ({ key, path: key })) },
  });
  const volumes = [
    {
      name: 'keys',
      ...(service.isLinked ? { secret: { secretName: `key-${name}` } } : files(`key-${name}`, keyFilesOf(service))),
    },
    { name: 'tls', ...files('house-ca', ['ca.crt']) },
    { name: 'tmp', emptyDir: {} },
    ...(needs.includes('secrets') || needs.includes('checkpoint')
      ? [
          {
            name: 'secrets',
            ...files('house-secrets', [
              ...(needs.includes('secrets') ? ['secrets.key'] : []),
              ...(needs.includes('checkpoint') ? ['checkpoint.key'] : []),
            ]),
          },
        ]
      : []),
  ];
  const mounts: Record<string, string> = {
    keys: places.keys,
    tls: places.certificates,
    secrets: places.secrets,
    tmp: '/tmp',
  };
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta(`${name}-settings`, where),
      data: Object.fromEntries(
        settings.filter((each) => each in asked && !isSecret(each)).map((each) => [each, asked[each]!]),
      ),
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta(name, where),
      spec: {
        replicas: copies,
        selector: { matchLabels: { 'app.kubernetes.io/name': name } },
        // The new one is ready before an old one ends: nobody waits for an upgrade.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: {
          metadata: {
            labels: {
              ...labels(name),
              ...(needs.includes('redis') && { 'tongsheng/redis': 'needed' }),
              ...(needs.includes('world') && { 'tongsheng/world': 'needed' }),
              'tongsheng/bus': 'needed',
            },
          },
          spec: {
            automountServiceAccountToken: false,
            terminationGracePeriodSeconds: 20,
            topologySpreadConstraints: apart(name),
            securityContext: podSecurity,
            containers: [
              {
                name,
                image: needs.includes('browser') ? `${image}-browser` : image,
                args: [`services/${name}/dist/main.js`],
                env: variables(environment),
                envFrom: [
                  { configMapRef: { name: `${name}-settings` } },
                  { secretRef: { name: `${name}-settings`, optional: true } },
                ],
                ports: [
                  { name: 'operations', containerPort: operationsPort },
                  ...(door ? [{ name: 'http', containerPort: door.port }] : []),
                ],
                startupProbe: { ...probe('/health/live'), failureThreshold: 30, periodSeconds: 2 },
                readinessProbe: { ...probe('/health/ready'), periodSeconds: 5 },
                livenessProbe: { ...probe('/health/live'), periodSeconds: 10, failureThreshold: 6 },
                resources: {
                  requests: { cpu: '100m', memory: `${Math.ceil(memoryMi / 2)}Mi` },
                  limits: { memory: `${memoryMi}Mi` },
                },
                volumeMounts: volumes.map((volume) => ({
                  name: volume.name,
                  mountPath: mounts[volume.name]!,
                  ...(volume.name !== 'tmp' && { readOnly: true }),
                })),
                securityContext,
              },
            ],
            volumes,
          },
        },
      },
    },
    ...(door ? [serviceManifest(name, where, { http: door.port })] : []),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: meta(name, where),
      spec: { maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': name } } },
    },
  ];
}

const isSecret = (setting: string) => /(?:SMTP|KEY|SECRET|PASSWORD)$/.test(setting);

/** @param of whose pods it leads to, where it has another name */
const serviceManifest = (
  name: string,
  where: string,
  ports: Record<string, number>,
  { headless = false, of = name }: { headless?: boolean; of?: string } = {},
): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta(name, where),
  spec: {
    ...(headless && { clusterIP: 'None', publishNotReadyAddresses: true }),
    selector: { 'app.kubernetes.io/name': of },
    ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: number })),
  },
});

/** Three servers, each stream on all of them; the server's own names of the others are those of its certificate. */
function bus(): Manifest[] {
  const routes = Array.from({ length: servers }, (_, i) => `${natsHost(i)}:6222`);
  const conf = natsConf({ name: '$HOSTNAME', others: routes, certificates: places.certificates, store: '/data' });
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta('nats-conf', house),
      data: { 'nats.conf': conf },
    },
    serviceManifest('nats', house, { client: 4222, cluster: 6222 }, { headless: true }),
    stateful('nats', {
      replicas: servers,
      disk: '50Gi',
      container: {
        image: 'nats:2.11-alpine',
        args: ['-c', '/etc/nats/nats.conf'],
        env: [{ name: 'HOSTNAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        ports: [
          { name: 'client', containerPort: 4222 },
          { name: 'cluster', containerPort: 6222 },
        ],
        // Its monitoring listens to itself alone, so the probe is a program and not the kubelet.
        startupProbe: { ...healthz('healthz'), failureThreshold: 90, periodSeconds: 2 },
        readinessProbe: { ...healthz('healthz?js-server-only=true'), periodSeconds: 5 },
        livenessProbe: { ...healthz('healthz?js-enabled-only=true'), periodSeconds: 30, failureThreshold: 4 },
        resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '2Gi' } },
        volumeMounts: [
          { name: 'data', mountPath: '/data' },
          { name: 'conf', mountPath: '/etc/nats' },
          { name: 'tls', mountPath: places.certificates, readOnly: true },
        ],
      },
      volumes: [
        {
          name: 'conf',
          projected: {
            sources: [
              { configMap: { name: 'nats-conf' } },
              { configMap: { name: 'nats-accounts' } },
              // It may hold passwords of neighbours.
              { secret: { name: 'nats-links' } },
            ],
          },
        },
        { name: 'tls', secret: { secretName: 'nats-tls' } },
      ],
    }),
    budget('nats'),
  ];
}

const variables = (environment: Record<string, string>) =>
  Object.entries(environment).map(([name, value]) => ({ name, value }));

type Job = { name: string; image: string; args: string[]; memoryMi: number; archive?: string };
/** A run of the administrator's command line. @param archive where it finds the other system's disk */
const administrator = ({ name, image, args, memoryMi, archive }: Job) => ({
  metadata: { labels: { ...labels(name), 'tongsheng/bus': 'needed' } },
  spec: {
    restartPolicy: 'OnFailure',
    automountServiceAccountToken: false,
    securityContext: podSecurity,
    containers: [
      {
        name,
        image,
        args: ['infra/local/tongsheng.mjs', ...args],
        env: variables(environmentOfAdministrator(natsUrl, places)),
        volumeMounts: [
          { name: 'keys', mountPath: places.keys, readOnly: true },
          { name: 'tls', mountPath: places.certificates, readOnly: true },
          ...(archive ? [{ name: 'archive', mountPath: archive }] : []),
        ],
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: `${memoryMi}Mi` } },
        securityContext,
      },
    ],
    volumes: [
      { name: 'keys', secret: { secretName: 'key-tongsheng' } },
      { name: 'tls', secret: { secretName: 'house-ca' } },
      ...(archive ? [{ name: 'archive', persistentVolumeClaim: { claimName: 'archive' } }] : []),
    ],
  },
});

const streamsJob = (image: string): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: meta('streams', house),
  spec: {
    backoffLimit: 20,
    template: administrator({
      name: 'streams',
      image,
      args: ['bus', 'streams', '--replicas', String(servers)],
      memoryMi: 256,
    }),
  },
});

const keeping = ({ name, options, cron }: (typeof keepings)[number], image: string): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: meta(name, house),
  spec: {
    schedule: cron,
    timeZone: 'Asia/Shanghai',
    concurrencyPolicy: 'Forbid',
    jobTemplate: {
      spec: {
        backoffLimit: 3,
        template: administrator({
          name,
          image,
          args: ['log', 'keep', ...options, '/archive'],
          memoryMi: 1_024,
          archive: '/archive',
        }),
      },
    },
  },
});

const healthz = (path: string) => ({ exec: { command: ['wget', '-qO-', `http://127.0.0.1:8222/${path}`] } });
const budget = (name: string): Manifest => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: meta(name, house),
  spec: { maxUnavailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': name } } },
});

type Stateful = { replicas: number; disk?: string; container: object; more?: object[]; volumes: object[] };
const stateful = (name: string, { replicas, disk, container, more = [], volumes }: Stateful): Manifest => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: meta(name, house),
  spec: {
    replicas,
    serviceName: name,
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: { 'app.kubernetes.io/name': name } },
    template: {
      metadata: { labels: labels(name) },
      spec: {
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 60,
        topologySpreadConstraints: apart(name),
        securityContext: podSecurity,
        containers: [{ name, ...container, securityContext }, ...more],
        volumes,
      },
    },
    ...(disk && {
      volumeClaimTemplates: [
        {
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: disk } } },
        },
      ],
    }),
  },
});

const valkeyImage = 'valkey/valkey:8-alpine';
/** How the servers' own client speaks to them; its password comes by the environment. */
const asClient = `--no-auth-warning --tls --cacert ${places.certificates}/ca.crt`;
const valkeyHost = (i: number) => `valkey-${i}.valkey.${house}.svc`;

/**
 * Three Valkeys, one of them the master, and a Sentinel beside each. The services ask one address: HAProxy leads it to
 * whichever says that it is the master. What is lost at a change of masters is built again from the log.
 */
function valkey(): Manifest[] {
  const secretOf = (user: string) => `$(cat ${places.keys}/${user}.redis)`;
  const { certificates } = places;
  // What holds a password is put together here, where nobody else reads it.
  const start = [
    'set -eu; umask 077',
    `me="$HOSTNAME.valkey.${house}.svc"`,
    // A pod that comes back asks the Sentinels first who is the master; at the very beginning it is the first one.
    `master=$(VALKEYCLI_AUTH=${secretOf('sentinel')} valkey-cli -e ${asClient} -h valkey.${house}.svc -p 26379 --raw SENTINEL get-master-addr-by-name tongsheng 2>/dev/null) || master=`,
    'master=$(echo "$master" | head -1)',
    `master=\${master:-${valkeyHost(0)}}`,
    '{',
    '  cat /conf/valkey.conf',
    '  echo "replica-announce-ip $me"',
    `  echo "masterauth ${secretOf('replica')}"`,
    '  if [ "$master" != "$me" ]; then echo "replicaof $master 6379"; fi',
    '} > /run/valkey/valkey.conf',
    'exec valkey-server /run/valkey/valkey.conf',
  ].join('\n');
  // It writes down what it found out, so it gets a copy.
  const startSentinel = [
    'set -eu; umask 077',
    `password=${secretOf('sentinel')}`,
    '{',
    '  cat /conf/sentinel.conf',
    '  echo "requirepass $password"',
    '  echo "sentinel sentinel-pass $password"',
    '  echo "sentinel auth-pass tongsheng $password"',
    '} > /run/valkey/sentinel.conf',
    'exec valkey-sentinel /run/valkey/sentinel.conf',
  ].join('\n');
  const ping = `VALKEYCLI_AUTH=${secretOf('probe')} valkey-cli -e ${asClient} --user probe ping`;
  const mounts = (own: string, run: string) => [
    { name: 'conf', mountPath: '/conf', readOnly: true },
    { name: own, mountPath: places.keys, readOnly: true },
    { name: 'tls', mountPath: certificates, readOnly: true },
    { name: run, mountPath: '/run/valkey' },
  ];
  const secrets = (...files: string[]) => ({
    secret: { secretName: 'key-valkey', items: files.map((key) => ({ key, path: key })) },
  });
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta('valkey-conf', house),
      data: {
        'haproxy.cfg': haproxyConf(),
        'sentinel.conf': sentinelConf({ certificates, master: valkeyHost(0) }),
        'valkey.conf': [
          redisConf({ bind: '* -::*', certificates, users: `${places.keys}/users.acl`, store: '/data' }),
          'tls-replication yes\n',
          'masteruser replica\n',
        ].join(''),
      },
    },
    serviceManifest('valkey', house, { redis: 6379, sentinel: 26_379 }, { headless: true }),
    stateful('valkey', {
      replicas: servers,
      container: {
        image: valkeyImage,
        command: ['sh', '-c', start],
        ports: [{ name: 'redis', containerPort: 6379 }],
        readinessProbe: { exec: { command: ['sh', '-c', ping] }, periodSeconds: 5 },
        resources: { requests: { cpu: '200m', memory: '1Gi' }, limits: { memory: '3Gi' } },
        volumeMounts: [...mounts('keys', 'run'), { name: 'data', mountPath: '/data' }],
      },
      more: [
        {
          name: 'sentinel',
          image: valkeyImage,
          command: ['sh', '-c', startSentinel],
          ports: [{ name: 'sentinel', containerPort: 26_379 }],
          resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '64Mi' } },
          volumeMounts: mounts('sentinel-keys', 'sentinel-run'),
          securityContext,
        },
      ],
      volumes: [
        { name: 'conf', configMap: { name: 'valkey-conf' } },
        { name: 'data', emptyDir: {} },
        { name: 'keys', ...secrets('probe.redis', 'replica.redis', 'sentinel.redis', 'users.acl') },
        { name: 'run', emptyDir: { medium: 'Memory' } },
        { name: 'sentinel-keys', ...secrets('sentinel.redis') },
        { name: 'sentinel-run', emptyDir: { medium: 'Memory' } },
        { name: 'tls', secret: { secretName: 'valkey-tls' } },
      ],
    }),
    budget('valkey'),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta('valkey-master', house),
      spec: {
        replicas: 2,
        selector: { matchLabels: { 'app.kubernetes.io/name': 'valkey-master' } },
        template: {
          metadata: { labels: labels('valkey-master') },
          spec: {
            automountServiceAccountToken: false,
            topologySpreadConstraints: apart('valkey-master'),
            securityContext: podSecurity,
            containers: [
              {
                name: 'haproxy',
                image: 'haproxy:3.2-alpine',
                env: [
                  { name: 'PROBE_PASSWORD', valueFrom: { secretKeyRef: { name: 'key-valkey', key: 'probe.redis' } } },
                ],
                ports: [{ name: 'redis', containerPort: 6379 }],
                readinessProbe: { tcpSocket: { port: 'redis' }, periodSeconds: 5 },
                resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
                volumeMounts: [
                  { name: 'conf', mountPath: '/usr/local/etc/haproxy', readOnly: true },
                  { name: 'tls', mountPath: certificates, readOnly: true },
                ],
                securityContext,
              },
            ],
            volumes: [
              {
                name: 'conf',
                configMap: { name: 'valkey-conf', items: [{ key: 'haproxy.cfg', path: 'haproxy.cfg' }] },
              },
              { name: 'tls', secret: { secretName: 'house-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
            ],
          },
        },
      },
    },
    serviceManifest('valkey-master', house, { redis: 6379 }),
    budget('valkey-master'),
  ];
}

/** One address for whichever Valkey is the master. What goes through is theirs to encrypt; only its own probes it encrypts itself. */
export function haproxyConf(): string {
  const proof = `check check-ssl verify required ca-file ${places.certificates}/ca.crt`;
  return [
    'defaults',
    '  mode tcp',
    '  timeout connect 2s',
    '  timeout client 1h',
    '  timeout server 1h',
    'frontend redis',
    '  bind :6379',
    '  default_backend master',
    'backend master',
    '  option tcp-check',
    '  tcp-check send "AUTH probe ${PROBE_PASSWORD}\\r\\n"',
    '  tcp-check expect string +OK',
    '  tcp-check send ROLE\\r\\n',
    '  tcp-check expect string $6\\r\\nmaster',
    // A master that lost the others' trust must not keep its connections.
    `  default-server ${proof} inter 1s fall 2 rise 1 on-marked-down shutdown-sessions init-addr none`,
    ...Array.from(
      { length: servers },
      (_, i) => `  server valkey-${i} ${valkeyHost(i)}:6379 check-sni ${valkeyHost(i)} verifyhost ${valkeyHost(i)}`,
    ),
    '',
  ].join('\n');
}

const policy = (name: string, where: string, spec: object): Manifest => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: where },
  spec,
});
const pod = (name: string) => ({ podSelector: { matchLabels: { 'app.kubernetes.io/name': name } } });
const marked = (label: string) => ({ matchLabels: { [`tongsheng/${label}`]: 'needed' } });
const inNamespace = (name: string) => ({
  namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
});
const tcp = (...ports: number[]) => ports.map((port) => ({ protocol: 'TCP', port }));
const world = {
  to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'] } }],
};

/** Neighbours come in by the ingress, which passes their TLS through, and we go out to them at the same port of theirs. */
const links = (): Manifest[] => [
  serviceManifest('nats-links', house, { links: linksPort }, { of: 'nats' }),
  policy('links', house, {
    ...pod('nats'),
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [inNamespace('ingress')], ports: tcp(linksPort) }],
    egress: [{ ...world, ports: tcp(linksPort) }],
  }),
];

/** Nothing may reach anything, but for what is said here. */
function network(): Manifest[] {
  const common = (where: string) => [
    policy('nothing', where, { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    policy('names', where, {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [inNamespace('kube-system')], ports: [{ protocol: 'UDP', port: 53 }, ...tcp(53)] }],
    }),
    policy('world', where, { podSelector: marked('world'), policyTypes: ['Egress'], egress: [world] }),
    policy('operations', where, {
      podSelector: marked('bus'),
      policyTypes: ['Ingress'],
      ingress: [{ from: [inNamespace('monitoring')], ports: tcp(operationsPort) }],
    }),
    policy('to-bus', where, {
      podSelector: marked('bus'),
      policyTypes: ['Egress'],
      egress: [{ to: [{ ...inNamespace(house), ...pod('nats') }], ports: tcp(4222) }],
    }),
    ...services
      .filter((service) => service.door && (isFront(service) ? front : house) === where)
      .map(({ name, door }) =>
        policy(`door-${name}`, where, {
          ...pod(name),
          policyTypes: ['Ingress'],
          ingress: [{ from: [inNamespace('ingress')], ports: tcp(door!.port) }],
        }),
      ),
  ];
  return [
    ...common(house),
    policy('nats', house, {
      ...pod('nats'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        {
          from: [{ podSelector: marked('bus') }, { ...inNamespace(front), podSelector: marked('bus') }],
          ports: tcp(4222),
        },
        { from: [pod('nats')], ports: tcp(6222) },
      ],
      egress: [{ to: [pod('nats')], ports: tcp(6222) }],
    }),
    policy('to-valkey', house, {
      podSelector: marked('redis'),
      policyTypes: ['Egress'],
      egress: [{ to: [pod('valkey-master')], ports: tcp(6379) }],
    }),
    policy('valkey-master', house, {
      ...pod('valkey-master'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [{ podSelector: marked('redis') }], ports: tcp(6379) }],
      egress: [{ to: [pod('valkey')], ports: tcp(6379) }],
    }),
    policy('valkey', house, {
      ...pod('valkey'),
      policyTypes: ['Ingress', 'Egress'],
      ingress: [{ from: [pod('valkey-master'), pod('valkey')], ports: tcp(6379, 26_379) }],
      egress: [{ to: [pod('valkey')], ports: tcp(6379, 26_379) }],
    }),
    ...common(front),
  ];
}
