import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addressOf, makeKeys, readSeed, renderAccounts, type Bus } from '@tongsheng/bus';
import { freePort } from '@tongsheng/local';

/** The program that may run in a cluster, or undefined: `infra/local/setup/later.mjs` looks for it. */
export const clusterServer = process.env['NATS_CLUSTER_SERVER'];

const ip = (...args: string[]): boolean => spawnSync('ip', args).status === 0;

/** Whether machines can be played by network namespaces here: that needs root and `ip`. */
export const canCut = ((): boolean => {
  const name = `ts-probe-${process.pid}`;
  const can = process.getuid?.() === 0 && ip('netns', 'add', name);
  if (can) ip('netns', 'del', name);
  return can;
})();

/** Three nats-servers that replicate everything, each in a network of its own where that can be. */
export type Cluster = {
  /** The administrator's address of all three. */
  url: string;
  /** Which of the three leads a stream. */
  leaderOf(bus: Bus, stream: string): Promise<number>;
  /** `kill -9`. */
  kill(node: number): Promise<void>;
  start(node: number): void;
  /** SIGSTOP: it holds its connections and answers nobody. */
  freeze(node: number): void;
  thaw(node: number): void;
  /** Takes the node's cable out: neither the others nor we reach it. */
  cut(node: number): void;
  mend(node: number): void;
  [Symbol.asyncDispose](): Promise<void>;
};

const nodes = [0, 1, 2] as const;

export async function startCluster(program: string): Promise<Cluster> {
  const dir = await mkdtemp(join(tmpdir(), 'tongsheng-cluster-'));
  const keys = join(dir, 'keys');
  const accounts = renderAccounts(makeKeys(keys));
  const net = canCut ? namespaces() : null;
  const ports = net ? null : await Promise.all(Array.from({ length: 6 }, freePort));
  const clientAt = (node: number) => (net ? `${net.hostOf(node)}:4222` : `127.0.0.1:${ports![node]}`);
  const routeAt = (node: number) => (net ? `${net.hostOf(node)}:6222` : `127.0.0.1:${ports![node + 3]}`);
  for (const node of nodes) {
    const routes = nodes.filter((other) => other !== node).map((other) => `nats://${routeAt(other)}`);
    await mkdir(join(dir, `store-${node}`));
    await writeFile(
      join(dir, `${node}.conf`),
      `server_name: node${node}
      listen: "${clientAt(node)}"
      max_payload: 4MB
      jetstream { store_dir: ${JSON.stringify(join(dir, `store-${node}`))}, max_file_store: 4GB, sync_interval: always }
      cluster { name: tongsheng, listen: "${routeAt(node)}", routes: ${JSON.stringify(routes)} }
      ${accounts}`,
    );
  }
  const running: (ChildProcess | null)[] = [null, null, null];
  const start = (node: number) => {
    const args = ['-c', join(dir, `${node}.conf`), '-l', join(dir, `${node}.log`)];
    running[node] = net ? spawn('ip', ['netns', 'exec', net.nameOf(node), program, ...args]) : spawn(program, args);
  };
  const kill = async (node: number) => {
    const child = running[node];
    running[node] = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    // `ip netns exec` becomes the program that it starts.
    child.kill('SIGKILL');
    await ended;
  };
  for (const node of nodes) start(node);
  const addresses = nodes.map((node) => `nats://${clientAt(node)}`).join(',');
  return {
    url: addressOf(addresses, readSeed(keys, 'tongsheng')),
    async leaderOf(bus, stream) {
      const { cluster } = await bus.jsm.streams.info(stream);
      if (!cluster?.leader) throw new Error(`nobody leads ${stream}`);
      return Number(cluster.leader.slice('node'.length));
    },
    kill,
    start,
    freeze: (node) => void running[node]?.kill('SIGSTOP'),
    thaw: (node) => void running[node]?.kill('SIGCONT'),
    cut: (node) => net!.link(node, 'down'),
    mend: (node) => net!.link(node, 'up'),
    async [Symbol.asyncDispose]() {
      await Promise.all(nodes.map(kill));
      net?.remove();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Three machines on a switch of their own; we are on it, too. */
function namespaces() {
  const id = `ts${process.pid % 100_000}`;
  const net = `10.213.${process.pid % 250}`;
  const nameOf = (node: number) => `${id}-${node}`;
  const must = (...args: string[]) => {
    if (!ip(...args)) throw new Error(`ip ${args.join(' ')} failed`);
  };
  must('link', 'add', id, 'type', 'bridge');
  must('addr', 'add', `${net}.254/24`, 'dev', id);
  must('link', 'set', id, 'up');
  for (const node of nodes) {
    const [here, there] = [`${id}h${node}`, `${id}n${node}`];
    must('netns', 'add', nameOf(node));
    must('link', 'add', here, 'type', 'veth', 'peer', 'name', there);
    must('link', 'set', there, 'netns', nameOf(node));
    must('link', 'set', here, 'master', id, 'up');
    must('-n', nameOf(node), 'addr', 'add', `${net}.${node + 1}/24`, 'dev', there);
    must('-n', nameOf(node), 'link', 'set', there, 'up');
    must('-n', nameOf(node), 'link', 'set', 'lo', 'up');
  }
  return {
    nameOf,
    hostOf: (node: number) => `${net}.${node + 1}`,
    link: (node: number, state: 'up' | 'down') => must('link', 'set', `${id}h${node}`, state),
    remove() {
      for (const node of nodes) ip('netns', 'del', nameOf(node));
      ip('link', 'del', id);
    },
  };
}
