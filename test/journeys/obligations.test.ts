import { BusClient, connectBus, type Bus } from '@tongsheng/bus';
import type {
  AnyEvent,
  ClusterEvent,
  MatrixView,
  Policy,
  RepostEvent,
  RoutingEvent,
  SimilarView,
  Simulation,
  Site as OurSite,
  Source,
} from '@tongsheng/contracts';
import {
  readLog,
  sampleRule,
  sampleSource,
  startSite,
  startSystem,
  twice,
  until,
  type Site,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let site: Site;
let system: System;
let bus: Bus;
let client: BusClient;
let count = 0;

const head = (id = `test/${++count}`) => ({
  id,
  at: new Date().toISOString(),
  actor: { kind: 'person' as const, id: 'editor', name: '李编辑' },
});
const register = (kind: string, what: object) =>
  client.command('registry', { type: `${kind}.register`, ...head(), [kind]: what } as never);
const command = (aggregate: string, what: { type: string }) =>
  client.command(aggregate, { ...head(), ...what } as never);

const ours = (siteId: string, level: OurSite['level'], region: string, more: Partial<OurSite> = {}): OurSite => ({
  siteId,
  name: `${siteId} 税务局`,
  level,
  region,
  speaksFor: [],
  baseUrl: 'https://tax.example',
  ...more,
});
const policy = (policyId: string, publisher: Policy['publisher'], more: Partial<Policy> = {}): Policy => ({
  policyId,
  name: policyId,
  basis: '税总发〔2017〕84号 二（五）3',
  publisher,
  sources: [],
  columns: [],
  kinds: [],
  levels: [],
  sites: [],
  target: 'site',
  limit: 'PT12H',
  enabled: true,
  ...more,
});

type Told = { id: string; title: string; text?: string; at?: string };
const feedOf = (...items: Told[]) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title><link>${site.url}</link>${items
    .map(
      ({ id, title, text = `${title}的内容`, at = 'Fri, 20 Nov 2026 09:30:00 +0800' }) =>
        `<item><guid isPermaLink="false">${id}</guid><title>${title}</title><link>${site.url}/${id}</link><pubDate>${at}</pubDate><description>${text}</description></item>`,
    )
    .join('')}</channel></rss>`;
const source = async (sourceId: string, more: Partial<Source>, ...items: Told[]) => {
  site.put(`/${sourceId}.xml`, feedOf(...items));
  await register('source', sampleSource(sourceId, `${site.url}/${sourceId}.xml`, more));
};

const eventsOf = async <T extends AnyEvent>(prefix: string) =>
  (await readLog(bus)).flatMap(({ events }) => events).filter(({ type }) => type.startsWith(prefix)) as T[];
const tasks = async () => {
  const open = new Map<string, { site: string; items: Set<string>; dueAt: string; events: RepostEvent[] }>();
  for (const event of await eventsOf<RepostEvent>('repost.')) {
    const task = open.get(event.taskId) ?? { site: event.site, items: new Set(), dueAt: '9', events: [] };
    open.set(event.taskId, task);
    task.events.push(event);
    if (event.type === 'repost.queued' || event.type === 'repost.bound') {
      task.items.add(event.itemId);
      if (event.dueAt < task.dueAt) task.dueAt = event.dueAt;
    }
    if (event.type === 'repost.unbound') task.items.delete(event.itemId);
    if (event.type === 'repost.merged') open.delete(event.taskId);
  }
  return open;
};
const routed = async (title: string) => {
  const found = (await eventsOf<RoutingEvent>('routing.decided')).findLast(
    (event) => event.type === 'routing.decided' && event.title === title,
  );
  if (found?.type !== 'routing.decided') throw new Error(`${title} was not routed`);
  return found;
};
const tasksOf = async (itemId: string) => [...(await tasks()).entries()].filter(([, { items }]) => items.has(itemId));

beforeAll(async () => {
  site = await startSite();
  system = await startSystem({
    services: ['registry', 'ingest', 'reposts', 'clock'],
    samples: false,
    environment: { WEB_ALLOW: `127.0.0.1:${site.port}` },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  client = new BusClient(bus);
  await register('site', ours('province', 'province', '370000'));
  await register('site', ours('city', 'city', '370600', { speaksFor: [{ region: '370681', name: '龙口市' }] }));
  await register('policy', policy('superior', 'superior_tax'));
  await register('policy', policy('portal', 'same_level_government', { limit: 'PT8H' }));
  await register('rule', sampleRule('personnel', [], { order: 1, titleIncludes: ['任免'], effect: 'ignore' }));
  await register(
    'rule',
    sampleRule('policies', [], {
      order: 5,
      conditions: [{ field: 'kind', op: 'is', values: ['policy', 'interpretation'], not: false }],
    }),
  );
});
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

describe('an item', () => {
  it('is owed by the sites that the policies bind, each with why', async () => {
    await source(
      'chinatax',
      { publisher: { kind: 'tax', region: '000000' } },
      { id: 'n1', title: '国家税务总局关于留抵退税有关事项的公告' },
    );
    await source(
      'sd-gov',
      { publisher: { kind: 'government', region: '370000' } },
      { id: 'p1', title: '山东省人民政府关于营商环境的决定' },
    );
    await until(async () => expect((await tasks()).size).toBe(3));
    const decision = await routed('国家税务总局关于留抵退税有关事项的公告');
    expect(decision).toMatchObject({
      effect: 'mandatory',
      rule: { ruleId: 'policies' },
      matched: [{ field: 'kind', value: 'policy' }],
      tried: [{ ruleId: 'personnel', failed: 'title' }],
      bindings: [{ policy: { policyId: 'superior' }, sites: ['province', 'city'], limit: 'PT12H' }],
    });
    const queued = await eventsOf<RepostEvent>('repost.queued');
    expect(queued.filter((event) => 'itemId' in event && event.itemId === decision.itemId)).toMatchObject([
      { dueAt: '2026-11-20T13:30:00.000Z', policy: { policyId: 'superior' }, clusterId: decision.itemId },
      { dueAt: '2026-11-20T13:30:00.000Z' },
    ]);
    const matrix = (await client.ask('obligations.matrix', {
      sites: ['province', 'city'],
      sources: ['chinatax', 'sd-gov'],
    })) as MatrixView;
    expect(matrix.cells.map(({ site: of, sourceId }) => `${of} ${sourceId}`)).toEqual([
      'province chinatax',
      'province sd-gov',
      'city chinatax',
    ]);
  });

  it('that no rule speaks of is unrouted, and overdue when nobody routes it in time', async () => {
    await register('policy', policy('at-once', 'any', { sources: ['quick'], limit: 'PT8S' }));
    await source('quick', {}, { id: 'q1', title: '全省税务工作会议在济南召开', at: 'Mon, 23 Nov 2099 09:30:00 +0800' });
    const overdue = await until(async () => {
      const [found] = await eventsOf<RoutingEvent>('routing.overdue');
      expect(found).toBeDefined();
      return found as Extract<RoutingEvent, { type: 'routing.overdue' }>;
    });
    const decision = await routed('全省税务工作会议在济南召开');
    expect(decision).toMatchObject({ effect: 'unrouted', rule: null, bindings: [], routeBy: overdue.fellDueAt });
    expect(Date.parse(overdue.fellDueAt) - Date.parse(decision.firstSeenAt)).toBe(2_000);
  });

  it('is assigned by a person then, and counts from when it was published', async () => {
    const { itemId, sourceId, startsAt } = await routed('全省税务工作会议在济南召开');
    await command('routing', {
      type: 'routing.assign',
      itemId,
      sourceId,
      effect: 'mandatory',
      sites: ['province'],
      column: '要闻',
      reason: '涉及本省',
    } as never);
    const [[, task] = []] = await until(async () => {
      const found = await tasksOf(itemId);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(task!.events[0]).toMatchObject({ startsAt, column: '要闻', rule: { ruleId: 'person', name: '李编辑分派' } });
  });

  it('is decided about again when it changes, as long as it binds nobody', async () => {
    await source('late', { publisher: { kind: 'tax', region: '000000' } }, { id: 'l1', title: '工作动态' });
    await until(() => routed('工作动态'));
    site.put('/late.xml', feedOf({ id: 'l1', title: '国家税务总局关于发票管理的公告' }));
    const decision = await until(() => routed('国家税务总局关于发票管理的公告'));
    expect(decision.effect).toBe('mandatory');
    await until(async () => expect(await tasksOf(decision.itemId)).toHaveLength(2));
  });
});

describe('the same policy from several sources', () => {
  const number = '税总发〔2026〕17号';
  const text = `&lt;p&gt;${number}&lt;/p&gt;&lt;p&gt;为进一步优化纳税服务，现就有关事项通知如下。&lt;/p&gt;`;
  const named = { id: 'same-a', title: '国家税务总局关于深化办税服务改革的通知', text };

  it('is one task with both obligations, and the earliest limit counts', async () => {
    await source('same-tax', { publisher: { kind: 'tax', region: '000000' } }, named);
    const first = await until(() => routed(named.title));
    await until(async () => expect(await tasksOf(first.itemId)).toHaveLength(2));
    await source(
      'same-gov',
      { publisher: { kind: 'government', region: '370000' } },
      { id: 'same-b', title: '关于深化办税服务改革的通知', text },
    );
    const second = await until(() => routed('关于深化办税服务改革的通知'));
    const [[, task] = []] = await until(async () => {
      const found = await tasksOf(second.itemId);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(task).toMatchObject({ site: 'province', dueAt: '2026-11-20T09:30:00.000Z' });
    expect([...task!.items]).toEqual([first.itemId, second.itemId]);
    const joined = (await eventsOf<ClusterEvent>('cluster.joined')).at(-1);
    expect(joined).toMatchObject({ clusterId: first.itemId, because: [{ signal: 'document_number', detail: number }] });
  });

  it('is parted by a person, and put together again; no limit moves', async () => {
    const first = await routed(named.title);
    const second = await routed('关于深化办税服务改革的通知');
    await command('cluster', {
      type: 'cluster.split',
      clusterId: first.itemId,
      itemId: second.itemId,
      to: 'parted',
      reason: '文号相同，内容不同',
    } as never);
    const alone = await until(async () => {
      const [found] = await tasksOf(second.itemId);
      expect([...found![1].items]).toEqual([second.itemId]);
      return found!;
    });
    expect(alone[1].dueAt).toBe('2026-11-20T09:30:00.000Z');
    const similar = (await client.ask('clusters.similar', { clusterId: 'parted' })) as SimilarView;
    expect(similar.rows[0]).toMatchObject({
      clusterId: first.itemId,
      because: [{ signal: 'document_number' }, { signal: 'title' }],
    });

    await command('cluster', {
      type: 'cluster.merge',
      clusterId: 'parted',
      into: first.itemId,
      reason: '确为同一文件',
    } as never);
    await until(async () => {
      const [found] = await tasksOf(second.itemId);
      expect([...found![1].items].sort()).toEqual([first.itemId, second.itemId].sort());
    });
    // What is said of the item later finds its way to where it is now.
    site.put('/same-gov.xml', feedOf({ id: 'same-b', title: '关于深化办税服务改革的通知（更正）', text }));
    await until(async () => {
      const [, task] = (await tasksOf(second.itemId))[0]!;
      expect(task.events.at(-1)).toMatchObject({ type: 'repost.source_changed', itemId: second.itemId });
    });
  });

  it('and what explains it are paired, whichever comes first', async () => {
    await source(
      'explains',
      { publisher: { kind: 'tax', region: '000000' } },
      { id: 'e1', title: `关于《${named.title}》的解读` },
    );
    const paired = await until(async () => {
      const found = await eventsOf<ClusterEvent>('cluster.paired');
      expect(found).toHaveLength(2);
      return found;
    });
    expect(paired.map((event) => (event.type === 'cluster.paired' ? event.as : ''))).toEqual(
      expect.arrayContaining(['interpretation', 'policy']),
    );
  });
});

it('a rule is tried on the log before it is switched on', async () => {
  const simulate = async (change: object) =>
    (await client.ask('rules.simulate', {
      change: { rules: [], policies: [], overrides: [], ...change },
      since: '2026-01-01T00:00:00.000Z',
      after: 0,
    })) as Simulation;
  const none = await simulate({ rules: [] });
  expect(none).toMatchObject({ changes: [], next: null });
  expect(none.items).toBeGreaterThan(5);
  const { changes } = await simulate({
    rules: [sampleRule('refunds', [], { order: 2, titleIncludes: ['留抵退税'], effect: 'optional' })],
  });
  expect(changes).toMatchObject([
    {
      title: '国家税务总局关于留抵退税有关事项的公告',
      before: { effect: 'mandatory', limit: 'PT12H' },
      after: { effect: 'optional', limit: null },
      gained: [],
      lost: ['province', 'city'],
    },
  ]);
});

it('the reposts service may die at any of it, and nothing is lost or there twice', async () => {
  const items = Array.from({ length: 30 }, (_, i) => ({
    id: `k${i}`,
    title: `国家税务总局关于第${i}类事项管理办法的公告`,
  }));
  await source('many', { publisher: { kind: 'tax', region: '000000' } }, ...items);
  for (let i = 0; i < 3; i++) {
    await until(async () => expect((await eventsOf('routing.decided')).length).toBeGreaterThan(10 * i));
    await system.kill('reposts');
    await system.start('reposts');
  }
  await until(async () => {
    const decided = (await eventsOf<RoutingEvent>('routing.decided')).filter((event) => event.sourceId === 'many');
    expect(decided).toHaveLength(items.length);
    const open = await tasks();
    for (const { itemId } of decided)
      expect([...open.values()].filter(({ items: of }) => of.has(itemId))).toHaveLength(2);
  });
  expect(twice(await readLog(bus))).toEqual([]);
});
