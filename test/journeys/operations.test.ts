// What the system tells whoever runs it: metrics of every service while a task goes from its source to the public.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { json, text } from 'node:stream/consumers';
import { connectBus, HubLedger } from '@tongsheng/bus';
import { QueuePage, type RepostRow } from '@tongsheng/contracts';
import { restoreBackup } from '@tongsheng/evidence';
import { freePort } from '@tongsheng/local';
import { metricsIn, queriesOf } from '@tongsheng/deploy';
import {
  allServices,
  signIn,
  startSystem,
  until,
  type ServiceName,
  type Session,
  type System,
} from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

type Span = { traceId: string; spanId: string; parentSpanId?: string; name: string };
let system: System;
/** What a collector of traces was sent. */
const spans: Span[] = [];
const collector = createServer((request, reply) => {
  void json(request).then((body) => {
    const { resourceSpans } = body as { resourceSpans: { scopeSpans: { spans: Span[] }[] }[] };
    spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)));
    reply.end('{}');
  });
});

beforeAll(async () => {
  const port = await freePort();
  await once(collector.listen(port, '127.0.0.1'), 'listening');
  system = await startSystem({
    operations: true,
    // Nobody knocks; what there is to tell of a link is told all the same.
    links: {
      with: {
        us: 'here',
        neighbours: [{ name: 'there', sites: [{ siteId: 'there', name: '别处', level: 'city' }], told: [] }],
      },
    },
    backlog: [30, 10],
    environment: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
  });
  const editor = await signIn(system.consoleUrl, 'editor');
  const row = await until(async () => {
    const { body } = await editor.get('/api/reposts');
    const [first] = QueuePage.parse(body).rows;
    expect(first).toBeDefined();
    return first!;
  });
  const { site, taskId, contentHash } = row;
  await editor.command({ type: 'repost.approve', site, taskId, seenHash: contentHash });
  await until(async () => {
    const { body } = await editor.get(`/api/reposts/${taskId}?site=${site}`);
    expect((body as { row: RepostRow }).row.state).toMatch(/published|verified/);
  });
});
afterAll(async () => {
  await system[Symbol.asyncDispose]();
  collector.closeAllConnections();
  collector.close();
});

const scrape = async (service: ServiceName): Promise<string> => {
  const answer = await fetch(`${system.operationsOf(service)}/metrics`);
  expect(answer.status).toBe(200);
  return answer.text();
};

