import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DCLinter } from 'dclint';
import * as apps from 'kubernetes-models/apps/v1';
import * as batch from 'kubernetes-models/batch/v1';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { renderCompose } from './compose.ts';
import { haproxyConf, renderKubernetes } from './kubernetes.ts';
import { asked, environmentOf, inContainer, keepings, services } from './services.ts';
import { renderSystemd } from './systemd.ts';

const root = join(import.meta.dirname, '../../..');
const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

function inFolder<T>(files: Record<string, string>, work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What a service's own sources name of settings: its `main.ts`, and where the gateway keeps its schema. */
const readBy = (name: string): string =>
  ['main.ts', 'settings.ts']
    .map((file) => join(root, 'services', name, 'src', file))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
const inSchema = (text: string) => [...text.matchAll(/^\s{2}([A-Z][A-Z_]+):/gm)].map(([, name]) => name!);
/** Of no concern to a deployment, or given by every service's shell. */
const elsewhere = new Set(['TIME_ZONE', 'CONSOLE_DIR', 'PORTAL_FORM_SECONDS', 'CHECKPOINT_KEY', 'CHECKPOINT_KEY_FILE']);

describe('the table of services', () => {
  it.each(services)('says of $name what it reads, and no more', (service) => {
    const source = readBy(service.name);
    const given = environmentOf(service, { nats: '', redis: '', places: inContainer });
    const told = [...Object.keys(given), ...service.settings];
    const common = ['NATS_URL', 'NATS_KEYS', 'REDIS_KEYS', 'TLS_CA_FILE', 'OPERATIONS_HOST', 'OPERATIONS_PORT'];
    for (const name of told)
      if (!common.includes(name) && name !== 'SECRETS_KEY_FILE')
        expect([service.name, source.includes(name), name]).toEqual([service.name, true, name]);
    expect(service.needs.includes('secrets')).toBe(source.includes('secretsConfig'));
    expect(inSchema(source).filter((name) => !told.includes(name) && !elsewhere.has(name))).toEqual([]);
  });

  it('asks for nothing that no service reads', () => {
    const read = services.flatMap(({ settings }) => settings);
    expect(Object.keys(asked).filter((name) => !read.includes(name))).toEqual([]);
  });
});

/** What is no Compose file, or no sound one. */
function lint(text: string): string[] {
  const settings = { recursive: false, quiet: false, debug: false, exclude: [], stopOnError: false, rules: {} };
  type Linter = { lintFiles(paths: string[], recursive: boolean): { messages: { rule: string; message: string }[] }[] };
  const linter = new DCLinter(settings as never) as Linter;
  const found = inFolder({ 'compose.yaml': text }, (folder) => linter.lintFiles([folder], false));
  const matters = /invalid-(schema|yaml)|no-duplicate|no-version|no-unbound/;
  return found.flatMap(({ messages }) =>
    messages.filter(({ rule }) => matters.test(rule)).map(({ rule, message }) => `${rule}: ${message}`),
  );
}

describe('compose', () => {
  const files = renderCompose();
  const compose = parse(files['compose.yaml']!) as {
    services: Record<
      string,
      { networks: string[]; environment?: Record<string, string>; ports?: string[]; volumes?: string[] }
    >;
  };

  it('is what Compose takes, by its own schema', () => {
    expect(lint(files['compose.yaml']!)).toEqual([]);
    expect(lint(files['compose.yaml']!.replace('healthcheck:', 'helthcheck:'))).not.toEqual([]);
  });

  it('has the portal reach the bus and nothing else of the house', () => {
    const shared = Object.entries(compose.services).filter(
      ([name, { networks }]) => name !== 'portal' && networks.includes('front'),
    );
    expect(shared.map(([name]) => name)).toEqual(['nats', 'prometheus']);
    expect(compose.services['portal']!.networks).not.toContain('house');
    expect(compose.services['portal']!.environment).not.toHaveProperty('REDIS_URL');
  });

  it('gives each service its own keys and nobody else’s', () => {
    for (const { name, isLinked } of services) {
      const keys = compose.services[name]!.volumes!.filter((volume) => volume.startsWith('./keys/'));
      expect(keys.filter((volume) => !volume.startsWith(`./keys/${name}${isLinked ? ':' : '.'}`))).toEqual([]);
    }
  });

  it('opens doors to this host alone', () => {
    const ports = Object.values(compose.services).flatMap(({ ports: of = [] }) => of);
    expect(ports.length).toBeGreaterThan(4);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });
});

describe('kubernetes', () => {
  const files = renderKubernetes({ image: 'registry.example/tongsheng:1', copies: 2 });
  const manifests = Object.values(files).flatMap((text) =>
    parseAllDocuments(text).map((each) => each.toJS() as Manifest),
  );
  type Manifest = {
    apiVersion: string;
    kind: string;
    metadata: { name: string; namespace?: string };
    spec?: Record<string, unknown>;
    data?: Record<string, string>;
  };
  const of = (kind: string) => manifests.filter((each) => each.kind === kind);

  it('is what the API takes, by its own schemas', () => {
    const models: Record<string, Record<string, unknown>> = {
      'apps/v1': apps,
      'batch/v1': batch,
      'networking.k8s.io/v1': networking,
      'policy/v1': policy,
      v1: core,
    };
    for (const manifest of manifests) {
      const Model = models[manifest.apiVersion]![manifest.kind] as new (of: unknown) => { validate(): void };
      expect(() => new Model(manifest).validate(), `${manifest.kind} ${manifest.metadata.name}`).not.toThrow();
    }
    expect(manifests.length).toBeGreaterThan(50);
    expect(() => new apps.Deployment({ spec: { replicas: 'two' } } as never).validate()).toThrow();
  });

  it('holds in its config maps nothing that opens a door', () => {
    const maps = of('ConfigMap').map(({ data = {} }) => data);
    expect(maps.flatMap((data) => Object.keys(data)).filter((name) => /links|users|keys/.test(name))).toEqual([]);
    const said = maps.flatMap((data) => Object.values(data)).join('\n');
    expect(said).not.toMatch(/requirepass|masterauth|auth-pass|sentinel-pass|password:/);
    expect(said).toContain('masteruser replica');
  });

  it('lets neighbours in by the ingress alone, and only where there are some', () => {
    const ports = (each: Manifest) => JSON.stringify(each.spec).includes('7422');
    expect(
      of('NetworkPolicy')
        .filter(ports)
        .map(({ metadata }) => metadata.name),
    ).toEqual(['links']);
    const policy = of('NetworkPolicy').find(ports)!;
    expect(policy.spec).toMatchObject({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'nats' } },
      ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress' } } }] }],
    });
    expect(Object.keys(files).filter((file) => files[file]!.includes('7422'))).toEqual(['linked/40-links.yaml']);
    expect(Object.keys(files)).toContain('linked/50-exchange.yaml');
  });

  it('takes the log to another system by a timer', () => {
    expect(of('CronJob').map(({ metadata }) => metadata.name)).toEqual(keepings.map(({ name }) => name));
    for (const job of of('CronJob')) expect(JSON.stringify(job.spec)).toContain('"claimName":"archive"');
  });

  it('runs every service more than once, with probes, a budget and a door of its own', () => {
    for (const { name, door } of services) {
      const deployment = of('Deployment').find(({ metadata }) => metadata.name === name)!;
      expect(deployment.spec).toMatchObject({
        replicas: 2,
        template: {
          spec: {
            containers: [{ readinessProbe: {}, livenessProbe: {}, securityContext: { readOnlyRootFilesystem: true } }],
          },
        },
      });
      expect(of('PodDisruptionBudget').map(({ metadata }) => metadata.name)).toContain(name);
      expect(of('Service').some(({ metadata }) => metadata.name === name)).toBe(door !== undefined);
    }
    expect(of('StatefulSet').map(({ metadata, spec }) => [metadata.name, spec!['replicas']])).toEqual([
      ['nats', 3],
      ['valkey', 3],
    ]);
  });

  it('lets nothing reach anything but what is said, and the portal nothing of the house but the bus', () => {
    const policies = of('NetworkPolicy');
    for (const namespace of ['tongsheng', 'tongsheng-front']) {
      const nothing = policies.find(({ metadata }) => metadata.name === 'nothing' && metadata.namespace === namespace);
      expect(nothing?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    }
    const house = policies.filter(({ metadata }) => metadata.namespace === 'tongsheng');
    const fromFront = house.filter(({ spec }) => JSON.stringify(spec).includes('"tongsheng-front"'));
    expect(fromFront.map(({ metadata }) => metadata.name)).toEqual(['nats']);
    const front = policies.filter(({ metadata }) => metadata.namespace === 'tongsheng-front');
    expect(
      front.filter(({ spec }) => JSON.stringify(spec).includes('"tongsheng"')).map(({ metadata }) => metadata.name),
    ).toEqual(['to-bus']);
  });

  it.skipIf(!has('haproxy'))('leads to the master by a configuration that HAProxy takes', () => {
    inFolder({}, (folder) => {
      const authority = ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-subj', '/CN=x', '-keyout', 'ca.key'];
      expect(spawnSync('openssl', [...authority, '-out', 'ca.crt'], { cwd: folder }).status).toBe(0);
      writeFileSync(join(folder, 'haproxy.cfg'), haproxyConf().replaceAll(inContainer.certificates, folder));
      const { status, stderr } = spawnSync('haproxy', ['-c', '-f', join(folder, 'haproxy.cfg')], { encoding: 'utf8' });
      expect(status, stderr).toBe(0);
    });
  });
});

