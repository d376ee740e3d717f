import { BusClient, connectBus, type Bus } from '@tongsheng/bus';
import type { AnyEvent, SourceStatus } from '@tongsheng/contracts';
import {
  readLog,
  sampleSource,
  startSite,
  startSystem,
  twice,
  until,
  type Site,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

const sources = 8;
const entries = 30;
let site: Site;
let system: System;
let bus: Bus;
let client: BusClient;

beforeAll(async () => {
  site = await startSite();
  system = await startSystem({
    services: ['registry', 'ingest'],
    samples: false,
    environment: { WEB_ALLOW: `127.0.0.1:${site.port}` },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  client = new BusClient(bus);
});
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

/** Its entries have ids that are not their addresses, so that each is known by two keys. */
const feedOf = (source: number, text: string) =>
  `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title>${Array.from(
    { length: entries },
    (_, i) =>
      `<item><guid isPermaLink="false">${source}-${i}</guid><link>${site.url}/${source}/${i}.html</link><title>第${i}号公告</title><description>${i === 0 ? text : '正文'}</description></item>`,
  ).join('')}</channel></rss>`;

const told = async (type: AnyEvent['type']) =>
  (await readLog(bus)).flatMap(({ events }) => events).filter((event) => event.type === type);
const statusOf = (source: number) => client.ask('source.status', { sourceId: `s${source}` }) as Promise<SourceStatus>;
const allLooked = () =>
  until(async () => {
    for (let source = 0; source < sources; source++) {
      const { looks } = (await statusOf(source)).detectors[0]!;
      expect(looks.some(({ outcome }) => outcome === 'read')).toBe(true);
    }
  });

it('a restart reads what the log says of all sources once, and does not ask it for each entry or each source', async () => {
  for (let source = 0; source < sources; source++) {
    site.put(`/${source}.xml`, feedOf(source, '正文'));
    const head = {
      id: `register/${source}`,
      at: new Date().toISOString(),
      actor: { kind: 'service', id: 'test' },
    } as const;
    const settings = sampleSource(`s${source}`, `${site.url}/${source}.xml`, { pollSeconds: 20 });
    await client.command('registry', { type: 'source.register', ...head, source: settings } as never);
  }
  await until(async () => expect(await told('item.published')).toHaveLength(sources * entries));
  await allLooked();

  await system.stop('ingest');
  // While nobody looked, one entry of the first source was edited.
  site.put('/0.xml', feedOf(0, '改过的正文'));
  let asked = 0;
  let followed = 0;
  const counting = [
    bus.nc.subscribe('$JS.API.STREAM.MSG.GET.EVENTS', { callback: () => void asked++ }),
    bus.nc.subscribe('$JS.API.CONSUMER.*.EVENTS.>', { callback: () => void followed++ }),
    bus.nc.subscribe('$JS.API.CONSUMER.*.EVENTS', { callback: () => void followed++ }),
  ];
  await bus.nc.flush();
  await system.start('ingest');
  await allLooked();
  for (const each of counting) each.unsubscribe();

  // How it is and what its rhythm is, a source says when it was read: its own state is read for that, at both ends.
  expect(asked).toBeLessThan(sources * 6);
  expect(asked).toBeGreaterThan(0);
  // Sources, items, keys and what is owed are followed: a consumer each, whose making is asked for a few times.
  expect(followed).toBeLessThan(30);
  expect(await told('item.revised')).toHaveLength(1);
  expect(twice(await readLog(bus))).toEqual([]);
  expect(await told('item.published')).toHaveLength(sources * entries);
});
