// The compliance page of a nation: a year of closed tasks on 500 sites through the real projection, then what a manager
// asks: the dashboard of a day, a week, a month, a quarter and the year, of all sites and of a province's, narrowed and
// not, and pages of the tasks behind a figure, recent ones and such as have left Redis and are folded from the log. Each
// answer is asked of the ledger, written as JSON and read by its schema, as the gateway does. OVERSIGHT_TASKS (100,000) says
// how many; with OVERSIGHT_DIR the log stays there, and a run that was interrupted goes on where it stopped. The peer is
// what issue 7 demands of the dashboard: 150 ms.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBus, encodeEntry, ensureStreams, Journal } from '@tongsheng/bus';
import {
  ComplianceTasks,
  ComplianceView,
  streams,
  subjects,
  type ComplianceQuery,
  type RepostEvent,
} from '@tongsheng/contracts';
import { startNats, startRedis } from '@tongsheng/local';
import { createRedis, ProjectionReader, ProjectionRunner } from '@tongsheng/projections';
import { queueing } from '@tongsheng/test/support';
import { complianceIn } from '../../services/oversight/src/compliance.ts';
import type { Names } from '../../services/oversight/src/figures.ts';
import { Ledger } from '../../services/oversight/src/ledger.ts';
import { endOnSignal, percentile, report, rounded, say, timed } from './measure.ts';

const count = Number(process.env['OVERSIGHT_TASKS'] ?? 100_000);
const kept = process.env['OVERSIGHT_DIR'];
const [siteCount, sourceCount, columnCount] = [500, 200, 20];
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

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const now = Date.parse('2026-11-26T00:00:00.000Z');
const begin = now - 365 * day;
const instant = (ms: number) => new Date(Math.round(ms)).toISOString();
const siteOf = (i: number) => `site-${String(i % siteCount).padStart(3, '0')}`;
const kinds = ['policy', 'interpretation', 'notice', 'news'] as const;

/** All that happened to a task: of a hundred 94 are in time, 4 late, one exempted and one is a day late. */
function past(i: number): { events: RepostEvent[]; at: number } {
  const startsAt = begin + ((now - begin - 2 * day) * i) / count;
  const of = (i * 7_919) % 100;
  const spent = of < 94 ? (5 + ((i * 31) % 700)) * minute : of < 98 ? (721 + (i % 600)) * minute : 36 * hour;
  const key = { taskId: `task-${i}`, site: siteOf(i) };
  const by = { by: `editor-${i % (siteCount * 5)}`, byName: `编辑${i % (siteCount * 5)}` };
  const { type: _type, id: _id, at: _at, actor: _actor, ...facts } = queueing(key.taskId, key.site);
  const queued: RepostEvent = {
    ...facts,
    type: 'repost.queued',
    itemId: `item-${i}`,
    sourceId: `source-${(i * 13) % sourceCount}`,
    column: `栏目${(i * 17) % columnCount}`,
    kind: kinds[i % 4]!,
    title: `关于示例第${i}号的公告`,
    publication: { at: instant(startsAt - 5 * minute), precision: 'second', text: null },
    firstSeenAt: instant(startsAt),
    startsAt: instant(startsAt),
    dueAt: instant(startsAt + 12 * hour),
  };
  const at = startsAt + spent;
  if (of === 98) {
    const asked: RepostEvent = {
      type: 'repost.exemption_requested',
      ...key,
      ...by,
      reason: '与本地无关',
      requestedAt: instant(at - hour),
    };
    return { events: [queued, asked, { type: 'repost.exempted', ...key, ...by, exemptedAt: instant(at) }], at };
  }
  const { contentHash, title } = queued;
  const url = `https://${key.site}.example/${i}`;
  const done: RepostEvent[] = [
    { type: 'repost.claimed', ...key, ...by, claimedAt: instant(at - spent / 2) },
    { type: 'repost.approved', ...key, ...by, version: 1, contentHash, title, approvedAt: instant(at - minute) },
    { type: 'repost.published', ...key, url, publicPosition: i + 1, publishedAt: instant(at) },
  ];
  return { events: [queued, ...done], at };
}

/** What is stored already stays: each task is one message, of which there is one at most. */
async function load(): Promise<void> {
  const chunk = 2_000;
  const stored = (await bus.jsm.streams.info(streams.journal)).state.messages;
  const actor = { kind: 'service', id: 'bench' } as const;
  for (let from = Math.floor(stored / chunk) * chunk; from < count; from += chunk) {
    const numbers = Array.from({ length: Math.min(chunk, count - from) }, (_, j) => from + j);
    await Promise.all(
      numbers.map(async (i) => {
        const { events, at } = past(i);
        const { body, headers } = encodeEntry('bench', { id: `load-${i}`, at: instant(at), actor }, events, '');
        const subject = subjects.event('repost', siteOf(i), `task-${i}`);
        try {
          await bus.js.publish(subject, body, { headers, expect: { lastSubjectSequence: 0 } });
        } catch (error) {
          // Stored before the run was interrupted.
          if (!String(error).includes('wrong last sequence')) throw error;
        }
      }),
    );
    if (from % 100_000 === 0) say(`${from + numbers.length} of ${count} tasks in the log`);
  }
}

const loadMs = await timed(load);
say(`the log is loaded: ${rounded(loadMs / 1_000)} s`);

const model = complianceIn(zone);
const runner = new ProjectionRunner({
  bus,
  redisUrl: redisServer.url,
  projection: model,
  onUnreadable: (error) => {
    throw error;
  },
  onError: console.error,
});
const watch = setInterval(() => say(`folded: ${Math.round((runner.status.rebuilding ?? 1) * 100)} %`), 10_000);
const foldMs = await timed(() => runner.start());
clearInterval(watch);
const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))![1]);
const rows = await redis.hLen(`p:{${model.name}}:${await redis.get(`p:{${model.name}}:live`)}:rows`);
say(`folded in ${rounded(foldMs / 1_000)} s; Redis holds ${Math.round(used / 2 ** 20)} MB, ${rows} rows`);

const ledger = new Ledger(new ProjectionReader(redis, model), model, new Journal(bus, 'bench'), zone);
const heapBefore = process.memoryUsage().rss;
const readMs = await timed(() => ledger.read());
const ledgerMb = Math.round((process.memoryUsage().rss - heapBefore) / 2 ** 20);
say(`the ledger is read: ${rounded(readMs / 1_000)} s, ${ledgerMb} MB`);

const names: Names = {
  sites: Array.from({ length: siteCount }, (_, i) => ({
    siteId: siteOf(i),
    level: i === 0 ? 'national' : i <= 36 ? 'province' : 'city',
  })),
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
await runner.stop();
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
  redis_mb: Math.round(used / 2 ** 20),
  rows_in_redis: rows,
  ledger_mb: ledgerMb,
  load_s: rounded(loadMs / 1_000),
  fold_s: rounded(foldMs / 1_000),
  read_s: rounded(readMs / 1_000),
});
