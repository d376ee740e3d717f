import { connectBus, type Bus } from '@tongsheng/bus';
import type { AnyEvent, RepostRow } from '@tongsheng/contracts';
import { allServices, readLog, signIn, startSystem, twice, until, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** Long enough to be queued and for every process to be killed before it is over. */
const limit = 'PT12S';

let system: System;
let bus: Bus;

beforeAll(async () => {
  system = await startSystem({ backlog: [], limit });
  bus = await connectBus({ url: system.servers.nats.url, name: 'witness' });
});
afterAll(async () => {
  await bus.close();
  await system[Symbol.asyncDispose]();
});

type Warned = Extract<AnyEvent, { type: 'repost.warned' }>;
type Queued = Extract<AnyEvent, { type: 'repost.queued' }>;

const eventsOf = async () => (await readLog(bus)).flatMap(({ events }) => events);
const queuedIn = (events: AnyEvent[]) => events.filter((event): event is Queued => event.type === 'repost.queued');

const isWarned = (event: AnyEvent): event is Warned => event.type === 'repost.warned';
const warnings = async (of: Queued[]) =>
  (await eventsOf()).filter(isWarned).filter(({ taskId }) => of.some((task) => task.taskId === taskId));

/** Puts out a document and waits for its tasks. */
async function owed(): Promise<Queued[]> {
  const before = queuedIn(await eventsOf()).length;
  const document = await system.upstreams.postNext();
  return until(async () => {
    const found = queuedIn(await eventsOf()).slice(before);
    expect(found.filter(({ title }) => title === document?.title)).toHaveLength(2);
    return found;
  });
}

/** Each share was told once, with the very moment at which it fell due. */
async function allTold(tasks: Queued[]): Promise<void> {
  const told = await until(async () => {
    const found = await warnings(tasks);
    expect(found).toHaveLength(4 * tasks.length);
    return found;
  }, 30_000);
  for (const { site, taskId, startsAt, dueAt } of tasks) {
    const [from, to] = [Date.parse(startsAt), Date.parse(dueAt)];
    const mine = told.filter((event) => event.site === site && event.taskId === taskId);
    expect(mine.map(({ share }) => share).sort((a, b) => a - b)).toEqual([50, 75, 90, 100]);
    for (const { share, fellDueAt, warnedAt } of mine) {
      expect(Date.parse(fellDueAt)).toBe(from + Math.floor(((to - from) * share) / 100));
      expect(warnedAt >= fellDueAt).toBe(true);
    }
  }
  expect(twice(await readLog(bus))).toEqual([]);
}

it('a limit that passes while every process is down is told when they are back; one that nobody touches on its own', async () => {
  const down = await owed();
  await Promise.all(allServices.map((service) => system.kill(service)));
  // The world's own time has to pass.
  const over = Math.max(...down.map(({ dueAt }) => Date.parse(dueAt)));
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, over - Date.now()) + 50));
  expect((await warnings(down)).filter(({ share }) => share === 100)).toEqual([]);
  await Promise.all(allServices.map((service) => system.start(service)));
  await allTold(down);

  const left = await owed();
  await allTold(left);
  const tasks = [...down, ...left];

  const manager = await signIn(system.consoleUrl, 'manager');
  await until(async () => {
    const { body } = await manager.get('/api/reposts');
    const late = (body as { rows: RepostRow[] }).rows.filter(({ dueAt }) => Date.parse(dueAt) <= Date.now());
    expect(late).toHaveLength(tasks.length);
    const period = 'from=2020-01-01&to=2040-01-01';
    const compliance = await manager.get(`/api/compliance?${period}`);
    expect(compliance.body).toMatchObject({ total: { overdue: tasks.length, onTime: 0 } });
  });
});
