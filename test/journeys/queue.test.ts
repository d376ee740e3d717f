// The queue of two gateways at once: what one of them decides the other shows, also when what they know of was rebuilt,
// lost, or told to nobody.
import { askProjections, askRebuild, createRedis } from '@tongsheng/projections';
import { BusClient, connectBus, type Bus } from '@tongsheng/bus';
import { QueuePage, type RepostCommand, type RepostRow } from '@tongsheng/contracts';
import { freePort } from '@tongsheng/local';
import { queueing, signIn, startSystem, until, type Session, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

let system: System;
let bus: Bus;
let client: BusClient;
let here: Session;
let there: Session;
let thereUrl: string;
const titles = ['车船税', '个人所得税', '增值税', '印花税', '消费税'];

beforeAll(async () => {
  system = await startSystem({ services: ['registry', 'reposts', 'gateway'], samples: false });
  const port = await freePort();
  await system.startAnother('gateway', { CONSOLE_PORT: String(port) });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  client = new BusClient(bus);
  here = await signIn(system.consoleUrl, 'editor');
  thereUrl = `http://127.0.0.1:${port}`;
  there = await signIn(thereUrl, 'editor');
  for (const [i, title] of titles.entries()) await queue(`task-${i}`, `关于${title}的公告`);
});
afterAll(async () => {
  await bus.close();
  await system[Symbol.asyncDispose]();
});

const say = (command: RepostCommand) => client.command('repost', command);
function queue(taskId: string, title: string) {
  const documentNumber = `税总发〔2026〕${taskId.replace('task-', '')}号`;
  return say({ ...queueing(taskId), title, documentNumber, clusterId: taskId, column: `栏目${taskId}` });
}
const approve = async ({ site, taskId, contentHash }: RepostRow, by: Session): Promise<number> => {
  const { status, body } = await by.command({ type: 'repost.approve', site, taskId, seenHash: contentHash });
  expect(status).toBe(202);
  return (body as { position: number }).position;
};
const ask = async (by: Session, query = ''): Promise<QueuePage> => {
  const { status, body } = await by.get(`/api/reposts?${query}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return QueuePage.parse(body);
};
const idsOf = ({ rows }: QueuePage) => rows.map(({ taskId }) => taskId);

it('is found by words and numbers, in an order, page by page', async () => {
  await until(async () => expect((await ask(there)).total).toBe(5));
  expect(idsOf(await ask(there, 'q=所得税'))).toEqual(['task-1']);
  expect(idsOf(await ask(there, `q=${encodeURIComponent('税总发[2026]3号')}`))).toEqual(['task-3']);
  expect(idsOf(await ask(there, `column=${encodeURIComponent('栏目task-2')}`))).toEqual(['task-2']);
  const one = await ask(here, 'sort=title&limit=3');
  const two = await ask(there, `sort=title&limit=3&after=${one.next}`);
  expect([...one.rows, ...two.rows].map(({ title }) => title.slice(2, 4))).toEqual([
    '车船',
    '个人',
    '消费',
    '印花',
    '增值',
  ]);
  expect(two.next).toBeNull();
  const { status } = await there.get(`/api/reposts?sort=due&after=${one.next}`);
  expect(status).toBe(422);
});

it('is as new as is asked for, whichever gateway decided', async () => {
  const [row] = (await ask(here, 'q=车船税')).rows;
  const position = await approve(row!, here);
  expect(idsOf(await ask(there, `q=车船税&atLeast=${position}`))).toEqual([]);
  expect(idsOf(await ask(there, `state=closed&q=车船税&atLeast=${position}`))).toEqual(['task-0']);
});

it('is whole after the model was rebuilt', async () => {
  const generations = async () =>
    (await askProjections(bus)).filter(({ name }) => name === 'reposts').map(({ generation }) => generation);
  const [before] = await generations();
  await askRebuild(bus, 'reposts');
  await until(async () => {
    const after = await generations();
    expect(after).toHaveLength(2);
    expect(after).not.toContain(before);
  });
  const { position } = await queue('task-5', '关于房产税的公告');
  for (const each of [here, there]) expect((await ask(each, `atLeast=${position}`)).total).toBe(5);
});

it('comes back after Redis was emptied, and never shows what was decided as open', async () => {
  const redis = createRedis(system.servers.redis.url, () => {});
  await redis.connect();
  await redis.flushAll();
  redis.destroy();
  [here, there] = await Promise.all([signIn(system.consoleUrl, 'editor'), signIn(thereUrl, 'editor')]);
  const [row] = (await until(() => ask(here, 'q=增值税'))).rows;
  const decided = await approve(row!, here);
  for (const each of [here, there])
    await until(async () => {
      const page = await ask(each, `atLeast=${decided}`);
      expect(idsOf(page)).not.toContain('task-0');
      expect(page.total).toBe(4);
    });
});
