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

/** Manifests for a cluster, a file for each part: the back office, the bus, Valkey, and the portal in a namespace of its own. */
export function renderKubernetes(cluster: Cluster): Files {
  const yaml = (manifests: Manifest[]) =>
    manifests.map((each) => stringify(each, { lineWidth: 120, version: '1.1' })).join('---\n');
  return {
    '00-namespaces.yaml': yaml([house, front].map(namespace)),
    '10-network.yaml': yaml(network()),
    '20-nats.yaml': yaml(bus(cluster.image)),
    '30-valkey.yaml': yaml(valkey()),
    ...Object.fromEntries(
      services.map((service) => [`50-${service.name}.yaml`, yaml(manifestsOf(service, cluster))] as const),
    ),
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
    redis: `redis://valkey-master.${house}.svc:6379`,
    places,
  });
  const probe = (path: string) => ({ httpGet: { path, port: 'operations' } });
  const files = (secret: string, items: string[]) => ({
    secret: { secretName: secret, items: items.map((key) => ({ key, path: key })) },
  });
  const volumes = [
    {
      name: 'keys',
      ...(service.isLinked ? { secret: { secretName: `key-${name}` } } : files(`key-${name}`, [`${name}.nk`])),
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
                env: Object.entries(environment).map(([key, value]) => ({ name: key, value })),
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

const serviceManifest = (name: string, where: string, ports: Record<string, number>, headless = false): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta(name, where),
  spec: {
    ...(headless && { clusterIP: 'None', publishNotReadyAddresses: true }),
    selector: { 'app.kubernetes.io/name': name },
    ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: number })),
  },
});

/** Three servers, each stream on all of them; the server's own names of the others are those of its certificate. */
function bus(image: string): Manifest[] {
  const routes = Array.from({ length: servers }, (_, i) => `${natsHost(i)}:6222`);
  const conf = natsConf({ name: '$HOSTNAME', others: routes, certificates: places.certificates, store: '/data' });
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta('nats-conf', house),
      data: { 'links.conf': linksConf, 'nats.conf': conf },
    },
    serviceManifest('nats', house, { client: 4222, cluster: 6222 }, true),
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
            sources: [{ configMap: { name: 'nats-conf' } }, { configMap: { name: 'nats-accounts' } }],
          },
        },
        { name: 'tls', secret: { secretName: 'nats-tls' } },
      ],
    }),
    budget('nats'),
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: meta('streams', house),
      spec: {
        backoffLimit: 20,
        template: {
          metadata: { labels: { ...labels('streams'), 'tongsheng/bus': 'needed' } },
          spec: {
            restartPolicy: 'OnFailure',
            automountServiceAccountToken: false,
            securityContext: podSecurity,
            containers: [
              {
                name: 'streams',
                image,
                args: ['infra/local/tongsheng.mjs', 'bus', 'streams', '--replicas', String(servers)],
                env: [
                  { name: 'NATS_URL', value: natsUrl },
                  { name: 'NATS_KEYS', value: places.keys },
                  { name: 'NODE_EXTRA_CA_CERTS', value: `${places.certificates}/ca.crt` },
                ],
                volumeMounts: [
                  { name: 'keys', mountPath: places.keys, readOnly: true },
                  { name: 'tls', mountPath: places.certificates, readOnly: true },
                ],
                resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
                securityContext,
              },
            ],
            volumes: [
              { name: 'keys', secret: { secretName: 'key-tongsheng' } },
              { name: 'tls', secret: { secretName: 'house-ca' } },
            ],
          },
        },
      },
    },
  ];
}

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
const valkeyHost = (i: number) => `valkey-${i}.valkey.${house}.svc`;

/**
 * Three Valkeys, one of them the master, and a Sentinel beside each. The services ask one address: HAProxy leads it to
 * whichever says that it is the master. What is lost at a change of masters is built again from the log.
 */
