// The compliance page of a nation: a year of closed tasks on 500 sites through the real projection, then what a manager
// asks: the dashboard of a day, a week, a month, a quarter and the year, of all sites and of a province's, narrowed and
// not, and pages of the tasks behind a figure, recent ones and such as have left Redis and are folded from the log. Each
// answer is asked of the ledger, written as JSON and read by its schema, as the gateway does. OVERSIGHT_TASKS (100,000) says
// how many; with OVERSIGHT_DIR the log stays there, and a run that was interrupted goes on where it stopped. The peer is
// what issue 7 demands of the dashboard: 150 ms.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBus, ensureStreams, Journal } from '@tongsheng/bus';
import { ComplianceTasks, ComplianceView, newestForm, streams, type ComplianceQuery } from '@tongsheng/contracts';
import { startNats, startRedis } from '@tongsheng/local';
import { createRedis, ProjectionReader, ProjectionRunner } from '@tongsheng/projections';
import { complianceIn, type Compliance } from '../../services/oversight/src/compliance.ts';
import { countReport } from '../../services/oversight/src/count-report.ts';
import type { Names } from '../../services/oversight/src/figures.ts';
import { Ledger } from '../../services/oversight/src/ledger.ts';
import { reportMarks } from '../../services/oversight/src/report-marks.ts';
import { nationalSiteOf as siteOf, nationalSites, nationalYear, writeNationalYear } from '../support/national-year.ts';
import { endOnSignal, percentile, report, rounded, say, timed } from './measure.ts';

const count = Number(process.env['OVERSIGHT_TASKS'] ?? 100_000);
const kept = process.env['OVERSIGHT_DIR'];
const rounds = 20;
const askedMs = 150;
const zone = 'Asia/Shanghai';

const dir = kept ?? (await mkdtemp(join(tmpdir(), 'tongsheng-oversight-')));
await mkdir(dir, { recursive: true });
const nats = await startNats({ dir: join(dir, 'nats') });
const redisServer = await startRedis({ dir: join(dir, 'redis') });
await using servers = {
  async [Symbol.asyncDispose]() {
    await Promise.all([nats.kill(), redisServer.kill()]);
    if (!kept) await rm(dir, { recursive: true, force: true });
  },
};
endOnSignal(servers);

const bus = await connectBus({ url: nats.url, name: 'bench' });
// A year of a nation is more than a stream holds by itself.
await ensureStreams(bus, { maxBytes: 2 ** 30 });
await bus.jsm.streams.update(streams.journal, { max_bytes: Math.max(2 ** 30, count * 4_096) });
const redis = createRedis(redisServer.url, console.error);
await redis.connect();

const day = 86_400_000;
const year = nationalYear(count, Date.parse('2026-11-26T00:00:00.000Z'));
const { begin, now } = year;
const instant = (ms: number) => new Date(ms).toISOString();

let told = 0;
const loadMs = await timed(() =>
  writeNationalYear(bus, year, (share) => {
    if (Date.now() < told + 10_000) return;
    told = Date.now();
    say(`in the log: ${Math.floor(share * 100)} %`);
  }),
);
say(`the log is loaded: ${rounded(loadMs / 1_000)} s`);

const model = complianceIn(zone);
const megabytes = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]) / 2 ** 20;
const shared = {
  bus,
  redisUrl: redisServer.url,
  onUnreadable: (error: Error) => {
    throw error;
  },
  onError: console.error,
};
/** Folds all of the log, and says every ten seconds how far it is. */
async function folded(
  one: Pick<ProjectionRunner<'repost', Compliance>, 'start' | 'status'>,
  what: string,
): Promise<number> {
  const watch = setInterval(() => say(`${what}: ${Math.round((one.status.rebuilding ?? 1) * 100)} %`), 10_000);
  const ms = await timed(() => one.start()).finally(() => clearInterval(watch));
  say(`${what} in ${rounded(ms / 1_000)} s; Redis holds ${Math.round(await megabytes())} MB`);
  return ms;
}
const runner = new ProjectionRunner({ ...shared, projection: model });
const foldMs = await folded(runner, 'folded');
const usedByTasks = await megabytes();
const marks = new ProjectionRunner({ ...shared, projection: reportMarks });
const marksMs = await folded(marks, 'marks of the tables folded');
const used = await megabytes();
const rows = await redis.hLen(`p:{${model.name}}:${await redis.get(`p:{${model.name}}:live`)}:rows`);
say(`${rows} rows of tasks`);

const ledger = new Ledger(new ProjectionReader(redis, model), model, new Journal(bus, 'bench'), zone);
const heapBefore = process.memoryUsage().rss;
const readMs = await timed(() => ledger.read());
const ledgerMb = Math.round((process.memoryUsage().rss - heapBefore) / 2 ** 20);
say(`the ledger is read: ${rounded(readMs / 1_000)} s, ${ledgerMb} MB`);

