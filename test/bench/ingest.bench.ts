// A thousand feeds of 50 entries, served locally: all new, then unchanged (304), then unchanged without validators (200,
// the same body), then one new entry each. The service runs as it is deployed, a process of its own on a real
// nats-server; its CPU seconds and memory are the kernel's figures. The peer is bare rss-parser over the same bodies,
// fetched with the same client; `ratio` is its CPU seconds over ours in the two unchanged rounds.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BusClient, connectBus } from '@tongsheng/bus';
import { subjects, streams, type SourceReadNow } from '@tongsheng/contracts';
import { sampleSource, startSystem, until } from '@tongsheng/test/support';
import { feedOf, hostOf, type Round } from './feed-server.ts';
import { endOnSignal, pipelined, report, rounded, say, timed } from './measure.ts';

const count = 1_000;
const many = 2_000;
const entries = 50;
const ticksPerSecond = 100;
/** After so long without work the thread that reads has ended. */
const settleMs = 45_000;

/** CPU seconds that a process has used, and the most memory that it held, in MB. */
function usageOf(pid: number): { cpu: number; peakMb: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { cpu: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond, peakMb: Number(peak) / 1_024 };
}

const server = fork(join(import.meta.dirname, 'feed-server.ts'), [String(many)], {
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
const [{ port }] = (await once(server, 'message')) as [{ port: number }];
const turn = async (round: Round) => {
  server.send(round);
  await once(server, 'message');
};
const urlOf = (source: number) => `http://${hostOf(source)}:${port}/feed.xml`;

await using system = await startSystem({
  services: ['registry', 'ingest'],
  samples: false,
  environment: {
    WEB_ALLOW: Array.from({ length: many }, (_, i) => `${hostOf(i)}:${port}`).join(','),
    NATS_MAX_BYTES: String(4 * 2 ** 30),
  },
});
endOnSignal({
  async [Symbol.asyncDispose]() {
    server.kill();
    await system[Symbol.asyncDispose]();
  },
});
const bus = await connectBus({ url: system.servers.nats.url, name: 'bench' });
const client = new BusClient(bus);
const pid = system.pidOf('ingest')!;

function register(source: number) {
  const settings = sampleSource(`s${source}`, urlOf(source), { pollSeconds: 3_600 });
  const head = {
    id: `register/${source}`,
    at: new Date().toISOString(),
    actor: { kind: 'service' as const, id: 'bench' },
  };
  return client.command('registry', { type: 'source.register', ...head, source: settings } as never, 60_000);
}

const items = async () => {
  const info = await bus.jsm.streams.info(streams.journal, { subjects_filter: subjects.events('item') });
  return Object.keys(info.state.subjects ?? {}).length;
};

/** All sources once more; what it cost the service. */
async function round(name: Round): Promise<{ seconds: number; cpu: number; told: number }> {
  await turn(name);
  const before = usageOf(pid).cpu;
  let told = 0;
  const ms = await timed(() =>
    pipelined(count, 64, async (source) => {
      const { looks } = (await client.ask('source.read_now', { sourceId: `s${source}` }, 120_000)) as SourceReadNow;
      told += looks.reduce((sum, look) => sum + look.told, 0);
    }),
  );
  return { seconds: ms / 1_000, cpu: usageOf(pid).cpu - before, told };
}

say(`${count} sources × ${entries} entries, all new`);
await turn('new');
const idle = usageOf(pid).cpu;
const firstMs = await timed(async () => {
  await pipelined(count, 64, register);
  // Each entry is an item and, because its id is not its address, another key of it.
  await until(async () => {
    const info = await bus.jsm.streams.info(streams.journal);
    if (info.state.messages < count * (1 + 2 * entries)) throw new Error(`${info.state.messages} messages`);
  }, 600_000);
});
const firstCpu = usageOf(pid).cpu - idle;
say(
  `  ${rounded(firstMs / 1_000)} s, ${rounded(firstCpu)} CPU s, ${Math.round((count * entries) / (firstMs / 1_000))} entries/s`,
);
const unchanged = await round('not_modified');
say(`unchanged, 304: ${rounded(unchanged.seconds)} s, ${rounded(unchanged.cpu)} CPU s`);
const same = await round('same_body');
say(`unchanged, same body: ${rounded(same.seconds)} s, ${rounded(same.cpu)} CPU s, ${same.told} told`);
const more = await round('one_more');
say(`one new entry each: ${rounded(more.seconds)} s, ${rounded(more.cpu)} CPU s, ${more.told} told`);
const held = usageOf(pid).peakMb;

say('the peer: bare rss-parser over the same bodies');
const RssParser = createRequire(join(import.meta.dirname, '../../infra/feeds/package.json'))(
  'rss-parser',
) as new () => {
  parseString(text: string): Promise<unknown>;
};
await turn('same_body');
const cpuNow = () => {
  const { user, system: kernel } = process.cpuUsage();
  return (user + kernel) / 1e6;
};
let before = cpuNow();
await pipelined(count, 8, async (source) => new RssParser().parseString(feedOf(source)));
const making = cpuNow();
await pipelined(count, 8, async (source) => void feedOf(source));
const parseOnly = making - before - (cpuNow() - making);
before = cpuNow();
await pipelined(count * 2, 64, async (i) => {
  const text = await (await fetch(urlOf(i % count))).text();
  await new RssParser().parseString(text);
});
const peerUnchanged = cpuNow() - before;

say(`${many} sources`);
await pipelined(many - count, 64, (i) => register(count + i));
await until(async () => {
  const found = await items();
  if (found < many * entries) throw new Error(`${found} items`);
}, 600_000);
// What a reader that begins anew needs for them: everything is read once more, and recognised by the log alone.
await turn('same_body');
await system.kill('ingest');
await system.start('ingest');
await until(() => client.ask('source.status', { sourceId: 's0' }), 60_000);
const again = system.pidOf('ingest')!;
const restartMs = await timed(() =>
  pipelined(many, 64, (source) => client.ask('source.read_now', { sourceId: `s${source}` }, 600_000)),
);
const restart = usageOf(again);
await wait(settleMs);
const residentMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${again}/status`, 'utf8'))?.[1]) / 1_024;
say(`  read again after a restart: ${rounded(restartMs / 1_000)} s, ${rounded(restart.cpu)} CPU s`);
if ((await items()) !== many * entries + count) throw new Error('a restart brought something twice, or lost it');
await bus.close();
(server as ChildProcess).kill();

report({
  bench: 'ingest',
  ours: rounded(unchanged.cpu + same.cpu),
  peer: rounded(peerUnchanged),
  ratio: rounded(peerUnchanged / (unchanged.cpu + same.cpu)),
  unit: 'CPU seconds of two unchanged rounds',
  peerName: 'rss-parser',
  entriesPerSecond: Math.round((count * entries) / (firstMs / 1_000)),
  firstReadCpu: rounded(firstCpu),
  firstReadPeerCpu: rounded(parseOnly),
  firstReadRatio: rounded(firstCpu / parseOnly),
  notModifiedCpu: rounded(unchanged.cpu),
  sameBodyCpu: rounded(same.cpu),
  oneMoreCpu: rounded(more.cpu),
  oneMoreTold: more.told,
  peakMb: rounded(held, 1),
  manySourcesMb: rounded(residentMb, 1),
  restartSeconds: rounded(restartMs / 1_000),
  restartCpu: rounded(restart.cpu),
});
