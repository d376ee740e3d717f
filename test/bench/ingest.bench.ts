// A thousand feeds of 50 entries, served locally: all new, then unchanged (304), then unchanged without validators (200,
// the same body), then one new entry each. The service runs as it is deployed, a process of its own on a real
// nats-server; CPU seconds and memory are the kernel's figures. The peer is Miniflux on PostgreSQL where it can be had,
// refreshing the same feeds in the same rounds of the same run, else bare rss-parser over the same bodies; `ratio` is the
// peer's CPU seconds over ours in the two unchanged rounds, without either one's database. Then what 2,000 sources need:
// memory, a restart, and what reading costs where nothing is appended; and how long a poll takes while 200 sources drip.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BusClient, connectBus } from '@tongsheng/bus';
import { subjects, streams, type SourceReadNow, type SourceStatus } from '@tongsheng/contracts';
import { sampleSource, startSystem, until } from '@tongsheng/test/support';
import { feedOf, hostOf, type Round } from './feed-server.ts';
import { endOnSignal, percentile, pipelined, report, rounded, say, timed } from './measure.ts';
import { startMiniflux, type PeerRound } from './miniflux.ts';

const count = 1_000;
const many = 2_000;
const entries = 50;
const ticksPerSecond = 100;
/** After so long without work the thread that reads has ended. */
const settleMs = 45_000;
const drips = 200;

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
/** Sources that drip at this moment, as the server last said. */
let open = 0;
server.on('message', (said: { open?: number }) => (open = said.open ?? open));
const shown = (waits: number[]) =>
  `${rounded(percentile(waits, 0.5))} ms, at the most ${rounded(Math.max(...waits))} ms`;
