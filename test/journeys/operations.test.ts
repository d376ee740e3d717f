// What the system tells whoever runs it: metrics of every service while a task goes from its source to the public.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { QueuePage, type RepostRow } from '@tongsheng/contracts';
import { metricsIn, queriesOf } from '@tongsheng/deploy';
import { allServices, signIn, startSystem, until, type ServiceName, type System } from '@tongsheng/test/support';
import { afterAll, beforeAll, expect, it } from 'vitest';

let system: System;

beforeAll(async () => {
  system = await startSystem({ operations: true, backlog: [30, 10] });
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
afterAll(() => system[Symbol.asyncDispose]());

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
  expect(samples(texts.oversight, 'tongsheng_stream_bytes')).toHaveLength(4);
  expect(samples(texts.oversight, 'tongsheng_checkpoint_uncovered_entries')).toHaveLength(1);
  expect(samples(texts.delivery, 'tongsheng_delivery_oldest_due_seconds')).toHaveLength(3);
  expect(samples(texts.delivery, 'tongsheng_channel_stopped').length).toBeGreaterThan(0);
  expect(texts.clock).toContain('# TYPE tongsheng_clock_lateness_seconds histogram');
});

it('exports every metric that an alert or a dashboard asks for', async () => {
  const exported = new Set<string>();
  for (const service of allServices)
    for (const [, name] of (await scrape(service)).matchAll(/^# TYPE (\S+) /gm)) exported.add(name!);
  const lacking = queriesOf(join(import.meta.dirname, '../../infra/deploy')).flatMap(({ where, query }) =>
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