describe('systemd', () => {
  const units = renderSystemd({ home: root, node: process.execPath });

  it('has a unit for every service, wanted by one target', () => {
    expect(Object.keys(units).sort()).toEqual(
      [
        ...services.map(({ name }) => `tongsheng-${name}.service`),
        ...keepings.flatMap(({ name }) => [`tongsheng-${name}.service`, `tongsheng-${name}.timer`]),
        'redis-server.service.d/tongsheng.conf',
        'redis.conf',
        'tongsheng.target',
      ].sort(),
    );
    // A deployment without neighbours has nothing to exchange.
    for (const { name, isLinked } of services)
      expect([name, units['tongsheng.target']!.includes(`tongsheng-${name}.service`)]).toEqual([name, !isLinked]);
  });

  it.skipIf(!has('systemd-analyze'))('is taken by systemd, and exposes little', () => {
    inFolder(units, (folder) => {
      const files = Object.keys(units)
        .filter((name) => name.startsWith('tongsheng'))
        .map((name) => join(folder, name));
      const verified = spawnSync('systemd-analyze', ['verify', '--man=no', '--recursive-errors=no', ...files], {
        encoding: 'utf8',
      });
      expect(`${verified.stdout}${verified.stderr}`.split('\n').filter((line) => line.includes('tongsheng-'))).toEqual(
        [],
      );
      // From 0 (nothing) to 10 (everything); systemd itself calls less than 2 safe, and Chromium needs its namespaces.
      const judged = spawnSync(
        'systemd-analyze',
        ['security', '--offline=true', '--threshold=30', ...files.filter((file) => file.endsWith('.service'))],
        { encoding: 'utf8' },
      );
      expect(judged.status, judged.stdout).toBe(0);
    });
  });
});