const residentMb = (of: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${of}/status`, 'utf8'))?.[1]) / 1_024;
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

let registrations = 0;
function register(sourceId: string, url: string, paused = false) {
  const settings = sampleSource(sourceId, url, { pollSeconds: 3_600, paused });
  const head = {
    id: `register/${++registrations}`,
    at: new Date().toISOString(),
    actor: { kind: 'service' as const, id: 'bench' },
  };
  return client.command('registry', { type: 'source.register', ...head, source: settings } as never, 60_000);
}

const items = async () => {
  const info = await bus.jsm.streams.info(streams.journal, { subjects_filter: subjects.events('item') });
  return Object.keys(info.state.subjects ?? {}).length;
};

/** CPU seconds of our own work, and of the log that keeps it. */
const used = () => ({ cpu: usageOf(pid).cpu, logCpu: usageOf(system.servers.nats.pid).cpu });
type Cost = { seconds: number; cpu: number; logCpu: number };

async function costOf(work: () => Promise<unknown>): Promise<Cost> {
  const before = used();
  const ms = await timed(work);
  const after = used();
  return { seconds: ms / 1_000, cpu: after.cpu - before.cpu, logCpu: after.logCpu - before.logCpu };
}

const readNow = async (source: number) =>
  (await client.ask('source.read_now', { sourceId: `s${source}` }, 120_000)) as SourceReadNow;

/** All sources once more; what it cost. */
async function round(name: Round): Promise<Cost & { told: number }> {
  await turn(name);
  let told = 0;
  const cost = await costOf(() =>
    pipelined(count, 64, async (source) => {
      const { looks } = await readNow(source);
      told += looks.reduce((sum, look) => sum + look.told, 0);
    }),
  );
  return { ...cost, told };
}

const costs = ({ seconds, cpu, logCpu }: Cost) =>
  `${rounded(seconds)} s, ${rounded(cpu)} CPU s (and ${rounded(logCpu)} of nats-server)`;

say(
  `load of the machine: ${loadavg()
    .map((value) => rounded(value))
    .join(', ')}`,
);
say(`${count} sources × ${entries} entries`);
await turn('new');
const first = await costOf(async () => {
  await pipelined(count, 64, (i) => register(`s${i}`, urlOf(i)));
  // Each entry is an item and, because its id is not its address, another key of it.
  await until(async () => {
    const info = await bus.jsm.streams.info(streams.journal);
    if (info.state.messages < count * (1 + 2 * entries)) throw new Error(`${info.state.messages} messages`);
  }, 600_000);
});
say(`  all new: ${costs(first)}, ${Math.round((count * entries) / first.seconds)} entries/s`);
const unchanged = await round('not_modified');
say(`  unchanged, 304: ${costs(unchanged)}`);
const same = await round('same_body');
say(`  unchanged, same body: ${costs(same)}, ${same.told} told`);
const more = await round('one_more');
say(`  one new entry each: ${costs(more)}, ${more.told} told`);
const { peakMb } = usageOf(pid);

say(`${drips} sources that drip a byte a second`);
/** One after the other; none of a host that was asked a moment ago, which would have to wait for that. */
const pollsOf = async (from: number) => {
  const waits: number[] = [];
  for (let source = from; source < from + drips; source++) waits.push(await timed(() => readNow(source)));
  return waits;
};
await turn('not_modified');
const calm = await pollsOf(drips);
await pipelined(drips, 64, (i) => register(`drip${i}`, urlOf(i).replace('feed.xml', 'drip')));
await until(async () => {
  await turn('not_modified');
  if (open < drips) throw new Error(`${open} drip`);
}, 60_000);
const dripping = await pollsOf(2 * drips);
await turn('not_modified');
const dripped = open;
await pipelined(drips, 64, (i) => register(`drip${i}`, urlOf(i).replace('feed.xml', 'drip'), true));
const delayMs = Math.max(...dripping) - percentile(calm, 0.5);
say(`  ${dripped} of them open at the end: a poll takes ${shown(dripping)}, without them ${shown(calm)}`);

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
await pipelined(count, 64, async (source) => {
  await new RssParser().parseString(await (await fetch(urlOf(source))).text());
});
const bareCpu = cpuNow() - before;
before = cpuNow();
const bodies = Array.from({ length: count }, (_, i) => feedOf(i));
const making = cpuNow() - before;
for (const body of bodies) await new RssParser().parseString(body);
const bareParseCpu = cpuNow() - before - making;
say(`  fetched and parsed: ${rounded(bareCpu)} CPU s, parsed alone: ${rounded(bareParseCpu)}`);

const peer = await startMiniflux(Array.from({ length: count }, (_, i) => urlOf(i)));
const peerRounds = new Map<Round, PeerRound>();
if ('missing' in peer) say(`Miniflux can't be had: ${peer.missing}. The peer is bare rss-parser.`);
else {
  say(`the peer: Miniflux ${peer.version} on PostgreSQL`);
  for (const [name, wanted] of [
    ['new', 0],
    ['not_modified', 0],
    ['same_body', 0],
    ['one_more', 1],
  ] as const) {
    await turn(name);
    const cost = await peer.refresh();
    const held = await peer.entries();
    if (held !== count * (entries + wanted)) throw new Error(`miniflux holds ${held} entries after ${name}`);
    peerRounds.set(name, cost);
    const { seconds, cpu, databaseCpu } = cost;
    say(`  ${name}: ${rounded(seconds)} s, ${rounded(cpu)} CPU s (and ${rounded(databaseCpu)} of PostgreSQL)`);
  }
  await peer[Symbol.asyncDispose]();
}

say(`${many} sources`);
await turn('new');
await pipelined(many - count, 64, (i) => register(`s${count + i}`, urlOf(count + i)));
await until(async () => {
  const found = await items();
  if (found < many * entries) throw new Error(`${found} items`);
}, 600_000);
await wait(settleMs);
const manySourcesMb = residentMb(pid);
const manySourcesPeakMb = usageOf(pid).peakMb;
// A reader that begins anew reads everything once more, and recognises it by the log alone: it appends nothing, so that
// this is what reading costs.
await turn('same_body');
await system.kill('ingest');
const [logBefore, begun] = [usageOf(system.servers.nats.pid).cpu, performance.now()];
await system.start('ingest');
await client.ask('source.status', { sourceId: 's0' }, 60_000);
const answersMs = performance.now() - begun;
const again = system.pidOf('ingest')!;
const recallCpu = usageOf(again).cpu;
await pipelined(many, 64, async (source) => {
  // The look that it takes by itself at its start; asked once each, so that asking costs little.
  const { detectors } = (await client.ask('source.status', { sourceId: `s${source}` }, 60_000)) as SourceStatus;
  if (detectors[0]!.looks.length === 0) await readNow(source);
});
const restartMs = performance.now() - begun;
const restart = usageOf(again);
const readingCpu = ((restart.cpu - recallCpu) * count) / many;
const restartLogCpu = usageOf(system.servers.nats.pid).cpu - logBefore;
await wait(settleMs);
say(
  `  a restart answers after ${rounded(answersMs / 1_000)} s and has read all after ${rounded(restartMs / 1_000)} s: ` +
    `${rounded(restart.cpu)} CPU s (and ${rounded(restartLogCpu)} of nats-server), of which ${rounded(recallCpu)} until it answers`,
);
say(
  `  memory: ${rounded(manySourcesMb)} MB (${rounded(manySourcesPeakMb)} at the most), after the restart ` +
    `${rounded(residentMb(again))} MB (${rounded(restart.peakMb)})`,
);
if ((await items()) !== many * entries + count) throw new Error('a restart brought something twice, or lost it');
await bus.close();
(server as ChildProcess).kill();

const ours = unchanged.cpu + same.cpu;
const [peer304, peerSame] = [peerRounds.get('not_modified'), peerRounds.get('same_body')];
const peerCpu = peer304 && peerSame ? peer304.cpu + peerSame.cpu : 2 * bareCpu;
const withDatabase = peer304 && peerSame ? peerCpu + peer304.databaseCpu + peerSame.databaseCpu : null;
report({
  bench: 'ingest',
  ours: rounded(ours),
  peer: rounded(peerCpu),
  ratio: rounded(peerCpu / ours),
  unit: 'CPU seconds of two unchanged rounds',
  peerName: 'missing' in peer ? `rss-parser (no Miniflux: ${peer.missing})` : `miniflux ${peer.version}`,
  ...(withDatabase !== null && {
    ratioWithDatabases: rounded(withDatabase / (ours + unchanged.logCpu + same.logCpu)),
    ...Object.fromEntries(
      [...peerRounds].flatMap(([name, { cpu, databaseCpu }]) => [
        [`peerCpu_${name}`, rounded(cpu)],
        [`peerDatabaseCpu_${name}`, rounded(databaseCpu)],
      ]),
    ),
    peerPeakMb: rounded(Math.max(...[...peerRounds.values()].map((each) => each.peakMb)), 1),
  }),
  entriesPerSecond: Math.round((count * entries) / first.seconds),
  firstReadCpu: rounded(first.cpu),
  firstReadLogCpu: rounded(first.logCpu),
  readingCpu: rounded(readingCpu),
  appendingCpu: rounded(first.cpu - readingCpu),
  bareCpu: rounded(bareCpu),
  bareParseCpu: rounded(bareParseCpu),
  readingRatio: rounded(readingCpu / bareCpu),
  firstReadRatio: rounded(first.cpu / bareCpu),
  notModifiedCpu: rounded(unchanged.cpu),
  sameBodyCpu: rounded(same.cpu),
  oneMoreCpu: rounded(more.cpu),
  oneMoreTold: more.told,
  peakMb: rounded(peakMb, 1),
  manySourcesMb: rounded(manySourcesMb, 1),
  manySourcesPeakMb: rounded(manySourcesPeakMb, 1),
  restartMb: rounded(residentMb(again), 1),
  restartPeakMb: rounded(restart.peakMb, 1),
  restartAnswersSeconds: rounded(answersMs / 1_000),
  restartSeconds: rounded(restartMs / 1_000),
  restartCpu: rounded(restart.cpu),
  dripDelayMs: rounded(delayMs, 1),
  load: rounded(loadavg()[0]!),
});
