import type { RequestListener } from 'node:http';
import { BusClient, connectBus, type Bus } from '@tongsheng/bus';
import { readLog, sampleSource, startSite, startSystem, until, type Site, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

const drips = 200;
let site: Site;
let system: System;
let bus: Bus;

beforeAll(async () => {
  site = await startSite();
  system = await startSystem({
    services: ['registry', 'ingest'],
    samples: false,
    environment: { WEB_ALLOW: `127.0.0.1:${site.port}` },
  });
  bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
});
afterAll(async () => {
  await bus?.close();
  await system?.[Symbol.asyncDispose]();
  await site?.[Symbol.asyncDispose]();
});

async function register(client: BusClient, sourceId: string, path: string): Promise<void> {
  const source = sampleSource(sourceId, `${site.url}${path}`);
  const head = {
    id: `register/${sourceId}`,
    at: new Date().toISOString(),
    actor: { kind: 'service', id: 'test' },
  } as const;
  await client.command('registry', { type: 'source.register', ...head, source } as never);
}

it('two hundred sources that drip a byte a second, on the same host, hold back no other source', async () => {
  const client = new BusClient(bus);
  let open = 0;
  let ended = 0;
  const drip: RequestListener = (_request, response) => {
    open++;
    response.writeHead(200, { 'content-type': 'application/rss+xml' });
    const timer = setInterval(() => response.write('<'), 1_000);
    response.once('close', () => {
      clearInterval(timer);
      ended++;
    });
  };
  for (let i = 0; i < drips; i++) site.put(`/drip/${i}`, drip);
  await Promise.all(Array.from({ length: drips }, (_, i) => register(client, `drip-${i}`, `/drip/${i}`)));
  await until(() => expect(open).toBe(drips));

  const feed = (count: number) =>
    `<?xml version="1.0"?><rss version="2.0"><channel><title>政策</title>${Array.from({ length: count }, (_, i) => `<item><guid>${i}</guid><title>关于第${i}号事项的公告</title></item>`).join('')}</channel></rss>`;
  const items = async () =>
    (await readLog(bus)).flatMap(({ events }) => events).filter((event) => event.type === 'item.published');
  site.put('/healthy', feed(1));
  await register(client, 'healthy', '/healthy');
  // One after the other, each noticed before the next one is put out, and all of it while everybody drips.
  for (let count = 1; count <= 5; count++) {
    site.put('/healthy', feed(count));
    await until(async () => expect(await items()).toHaveLength(count));
  }
  expect([open, ended]).toEqual([drips, 0]);
});