describe('Redis', () => {
  const compose = renderCompose()['valkey/valkey.conf']!;
  const cluster = parseAllDocuments(renderKubernetes({ image: 'x', copies: 1 })['30-valkey.yaml']!)
    .map((each) => each.toJS() as { data?: Record<string, string> })
    .find(({ data }) => data)!.data!;
  const machine = renderSystemd({ home: root, node: process.execPath })['redis.conf']!;

  it.each([
    ['compose', compose],
    ['kubernetes', cluster['valkey.conf']!],
    ['systemd', machine],
  ])('of %s speaks TLS alone, to users alone, and as compact as the read models want it', (_, conf) => {
    const lines = conf.split('\n');
    for (const line of [
      'port 0',
      'tls-port 6379',
      'save ""',
      'hash-max-listpack-entries 512',
      'hash-max-listpack-value 160',
    ])
      expect(lines).toContain(line);
    expect(lines.filter((line) => /^aclfile \/.*users\.acl$/.test(line))).toHaveLength(1);
    expect(conf).not.toMatch(/requirepass|masterauth|^user /m);
  });

  it('is watched over by TLS, too', () => {
    const lines = cluster['sentinel.conf']!.split('\n');
    for (const line of ['port 0', 'tls-port 26379', 'tls-replication yes']) expect(lines).toContain(line);
    expect(cluster['valkey.conf']!.split('\n')).toContain('tls-replication yes');
  });

  it('is reached by rediss:// from every service that needs it', () => {
    const rendered = [
      ...Object.values(renderCompose()),
      ...Object.values(renderKubernetes({ image: 'x', copies: 1 })),
      ...Object.values(renderSystemd({ home: root, node: process.execPath })),
    ].join('\n');
    expect(rendered).not.toMatch(/\bredis:\/\//);
    expect(rendered.match(/rediss:\/\//g)).toHaveLength(
      3 * services.filter(({ needs }) => needs.includes('redis')).length,
    );
  });
});