/** The samples of a metric: labels as they are written, and the value. */
const samples = (text: string, name: string): [labels: string, value: number][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .map((line) => [line.slice(name.length, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]);
const sum = (text: string, name: string, label = ''): number =>
  samples(text, name).reduce((total, [labels, value]) => (labels.includes(label) ? total + value : total), 0);

it('says of every service that it lives and is ready', async () => {
  for (const service of allServices) {
    const ready = await fetch(`${system.operationsOf(service)}/health/ready`);
    expect([service, ready.status, await ready.json()]).toEqual([service, 200, { ok: true, waiting: [] }]);
    expect((await fetch(`${system.operationsOf(service)}/health/live`)).status).toBe(200);
  }
});

it('counts what happened, in every service', async () => {
  const texts = Object.fromEntries(
    await Promise.all(allServices.map(async (service) => [service, await scrape(service)] as const)),
  ) as Record<ServiceName, string>;
  for (const service of allServices) {
    expect(samples(texts[service], 'tongsheng_bus_connected'), service).toEqual([[`{service="${service}"}`, 1]]);
    expect(sum(texts[service], 'process_cpu_seconds_total'), service).toBeGreaterThan(0);
    expect(sum(texts[service], 'tongsheng_scrape_failures_total'), service).toBe(0);
  }
  expect(sum(texts.ingest, 'tongsheng_log_appends_total', 'aggregate="item",outcome="stored"')).toBeGreaterThan(0);
  expect(sum(texts.ingest, 'tongsheng_source_look_interval_seconds')).toBeGreaterThan(0);
  expect(samples(texts.ingest, 'tongsheng_source_look_age_seconds').length).toBeGreaterThan(0);
  expect(sum(texts.reposts, 'tongsheng_requests_total', 'subject="cmd.repost",outcome="ok"')).toBeGreaterThan(0);
  expect(sum(texts.reposts, 'tongsheng_reactions_total', 'outcome="done"')).toBeGreaterThan(0);
  expect(samples(texts.reposts, 'tongsheng_follower_pending_entries').length).toBeGreaterThan(0);
  expect(sum(texts.gateway, 'tongsheng_http_request_seconds_count', 'route="/api/commands"')).toBe(1);
  expect(samples(texts.gateway, 'tongsheng_tasks_open').map(([labels]) => labels)).toContain('{left="overdue"}');
  expect(samples(texts.gateway, 'tongsheng_projection_position').length).toBeGreaterThan(10);
  expect(samples(texts.gateway, 'tongsheng_alarms_open')).toHaveLength(3);
  expect(samples(texts.oversight, 'tongsheng_stream_bytes')).toHaveLength(5);
  expect(samples(texts.oversight, 'tongsheng_checkpoint_uncovered_entries')).toHaveLength(1);
  expect(samples(texts.delivery, 'tongsheng_delivery_oldest_due_seconds')).toHaveLength(3);
  expect(samples(texts.delivery, 'tongsheng_channel_stopped').length).toBeGreaterThan(0);
  expect(texts.clock).toContain('# TYPE tongsheng_clock_lateness_seconds histogram');
});

it('is one trace from the upstream item to the proof that the public can read it', async () => {
  const journey = ['item.published', 'repost.queued', 'repost.approved', 'repost.published'];
  await until(() => {
    const traceId = spans.find(({ name }) => name === 'repost.verified')?.traceId;
    const trace = spans.filter((span) => span.traceId === traceId);
    expect(trace.map(({ name }) => name)).toEqual(expect.arrayContaining([...journey, 'repost.verified']));
    // Every step goes on from one that was sent too, but for the first.
    const known = new Set(trace.map(({ spanId }) => spanId));
    const first = trace.filter(({ parentSpanId }) => !parentSpanId || !known.has(parentSpanId));
    expect(first.map(({ name }) => name)).toEqual(['item.published']);
  });
});

it('exports every metric that an alert or a dashboard asks for', async () => {
  const exported = new Set<string>();
  for (const service of [...allServices, 'exchange' as const])
    for (const [, name] of (await scrape(service)).matchAll(/^# TYPE (\S+) /gm)) exported.add(name!);
  const lacking = queriesOf(join(root, 'infra/deploy')).flatMap(({ where, query }) =>
    metricsIn(query)
      .filter((name) => !exported.has(name))
      .map((name) => `${where}: ${name}`),
  );
  expect(lacking).toEqual([]);
});

const promtool = process.env['PROMTOOL'];

it.skipIf(!promtool)('is read by Prometheus’s own checker without a complaint', async () => {
  const complaints = await Promise.all(
    allServices.map(async (service) => {
      const child = spawn(promtool!, ['check', 'metrics']);
      child.stdin.end(await scrape(service));
      const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
      // Of the names that the process library gives itself it thinks otherwise.
      return `${out}${err}`.split('\n').filter((line) => line.startsWith('tongsheng_') || line.includes('error'));
    }),
  );
  expect(complaints.flat()).toEqual([]);
});

/** The command line as a person types it. */
async function tongsheng(url: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(root, 'infra/local/tongsheng.mjs'), ...args], {
    env: { ...process.env, NATS_URL: url },
  });
  const ended = once(child, 'exit') as Promise<[number]>;
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { out, err, code };
}

it('is backed up while it runs, and restored into an empty server where everything shows the same', async () => {
  const folder = join(system.servers.dir, 'backup');
  const secret = join(system.servers.dir, 'secrets.key');
  await writeFile(secret, 'k1:secret\n');
  const bus = await connectBus({ url: system.servers.nats.url, name: 'test' });
  const draft = { site: 'province', releaseId: 'r1', title: '未保存的通稿' };
  await bus.nc.request('$KV.WORKING.comms.province.r1', JSON.stringify(draft));
  await new HubLedger(bus).write('subscriber', '{"topic":"x"}', 0);
  const made = await tongsheng(system.servers.nats.url, 'backup', folder, '--config', secret);
  expect(made, made.err).toMatchObject({ code: 0 });
  expect((await stat(folder)).mode & 0o077).toBe(0);

  await using second = await startSystem({ services: [], samples: false });
  const { url } = second.servers.nats;
  const there = await connectBus({ url, name: 'test' });
  const again = () => restoreBackup(there, folder, { config: null, onProgress() {} });
  await writeFile(join(folder, 'config/secrets.key'), 'k1:another\n');
  await expect(again()).rejects.toThrowError('config/secrets.key was changed');
  await writeFile(join(folder, 'config/secrets.key'), 'k1:secret\n');
  const config = join(second.servers.dir, 'config');
  const restored = await tongsheng(url, 'restore', folder, '--config', config);
  expect(restored, restored.err).toMatchObject({ code: 0, out: expect.stringContaining('restored and whole') });
  expect(await readFile(join(config, 'secrets.key'), 'utf8')).toBe('k1:secret\n');
  await expect(again()).rejects.toThrowError('holds a log already');

  const told = async (stream: string, subject: string) =>
    Buffer.from((await there.jsm.streams.getMessage(stream, { last_by_subj: subject })).data).toString();
  expect(JSON.parse(await told('KV_WORKING', '$KV.WORKING.comms.province.r1'))).toEqual(draft);
  expect(await told('HUB', 'hub.subscriber')).toBe('{"topic":"x"}');
  await Promise.all([bus.close(), there.close()]);

  // Read models are built again by whoever shows them.
  await second.start('registry');
  await second.start('gateway');
  const [before, after] = await Promise.all([system, second].map(({ consoleUrl }) => signIn(consoleUrl, 'editor')));
  const rows = async (session: Session, view: string) =>
    QueuePage.parse((await session.get(`/api/reposts?state=${view}`)).body).rows.map((row) => [
      row.taskId,
      row.state,
      row.title,
    ]);
  for (const view of ['open', 'closed'])
    await until(async () => expect(await rows(after!, view)).toEqual(await rows(before!, view)));
  expect(await tongsheng(url, 'log', 'verify')).toMatchObject({ code: 0 });
});
