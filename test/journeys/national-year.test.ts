// A hundredth of a national year: 100,000 closed tasks on 500 sites, written once, folded once. Whether all of it is counted
// and can be opened is asked here; how long it takes is printed, and asked by `npx tongsheng bench oversight`.
import { connectBus, ensureStreams, Journal, type Bus } from '@tongsheng/bus';
import { newestForm } from '@tongsheng/contracts';
import { createRedis, ProjectionReader, ProjectionRunner, type Redis } from '@tongsheng/projections';
import { startServers, type Servers } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { complianceIn, type Compliance } from '../../services/oversight/src/compliance.ts';
import { countReport } from '../../services/oversight/src/count-report.ts';
import { Ledger } from '../../services/oversight/src/ledger.ts';
import { reportMarks } from '../../services/oversight/src/report-marks.ts';
import {
  nationalOutcomeOf,
  nationalSiteOf,
  nationalSites,
  nationalYear,
  seenAt,
  writeNationalYear,
} from '../support/national-year.ts';

const zone = 'Asia/Shanghai';
const [hour, day] = [3_600_000, 86_400_000];
const year = nationalYear(100_000, Date.parse('2026-11-26T00:00:00.000Z'));
const instant = (ms: number) => new Date(ms).toISOString();
const now = instant(year.now);
/** The day in Beijing. */
const dayOf = (ms: number) => instant(ms + 8 * hour).slice(0, 10);
const whole = { from: dayOf(year.begin), to: dayOf(year.now), now };
const names = { sites: nationalSites, source: (id: string) => id, person: (id: string) => `人${id}` };
const model = complianceIn(zone);

let servers: Servers;
let bus: Bus;
let redis: Redis;
let runner: ProjectionRunner<'repost', Compliance>;
let reader: ProjectionReader<'repost', Compliance>;
let ledger: Ledger;

const patienceMs = 900_000;

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work();
  console.log(`${what}: ${Math.round(performance.now() - begun)} ms`);
  return result;
}

beforeAll(async () => {
  servers = await startServers();
  bus = await connectBus({ url: servers.nats.url, name: 'test' });
  await ensureStreams(bus);
  redis = createRedis(servers.redis.url, () => {});
  await redis.connect();
  await timed('100,000 tasks written', () => writeNationalYear(bus, year));
  const shared = {
    bus,
    redisUrl: servers.redis.url,
    onUnreadable(error: Error) {
      throw error;
    },
    onError: console.error,
  };
  runner = new ProjectionRunner({ ...shared, projection: model });
  await timed('folded', () => runner.start());
  const marks = new ProjectionRunner({ ...shared, projection: reportMarks });
  await timed('marks of its tables folded', () => marks.start());
  await marks.stop();
  reader = new ProjectionReader(redis, model);
  ledger = new Ledger(reader, model, new Journal(bus, 'test'), zone);
  await timed('read into memory', () => ledger.read());
  console.log(/used_memory_human:\S+/.exec(await redis.info('memory'))?.[0]);
}, patienceMs);
afterAll(async () => {
  await runner.stop();
  redis.destroy();
  await bus.close();
  await servers[Symbol.asyncDispose]();
});

const tasks = Array.from({ length: year.tasks }, (_, i) => i);

it('counts every task of the year, whole and by site', async () => {
  const { total, bySite, trend } = await timed('the dashboard of the year', () => ledger.view(whole, names, now));
  const of = (outcome: string, among = tasks) => among.filter((i) => nationalOutcomeOf(i) === outcome).length;
  expect(total).toMatchObject({
    due: year.tasks,
    onTime: of('on_time'),
    late: of('late'),
    exempted: of('exempted'),
    open: 0,
  });
  const ofSite = tasks.filter((i) => nationalSiteOf(i) === 'site-007');
  expect(bySite.find(({ site }) => site === 'site-007')).toMatchObject({
    due: ofSite.length,
    late: of('late', ofSite),
  });
  expect(trend.reduce((sum, { due }) => sum + due, 0)).toBe(year.tasks);
});

it('opens what is behind a figure of 200 days ago from the log: no row of it is in Redis any more', async () => {
  const then = dayOf(year.now - 200 * day);
  const dueThen = tasks.filter((i) => dayOf(seenAt(year, i) + 12 * hour) === then);
  for (const outcome of ['late', 'exempted'] as const) {
    const asked = { from: then, to: then, now, outcome, duty: 'repost' as const, offset: 0, size: 50 };
    const page = await timed(`a page of it: ${outcome}`, () => ledger.tasks(asked, names, now));
    const expected = dueThen.filter((i) => nationalOutcomeOf(i) === outcome);
    expect(page.count).toBe(expected.length);
    expect(page.tasks.map(({ taskId }) => taskId)).toEqual(expected.slice(0, 50).map((i) => `task-${i}`));
    for (const { taskId, title, byName, exemption, publishedAt } of page.tasks) {
      const i = Number(taskId.slice('task-'.length));
      expect([title, byName]).toEqual([`关于示例第${i}号的公告`, `编辑${i % 2_500}`]);
      expect(exemption?.reason ?? null).toBe(outcome === 'exempted' ? '与本地无关' : null);
      expect(publishedAt === null).toBe(outcome === 'exempted');
    }
    const rows = await reader.rows(expected.map((i) => `${nationalSiteOf(i)}/task-${i}`));
    expect(rows.every((row) => row === null)).toBe(true);
  }
});

it('fills the tables of the year, and says how far it is until it is done', async () => {
  const shares: number[] = [];
  const count = (kind: 'work' | 'supervision') =>
    countReport({
      marks: new ProjectionReader(redis, reportMarks),
      of: {
        site: nationalSiteOf(0),
        kind,
        template: newestForm(kind).template,
        period: { from: instant(year.begin), to: now },
      },
      sites: nationalSites,
      repostsOf: async (sites) => (await ledger.view({ ...whole, sites }, names, now)).total,
      onShare: (share) => shares.push(share),
    });
  const figureOf = ({ figures }: Awaited<ReturnType<typeof count>>, field: string) =>
    Number(figures.find((each) => each.field === field)?.value);
  const work = await timed('the table of its work', () => count('work'));
  expect(figureOf(work, 'published_own')).toBe(Math.ceil(year.releases / nationalSites.length));
  shares.length = 0;
  const all = await timed('the table of supervision', () => count('supervision'));
  expect(shares).toEqual([...shares].sort((one, other) => one - other));
  expect([shares[0]! < 0.5, shares.at(-1)]).toEqual([true, 1]);
  expect(figureOf(all, 'corrections_received')).toBe(year.corrections);
  expect(figureOf(all, 'sites')).toBe(nationalSites.length);
});