const names: Names = {
  sites: nationalSites,
  source: (id) => id,
  person: (id) => id,
};
const dayText = (ms: number) => instant(ms).slice(0, 10);
const at = instant(now);
const periods = { day: 3, week: 7, month: 30, quarter: 91, year: 365 };
const narrowed: Record<string, Partial<ComplianceQuery>> = {
  all: {},
  province: { sites: Array.from({ length: 15 }, (_, i) => siteOf(i + 40)) },
  source: { sourceId: 'source-7' },
  person: { person: 'editor-77' },
  limit: { limit: 8 },
  kind: { kind: 'notice' },
  cities: { level: 'city' },
};
/** Milliseconds of the clock, and of this process on a processor, which other work on the machine does not change. */
async function measured(work: () => Promise<unknown>): Promise<{ ms: number; cpu: number }> {
  const before = process.cpuUsage();
  const ms = await timed(work);
  const { user, system } = process.cpuUsage(before);
  return { ms, cpu: (user + system) / 1_000 };
}

const times: number[] = [];
const cpus: number[] = [];
const slowest: { name: string; ms: number; cpu: number }[] = [];
const questions = Object.entries(periods).flatMap(([period, days]) =>
  Object.entries(narrowed).map(([filter, more]) => ({
    name: `${period} ${filter}`,
    query: { from: dayText(now - days * day), to: dayText(now), now: at, ...more },
  })),
);
let bytes = 0;
for (let round = 0; round < rounds; round++) {
  for (const { name, query } of questions) {
    const { ms, cpu } = await measured(async () => {
      const text = JSON.stringify(await ledger.view(query, names, at));
      bytes = Math.max(bytes, text.length);
      ComplianceView.parse(JSON.parse(text));
    });
    times.push(ms);
    cpus.push(cpu);
    slowest.push({ name, ms, cpu });
  }
}
slowest.sort((one, other) => other.cpu - one.cpu);
say(
  `slowest dashboards: ${slowest
    .slice(0, 5)
    .map(({ name, ms, cpu }) => `${name} ${Math.round(ms)} ms (${Math.round(cpu)} of CPU)`)
    .join(', ')}`,
);

const pages: number[] = [];
for (let round = 0; round < rounds; round++) {
  for (const outcome of ['due', 'late', 'exempted'] as const) {
    // From the year's first page, which is read from the log, to one of the last weeks.
    for (const offset of [round * 50, Math.floor((count / 100) * 0.9 + round)]) {
      const query = {
        from: dayText(begin),
        to: dayText(now),
        now: at,
        outcome,
        duty: 'repost' as const,
        offset,
        size: 50,
      };
      pages.push(
        await timed(async () => {
          const page = ComplianceTasks.parse(JSON.parse(JSON.stringify(await ledger.tasks(query, names, at))));
          if (page.tasks.length !== Math.max(0, Math.min(50, page.count - offset)))
            throw new Error(`a page has ${page.tasks.length} of ${page.count} tasks from ${offset} on`);
        }),
      );
    }
  }
}
const { total } = await ledger.view({ from: '2025-01-01', to: '2027-12-31', now: at }, names, at);
if (total.due !== count) throw new Error(`${total.due} tasks are counted, not ${count}`);

/** The tables of a year: what the nation's own site did, and what all sites did. */
const yearly: number[] = [];
for (const [kind, field, expected] of [
  ['work', 'wechat_posts', Math.ceil(year.deliveries / nationalSites.length)],
  ['supervision', 'corrections_received', year.corrections],
] as const) {
  let share = 0;
  const ms = await timed(async () => {
    const { figures } = await countReport({
      marks: new ProjectionReader(redis, reportMarks),
      of: { site: siteOf(0), kind, template: newestForm(kind).template, period: { from: instant(begin), to: at } },
      sites: nationalSites,
      async repostsOf(sites) {
        return (await ledger.view({ from: dayText(begin), to: dayText(now), now: at, sites }, names, at)).total;
      },
      onShare: (read) => (share = read),
    });
    const counted = figures.find((each) => each.field === field)?.value;
    if (share !== 1 || counted !== String(expected)) throw new Error(`${kind}: ${counted} ${field}, not ${expected}`);
  });
  say(`the table of ${kind}: ${rounded(ms / 1_000)} s`);
  yearly.push(ms);
}
const others = year.releases + year.deliveries + year.corrections + year.rumors;

await Promise.all([runner.stop(), marks.stop()]);
redis.destroy();
await bus.close();
const p99 = percentile(times, 0.99);
report({
  bench: 'oversight',
  ours: Math.round(p99),
  peer: askedMs,
  ratio: rounded(askedMs / p99),
  unit: 'ms, 99th percentile of the dashboard',
  tasks: count,
  dashboard_median_ms: Math.round(percentile(times, 0.5)),
  dashboard_cpu_p99_ms: Math.round(percentile(cpus, 0.99)),
  page_median_ms: Math.round(percentile(pages, 0.5)),
  page_p99_ms: Math.round(percentile(pages, 0.99)),
  answer_kb: Math.round(bytes / 1_024),
  redis_mb: Math.round(used),
  marks_mb: Math.round(used - usedByTasks),
  rows_in_redis: rows,
  ledger_mb: ledgerMb,
  load_s: rounded(loadMs / 1_000),
  fold_s: rounded(foldMs / 1_000),
  marks_fold_s: rounded(marksMs / 1_000),
  read_s: rounded(readMs / 1_000),
  yearly_s: rounded(Math.max(...yearly) / 1_000),
  other_entries: others,
});