function valkey(): Manifest[] {
  const sentinel = [
    'port 26379',
    'sentinel resolve-hostnames yes',
    'sentinel announce-hostnames yes',
    `sentinel monitor tongsheng ${valkeyHost(0)} 6379 2`,
    'sentinel down-after-milliseconds tongsheng 5000',
    'sentinel failover-timeout tongsheng 20000',
    'sentinel parallel-syncs tongsheng 1',
    '',
  ].join('\n');
  // A pod that comes back asks the Sentinels first who is the master; at the very beginning it is the first one.
  const start = [
    `master=$(valkey-cli -h valkey.${house}.svc -p 26379 --raw SENTINEL get-master-addr-by-name tongsheng 2>/dev/null | head -1)`,
    `me="$HOSTNAME.valkey.${house}.svc"`,
    `master=\${master:-${valkeyHost(0)}}`,
    'set -- --dir /data --save "" --appendonly no --replica-announce-ip "$me" --hash-max-listpack-entries 512 --hash-max-listpack-value 160',
    'if [ "$master" != "$me" ]; then set -- "$@" --replicaof "$master" 6379; fi',
    'exec valkey-server "$@"',
  ].join('\n');
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta('valkey-conf', house),
      data: { 'sentinel.conf': sentinel, 'haproxy.cfg': haproxyConf() },
    },
    serviceManifest('valkey', house, { redis: 6379, sentinel: 26_379 }, true),
    stateful('valkey', {
      replicas: servers,
      container: {
        image: valkeyImage,
        command: ['sh', '-c', start],
        ports: [{ name: 'redis', containerPort: 6379 }],
        readinessProbe: { exec: { command: ['valkey-cli', 'ping'] }, periodSeconds: 5 },
        resources: { requests: { cpu: '200m', memory: '1Gi' }, limits: { memory: '3Gi' } },
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
      },
      more: [
        {
          name: 'sentinel',
          image: valkeyImage,
          // It writes down what it found out, so it gets a copy.
          command: ['sh', '-c', 'cp /conf/sentinel.conf /sentinel/ && exec valkey-sentinel /sentinel/sentinel.conf'],
          ports: [{ name: 'sentinel', containerPort: 26_379 }],
          resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { memory: '64Mi' } },
          volumeMounts: [
            { name: 'conf', mountPath: '/conf' },
            { name: 'sentinel', mountPath: '/sentinel' },
          ],
          securityContext,
        },
      ],
      volumes: [
        { name: 'conf', configMap: { name: 'valkey-conf' } },
        { name: 'data', emptyDir: {} },
        { name: 'sentinel', emptyDir: {} },
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
                ports: [{ name: 'redis', containerPort: 6379 }],
                readinessProbe: { tcpSocket: { port: 'redis' }, periodSeconds: 5 },
                resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
                volumeMounts: [{ name: 'conf', mountPath: '/usr/local/etc/haproxy', readOnly: true }],
                securityContext,
              },
            ],
            volumes: [
              {
                name: 'conf',
                configMap: { name: 'valkey-conf', items: [{ key: 'haproxy.cfg', path: 'haproxy.cfg' }] },
              },
            ],
          },
        },
      },
    },
    serviceManifest('valkey-master', house, { redis: 6379 }),
    budget('valkey-master'),
  ];
}

/** One address for whichever Valkey is the master. */
export function haproxyConf(): string {
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
    '  tcp-check send info\\ replication\\r\\n',
    '  tcp-check expect string role:master',
    // A master that lost the others' trust must not keep its connections.
    '  default-server check inter 1s fall 2 rise 1 on-marked-down shutdown-sessions init-addr none',
    ...Array.from({ length: servers }, (_, i) => `  server valkey-${i} ${valkeyHost(i)}:6379`),
    '',
  ].join('\n');
}

/** Nothing may reach anything, but for what is said here. */
function network(): Manifest[] {
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
    to: [
      { ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'] } },
    ],
  };
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
